package simulator

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/cloud/catalog"
	"github.com/ausmart/platform/test/cloud/omitted"
)

const (
	// finalizer is that of crossplane-runtime's managed reconciler.
	finalizer = "finalizer.managedresource.crossplane.io"

	// patience is after how many attempts an unresolved reference is reported: most resolve at
	// once, and reporting costs two writes.
	patience = 5

	// referenceRetry bounds the pause between attempts to resolve a reference: an attempt costs no call to AWS.
	referenceRetry = 400 * time.Millisecond

	// deletionPoll is when the provider checks a deletion that it started in the background; until
	// then the object stays. So a reconcile of Crossplane that started before the deletion still
	// finds the object, and does not create it again.
	deletionPoll = 3 * time.Second
)

// lastAsyncOperation is the condition with upjet's result of the last background call.
const lastAsyncOperation xpv1.ConditionType = "LastAsyncOperation"

// A request is one object of one kind.
type request struct {
	Kind catalog.GroupKind
	Name string
}

// A reconciler makes the account match the objects' specs, and the objects' status match the account.
type reconciler struct {
	account *account.Account
	kinds   *kinds
	resolve func(context.Context, *Managed, *kind) error

	cache  client.Reader
	live   client.Reader // the API server itself
	writer client.Client

	clusters string // the folder of kubeconfigs of EKS clusters
	poll     time.Duration
	backoff  workqueue.TypedRateLimiter[request]
}

// A turn is one reconcile of one object.
type turn struct {
	*reconciler

	req    request
	kind   *kind
	mg     *Managed
	before *Managed
	policy managed.ManagementPoliciesChecker
}

// Reconcile one object.
func (r *reconciler) Reconcile(ctx context.Context, req request) (reconcile.Result, error) {
	k, ok := r.kinds.find(req.Kind)
	if !ok {
		return reconcile.Result{}, nil
	}
	mg := newManaged(k.gvk)
	if err := r.cache.Get(ctx, client.ObjectKey{Name: req.Name}, &mg.Unstructured); err != nil {
		r.backoff.Forget(req)
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	t := turn{
		reconciler: r, req: req, kind: k, mg: mg, before: mg.copy(),
		policy: managed.NewLegacyManagementPoliciesResolver(true, mg.GetManagementPolicies(), mg.GetDeletionPolicy()), //nolint:staticcheck // Ours have one.
	}
	result, err := t.run(ctx)
	if kerrors.IsConflict(err) || kerrors.IsNotFound(err) {
		return t.again(), nil // Another client wrote it; the cache will follow.
	}
	return result, err
}

func (t turn) run(ctx context.Context) (reconcile.Result, error) {
	switch err := t.policy.Validate(); {
	case meta.IsPaused(t.mg) || t.policy.IsPaused():
		return t.writeStatus(ctx, reconcile.Result{}, xpv1.ReconcilePaused())
	case err != nil:
		return t.writeStatus(ctx, reconcile.Result{}, xpv1.ReconcileError(err))
	case meta.WasDeleted(t.mg):
		return t.delete(ctx)
	}
	if err := t.resolve(ctx, t.mg, t.kind); err != nil {
		return t.unresolved(ctx, err)
	}
	return t.apply(ctx)
}

// unresolved drops what was resolved before the error, as crossplane-runtime does.
func (t turn) unresolved(ctx context.Context, err error) (reconcile.Result, error) {
	t.mg = t.before.copy()
	attempts := t.backoff.NumRequeues(t.req)
	next := reconcile.Result{RequeueAfter: min(t.again().RequeueAfter, referenceRetry)}
	if attempts < patience {
		return next, nil
	}
	return t.writeStatus(ctx, next, xpv1.ReconcileError(fmt.Errorf("cannot resolve references: %w", err)))
}

func (t turn) apply(ctx context.Context) (reconcile.Result, error) {
	key := t.key()
	found, exists, err := t.account.Describe(key)
	switch {
	case err != nil:
		return t.failed(ctx, fmt.Errorf("observe failed: failed to observe the resource: [{0 %w  []}]", err))
	case exists:
		return t.update(ctx, found)
	case !t.policy.ShouldCreate():
		return t.failed(ctx, errors.New("observe failed: external resource does not exist"))
	}
	return t.create(ctx)
}

// key finds the object's resource in the account.
func (t turn) key() account.Key {
	region, _ := t.mg.fields("forProvider")["region"].(string)
	name := meta.GetExternalName(t.mg)
	if name == "" && t.kind.Naming == catalog.ByName {
		name = t.mg.GetName()
	}
	return account.Key{Kind: t.kind.GroupKind, Region: region, Within: t.account.Within(t.kind.GroupKind, wanted(t.mg, nil)), ID: name}
}

// create records the identifier before the resource exists, so that a simulator that is killed at
// any point neither loses nor repeats a creation.
func (t turn) create(ctx context.Context) (reconcile.Result, error) {
	if fresh, err := t.fresh(ctx); err != nil || !fresh {
		return t.again(), err
	}
	if t.kind.taggable {
		tag(t.mg)
	}
	key := t.key()
	if t.kind.Naming == catalog.ByProvider {
		key.ID = "" // The resource of this name is gone; AWS gives a new identifier.
	}
	promise, err := t.account.Promise(account.Request{
		Kind: key.Kind, Region: key.Region, ExternalName: key.ID,
		Name: t.mg.GetName(), Owner: string(t.mg.GetUID()), Params: wanted(t.mg, nil),
	})
	if err != nil {
		err = fmt.Errorf("async create failed: failed to create the resource: [{0 %w  []}]", err)
		return t.failed(ctx, fmt.Errorf("create failed: %w", err), xpv1.Creating(), asyncFailed("AsyncCreateFailure", err))
	}
	meta.SetExternalName(t.mg, promise.ID)
	meta.AddFinalizer(t.mg, finalizer)
	if err := t.persist(ctx); err != nil {
		t.account.Withdraw(promise.Key)
		return reconcile.Result{}, fmt.Errorf("cannot write the external name: %w", err)
	}
	if err := t.account.Create(promise.Key); err != nil {
		return reconcile.Result{}, err
	}
	made, _, err := t.account.Describe(promise.Key)
	if err != nil {
		return t.failed(ctx, fmt.Errorf("observe failed: failed to observe the resource: [{0 %w  []}]", err))
	}
	return t.observed(ctx, made)
}

// fresh reports whether the cache has the newest version: an older one may lack the external name
// of an existing resource.
func (t turn) fresh(ctx context.Context) (bool, error) {
	now := newManaged(t.kind.gvk)
	if err := t.live.Get(ctx, client.ObjectKeyFromObject(t.mg), &now.Unstructured); err != nil {
		return false, client.IgnoreNotFound(err)
	}
	return now.GetResourceVersion() == t.mg.GetResourceVersion(), nil
}

func (t turn) update(ctx context.Context, found account.Resource) (reconcile.Result, error) {
	if t.kind.taggable {
		tag(t.mg)
	}
	meta.SetExternalName(t.mg, found.ID)
	meta.AddFinalizer(t.mg, finalizer)
	// The update is planned before late initialization, so what this update unsets comes back with the next.
	params := omitted.Keep(t.kind.Kept, found.Params, wanted(t.mg, found.Params))
	if t.policy.ShouldLateInitialize() {
		omitted.LateInitialize(t.mg.fields("forProvider"), found.Params)
	}
	if err := t.persist(ctx); err != nil {
		return reconcile.Result{}, fmt.Errorf("cannot write the object: %w", err)
	}
	if same(params, found.Params) || !t.policy.ShouldUpdate() {
		return t.observed(ctx, found)
	}
	if err := t.account.Update(found.Key, params); err != nil {
		if immutable := (&account.ImmutableError{}); !errors.As(err, &immutable) {
			err = fmt.Errorf("failed to update the resource: [{0 %w  []}]", err)
		}
		err = fmt.Errorf("async update failed: %w", err)
		return t.failed(ctx, fmt.Errorf("update failed: %w", err), asyncFailed("AsyncUpdateFailure", err))
	}
	found, _, err := t.account.Describe(found.Key)
	if err != nil {
		return t.failed(ctx, fmt.Errorf("observe failed: failed to observe the resource: [{0 %w  []}]", err))
	}
	return t.observed(ctx, found)
}

// observed reports a resource that is as it should be.
func (t turn) observed(ctx context.Context, r account.Resource) (reconcile.Result, error) {
	if err := t.publish(ctx, r); err != nil {
		return t.writeStatus(ctx, reconcile.Result{RequeueAfter: firstRetry}, xpv1.Creating(), xpv1.ReconcileError(err))
	}
	t.backoff.Forget(t.req)
	all := merged(r.Attributes, r.Params)
	all["tagsAll"] = r.Params["tags"]
	if fitted, ok := t.kind.observed.fit(all); ok {
		t.mg.set("status.atProvider", fitted)
	}
	if wait := time.Until(r.ReadyAt); wait > 0 {
		return t.writeStatus(ctx, reconcile.Result{RequeueAfter: wait}, xpv1.Creating(), xpv1.ReconcileSuccess())
	}
	if t.kind.GroupKind == clusterAuth() {
		return t.writeStatus(ctx, reconcile.Result{RequeueAfter: min(authPoll, t.poll)}, xpv1.Available(), xpv1.ReconcileSuccess(), asyncSucceeded())
	}
	// Up to a tenth later, so that resources that were created together are not polled together for ever.
	next := t.poll + rand.N(t.poll/10+1)
	return t.writeStatus(ctx, reconcile.Result{RequeueAfter: next}, xpv1.Available(), xpv1.ReconcileSuccess(), asyncSucceeded())
}

func (t turn) delete(ctx context.Context) (reconcile.Result, error) {
	if !t.policy.ShouldDelete() {
		return t.release(ctx)
	}
	key := t.key()
	_, exists, err := t.account.Describe(key)
	if err != nil {
		return t.failed(ctx, fmt.Errorf("observe failed: failed to observe the resource: [{0 %w  []}]", err))
	}
	if len(t.mg.GetFinalizers()) > 1 {
		return t.again(), nil // Other finalizers still hold the object.
	}
	if !exists {
		return t.release(ctx)
	}
	switch err := t.account.Delete(key); {
	case errors.Is(err, account.ErrDeleting):
		return t.writeStatus(ctx, t.again(), xpv1.Deleting(), xpv1.ReconcileSuccess())
	case err != nil:
		err = fmt.Errorf("async delete failed: failed to delete the resource: [{0 %w  []}]", err)
		return t.failed(ctx, fmt.Errorf("delete failed: %w", err), xpv1.Deleting(), asyncFailed("AsyncDeleteFailure", err))
	}
	return t.writeStatus(ctx, reconcile.Result{RequeueAfter: min(deletionPoll, t.poll)}, xpv1.Deleting(), xpv1.ReconcileSuccess())
}

// release removes the finalizer.
func (t turn) release(ctx context.Context) (reconcile.Result, error) {
	t.backoff.Forget(t.req)
	meta.RemoveFinalizer(t.mg, finalizer)
	return reconcile.Result{}, t.persist(ctx)
}

// failed reports an error and tries again later, with growing pauses.
func (t turn) failed(ctx context.Context, err error, also ...xpv1.Condition) (reconcile.Result, error) {
	return t.writeStatus(ctx, t.again(), append(also, xpv1.ReconcileError(err))...)
}

func (t turn) again() reconcile.Result { return reconcile.Result{RequeueAfter: t.backoff.When(t.req)} }

// writeStatus writes the status when it changed.
func (t turn) writeStatus(ctx context.Context, result reconcile.Result, conditions ...xpv1.Condition) (reconcile.Result, error) {
	t.mg.SetConditions(conditions...)
	if same(t.mg.Object["status"], t.before.Object["status"]) {
		return result, nil
	}
	base := t.mg.copy()
	base.Object["status"] = t.before.Object["status"]
	if err := t.writer.Status().Patch(ctx, &t.mg.Unstructured, client.MergeFrom(&base.Unstructured)); err != nil {
		return reconcile.Result{}, fmt.Errorf("cannot write the status: %w", err)
	}
	return result, nil
}

// persist writes metadata and spec when they changed. It does not write the status.
func (t turn) persist(ctx context.Context) error {
	if same(t.mg.Object["metadata"], t.before.Object["metadata"]) && same(t.mg.Object["spec"], t.before.Object["spec"]) {
		return nil
	}
	return t.writer.Update(ctx, &t.mg.Unstructured)
}

func asyncSucceeded() xpv1.Condition {
	return xpv1.Condition{Type: lastAsyncOperation, Status: "True", Reason: "Success", LastTransitionTime: metav1.Now()}
}

func asyncFailed(reason xpv1.ConditionReason, err error) xpv1.Condition {
	return xpv1.Condition{Type: lastAsyncOperation, Status: "False", Reason: reason, Message: err.Error(), LastTransitionTime: metav1.Now()}
}
