package standin

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
)

const (
	// finalizer is the one of crossplane-runtime's managed reconciler.
	finalizer = "finalizer.managedresource.crossplane.io"

	// patience is how many attempts a reference has before it is reported: one that resolves at once is not worth two writes.
	patience = 5

	// referenceRetry bounds the pause while a reference is waited for: looking again costs no call.
	referenceRetry = 400 * time.Millisecond

	// secondLook is when the provider looks again at what it has told AWS to delete, in the background; until then the object stays. A pass
	// of Crossplane that began before the deletion finds it still there, and does not make it anew.
	secondLook = 3 * time.Second
)

// lastAsyncOperation is the condition in which upjet shows how the last call that it made in the background ended.
const lastAsyncOperation xpv1.ConditionType = "LastAsyncOperation"

// A request is one object of one kind.
type request struct {
	Kind catalog.GroupKind
	Name string
}

// A reconciler drives objects towards the account and the account towards objects.
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
		return t.again(), nil // Somebody else wrote it; the cache will follow.
	}
	return result, err
}

func (t turn) run(ctx context.Context) (reconcile.Result, error) {
	switch err := t.policy.Validate(); {
	case meta.IsPaused(t.mg) || t.policy.IsPaused():
		return t.say(ctx, reconcile.Result{}, xpv1.ReconcilePaused())
	case err != nil:
		return t.say(ctx, reconcile.Result{}, xpv1.ReconcileError(err))
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
	return t.say(ctx, next, xpv1.ReconcileError(fmt.Errorf("cannot resolve references: %w", err)))
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

// create writes down the identifier before anything exists under it, so that a stand-in killed at any point neither loses nor
// repeats a creation.
func (t turn) create(ctx context.Context) (reconcile.Result, error) {
	if fresh, err := t.fresh(ctx); err != nil || !fresh {
		return t.again(), err
	}
	if t.kind.taggable {
		tag(t.mg)
	}
	key := t.key()
	if t.kind.Naming == catalog.ByProvider {
		key.ID = "" // What had this name is gone; AWS gives out another.
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

// fresh reports whether the cache has the newest version: an older one may lack the external name of what exists already.
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
	if err := t.persist(ctx); err != nil {
		return reconcile.Result{}, fmt.Errorf("cannot write the object: %w", err)
	}
	params := wanted(t.mg, found.Params)
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
		return t.say(ctx, reconcile.Result{RequeueAfter: firstRetry}, xpv1.Creating(), xpv1.ReconcileError(err))
	}
	t.backoff.Forget(t.req)
	all := merged(r.Attributes, r.Params)
	all["tagsAll"] = r.Params["tags"]
	if fitted, ok := t.kind.observed.fit(all); ok {
		t.mg.set("status.atProvider", fitted)
	}
	if wait := time.Until(r.ReadyAt); wait > 0 {
		return t.say(ctx, reconcile.Result{RequeueAfter: wait}, xpv1.Creating(), xpv1.ReconcileSuccess())
	}
	if t.kind.GroupKind == clusterAuth() {
		return t.say(ctx, reconcile.Result{RequeueAfter: min(authPoll, t.poll)}, xpv1.Available(), xpv1.ReconcileSuccess(), asyncSucceeded())
	}
	// Up to a tenth later, so that what was created together is not polled together for ever.
	next := t.poll + rand.N(t.poll/10+1)
	return t.say(ctx, reconcile.Result{RequeueAfter: next}, xpv1.Available(), xpv1.ReconcileSuccess(), asyncSucceeded())
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
		return t.again(), nil // Others still hold the object.
	}
	if !exists {
		return t.release(ctx)
	}
	switch err := t.account.Delete(key); {
	case errors.Is(err, account.ErrDeleting):
		return t.say(ctx, t.again(), xpv1.Deleting(), xpv1.ReconcileSuccess())
	case err != nil:
		err = fmt.Errorf("async delete failed: failed to delete the resource: [{0 %w  []}]", err)
		return t.failed(ctx, fmt.Errorf("delete failed: %w", err), xpv1.Deleting(), asyncFailed("AsyncDeleteFailure", err))
	}
	return t.say(ctx, reconcile.Result{RequeueAfter: min(secondLook, t.poll)}, xpv1.Deleting(), xpv1.ReconcileSuccess())
}

// release lets the object go.
func (t turn) release(ctx context.Context) (reconcile.Result, error) {
	t.backoff.Forget(t.req)
	meta.RemoveFinalizer(t.mg, finalizer)
	return reconcile.Result{}, t.persist(ctx)
}

// failed reports an error and tries again later, and later each time.
func (t turn) failed(ctx context.Context, err error, also ...xpv1.Condition) (reconcile.Result, error) {
	return t.say(ctx, t.again(), append(also, xpv1.ReconcileError(err))...)
}

func (t turn) again() reconcile.Result { return reconcile.Result{RequeueAfter: t.backoff.When(t.req)} }

// say writes the status, when it is news.
func (t turn) say(ctx context.Context, result reconcile.Result, conditions ...xpv1.Condition) (reconcile.Result, error) {
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

// persist writes metadata and spec, when they changed. What the API server knows of the status stays.
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
