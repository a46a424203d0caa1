package helm

import (
	"context"
	"fmt"
	"time"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/ausmart/platform/test/cloud/simulator"
)

const (
	// finalizer is the one of crossplane-runtime's managed reconciler.
	finalizer = "finalizer.managedresource.crossplane.io"

	// requestTimeout bounds the requests to a cluster: one that is gone must not delay the others.
	requestTimeout = 20 * time.Second
)

// parameters are the fields of a Release that this package uses.
type parameters struct {
	Chart               chart          `json:"chart"`
	Namespace           string         `json:"namespace"`
	SkipCreateNamespace bool           `json:"skipCreateNamespace"`
	Values              map[string]any `json:"values"`
}

type chart struct {
	Name       string `json:"name"`
	Repository string `json:"repository"`
	Version    string `json:"version"`
}

// releases reconciles Releases.
type releases struct {
	client  client.Client
	reach   func(ctx context.Context, config string) (cluster, error)
	poll    time.Duration
	backoff workqueue.TypedRateLimiter[reconcile.Request]
}

// A cluster installs and uninstalls releases.
type cluster interface {
	// Install a release, or upgrade it, and return its revision.
	Install(ctx context.Context, name string, p parameters) (record, error)

	// Uninstall a release. A release that does not exist is no error.
	Uninstall(ctx context.Context, name, namespace string) error
}

// Reconcile one Release.
func (r *releases) Reconcile(ctx context.Context, req reconcile.Request) (reconcile.Result, error) {
	mg := &simulator.Managed{}
	mg.SetGroupVersionKind(releaseKind())
	if err := r.client.Get(ctx, req.NamespacedName, &mg.Unstructured); err != nil {
		r.backoff.Forget(req)
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	if meta.IsPaused(mg) {
		return r.writeStatus(ctx, mg, reconcile.Result{}, xpv1.ReconcilePaused())
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	do := r.apply
	if meta.WasDeleted(mg) {
		do = r.delete
	}
	err := do(ctx, mg)
	switch {
	case kerrors.IsConflict(err):
		return reconcile.Result{RequeueAfter: r.backoff.When(req)}, nil // Another client wrote it; the cache will follow.
	case err != nil:
		return r.writeStatus(ctx, mg, reconcile.Result{RequeueAfter: r.backoff.When(req)}, xpv1.ReconcileError(err))
	case meta.WasDeleted(mg):
		return reconcile.Result{}, nil
	}
	r.backoff.Forget(req)
	return r.writeStatus(ctx, mg, reconcile.Result{RequeueAfter: r.poll}, xpv1.Available(), xpv1.ReconcileSuccess())
}

func (r *releases) apply(ctx context.Context, mg *simulator.Managed) error {
	p := parameters{}
	if err := decode(mg, &p, "spec", "forProvider"); err != nil {
		return err
	}
	if err := r.hold(ctx, mg); err != nil {
		return err
	}
	if err := track(ctx, r.client, mg); err != nil {
		return fmt.Errorf("connect failed: cannot track ProviderConfig usage: %w", err)
	}
	c, err := r.reach(ctx, configOf(mg))
	if err != nil {
		return fmt.Errorf("connect failed: %w", err)
	}
	rec, err := c.Install(ctx, nameOf(mg), p)
	if err != nil {
		return fmt.Errorf("create failed: failed to install release: %w", err)
	}
	observed := map[string]any{
		"state": rec.Info.Status, "revision": int64(rec.Version), "releaseDescription": rec.Info.Description, "version": rec.Chart.Metadata.Version,
	}
	return unstructured.SetNestedField(mg.Object, observed, "status", "atProvider")
}

// hold the object with a finalizer, and record the release's name in it.
func (r *releases) hold(ctx context.Context, mg *simulator.Managed) error {
	if meta.FinalizerExists(mg, finalizer) && meta.GetExternalName(mg) != "" {
		return nil
	}
	meta.AddFinalizer(mg, finalizer)
	meta.SetExternalName(mg, nameOf(mg))
	return r.client.Update(ctx, &mg.Unstructured)
}

// delete the release from its cluster; while the cluster cannot be reached, the object stays.
func (r *releases) delete(ctx context.Context, mg *simulator.Managed) error {
	if !meta.FinalizerExists(mg, finalizer) {
		return nil
	}
	p := parameters{}
	if err := decode(mg, &p, "spec", "forProvider"); err != nil {
		return err
	}
	c, err := r.reach(ctx, configOf(mg))
	if err != nil {
		return fmt.Errorf("connect failed: %w", err)
	}
	if err := c.Uninstall(ctx, nameOf(mg), p.Namespace); err != nil {
		return fmt.Errorf("delete failed: failed to uninstall release: %w", err)
	}
	meta.RemoveFinalizer(mg, finalizer)
	return client.IgnoreNotFound(r.client.Update(ctx, &mg.Unstructured))
}

// writeStatus writes the status.
func (r *releases) writeStatus(ctx context.Context, mg *simulator.Managed, result reconcile.Result, conditions ...xpv1.Condition) (reconcile.Result, error) {
	before := mg.DeepCopy()
	mg.SetConditions(conditions...)
	// Compare with the API server's copy: the status was already changed in memory.
	unstructured.RemoveNestedField(before.Object, "status")
	err := r.client.Status().Patch(ctx, &mg.Unstructured, client.MergeFrom(before))
	if err := client.IgnoreNotFound(err); err != nil {
		return reconcile.Result{}, fmt.Errorf("cannot write the status of Release %s: %w", mg.GetName(), err)
	}
	return result, nil
}

func nameOf(mg *simulator.Managed) string {
	if name := meta.GetExternalName(mg); name != "" {
		return name
	}
	return mg.GetName()
}

func configOf(mg *simulator.Managed) string {
	name, _, _ := unstructured.NestedString(mg.Object, "spec", "providerConfigRef", "name")
	return name
}

func decode(mg *simulator.Managed, into any, path ...string) error {
	fields, _, err := unstructured.NestedMap(mg.Object, path...)
	if err != nil {
		return err
	}
	return runtime.DefaultUnstructuredConverter.FromUnstructured(fields, into)
}
