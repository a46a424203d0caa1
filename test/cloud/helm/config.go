package helm

import (
	"context"
	"fmt"
	"time"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/ausmart/platform/test/cloud/simulator"
)

// inUse is crossplane-runtime's finalizer on a ProviderConfig that is in use.
const inUse = "in-use.crossplane.io"

// usesPoll is how often the users of a deleted ProviderConfig are counted.
const usesPoll = time.Second

// track that a Release uses its ProviderConfig. The garbage collector removes this usage with the Release.
func track(ctx context.Context, c client.Client, mg *simulator.Managed) error {
	u := &unstructured.Unstructured{Object: map[string]any{
		"providerConfigRef": map[string]any{"name": configOf(mg)},
		"resourceRef":       map[string]any{"apiVersion": mg.GetAPIVersion(), "kind": mg.GetKind(), "name": mg.GetName()},
	}}
	u.SetGroupVersionKind(usageKind())
	u.SetName(string(mg.GetUID()))
	u.SetLabels(map[string]string{xpv1.LabelKeyProviderName: configOf(mg)})
	if err := meta.AddControllerReference(u, meta.AsController(meta.TypedReferenceTo(mg, releaseKind()))); err != nil {
		return err
	}
	return c.Apply(ctx, client.ApplyConfigurationFromUnstructured(u), client.FieldOwner("provider-"+fieldOwner), client.ForceOwnership)
}

// configs reconciles ProviderConfigs: it holds them while they are in use.
type configs struct{ client client.Client }

// Reconcile one ProviderConfig.
func (r *configs) Reconcile(ctx context.Context, req reconcile.Request) (reconcile.Result, error) {
	pc := &unstructured.Unstructured{}
	pc.SetGroupVersionKind(configKind())
	if err := r.client.Get(ctx, req.NamespacedName, pc); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	uses := &unstructured.UnstructuredList{}
	uses.SetGroupVersionKind(usageKind())
	if err := r.client.List(ctx, uses, client.MatchingLabels{xpv1.LabelKeyProviderName: pc.GetName()}); err != nil {
		return reconcile.Result{}, fmt.Errorf("cannot count the users of ProviderConfig %s: %w", pc.GetName(), err)
	}
	before := len(pc.GetFinalizers())
	switch {
	case pc.GetDeletionTimestamp() == nil:
		meta.AddFinalizer(pc, inUse)
	case len(uses.Items) > 0:
		return reconcile.Result{RequeueAfter: usesPoll}, nil
	default:
		meta.RemoveFinalizer(pc, inUse)
	}
	if len(pc.GetFinalizers()) == before {
		return reconcile.Result{}, nil
	}
	return reconcile.Result{}, client.IgnoreNotFound(r.client.Update(ctx, pc))
}
