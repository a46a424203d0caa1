package simulator

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/ausmart/platform/test/cloud/catalog"
)

// A watcher watches the objects of each managed resource CRD that is installed.
type watcher struct {
	log     logr.Logger
	catalog *catalog.Catalog
	kinds   *kinds
	live    client.Reader
	cache   cache.Cache
	objects controller.TypedController[request]
}

// endsIn reports whether a CRD's name ends in one of these suffixes: only such a CRD can define a
// simulated managed resource.
func endsIn(suffixes []string) func(crd string) bool {
	return func(crd string) bool {
		return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(crd, s) })
	}
}

// Reconcile one CRD.
func (w *watcher) Reconcile(ctx context.Context, req reconcile.Request) (reconcile.Result, error) {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(schema.GroupVersionKind{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"})
	if err := w.live.Get(ctx, req.NamespacedName, u); err != nil {
		if client.IgnoreNotFound(err) == nil {
			return reconcile.Result{}, w.forget(ctx, req.Name)
		}
		return reconcile.Result{}, err
	}
	if _, ok := w.kinds.named(req.Name); ok {
		return reconcile.Result{}, nil
	}
	k, err := kindOf(w.catalog, u)
	if err != nil || k == nil {
		return reconcile.Result{}, err
	}
	w.kinds.add(req.Name, k)
	if err := w.objects.Watch(w.source(k)); err != nil {
		w.kinds.remove(req.Name)
		return reconcile.Result{}, fmt.Errorf("cannot watch %s: %w", req.Name, err)
	}
	w.log.Info("watching", "kind", k.String(), "version", k.gvk.Version)
	return reconcile.Result{}, nil
}

func (w *watcher) forget(ctx context.Context, crd string) error {
	k, ok := w.kinds.named(crd)
	if !ok {
		return nil
	}
	w.kinds.remove(crd)
	return w.cache.RemoveInformer(ctx, &newManaged(k.gvk).Unstructured)
}

func (w *watcher) source(k *kind) source.TypedSource[request] {
	enqueue := func(_ context.Context, obj client.Object) []request {
		return []request{{Kind: k.GroupKind, Name: obj.GetName()}}
	}
	return source.TypedKind[client.Object](w.cache, &newManaged(k.gvk).Unstructured,
		handler.TypedEnqueueRequestsFromMapFunc[client.Object, request](enqueue), meaningful())
}

// meaningful passes every change except those of the status alone, which this program makes itself.
func meaningful() predicate.TypedPredicate[client.Object] {
	return predicate.TypedFuncs[client.Object]{UpdateFunc: func(e event.TypedUpdateEvent[client.Object]) bool {
		o, n := e.ObjectOld, e.ObjectNew
		return o.GetGeneration() != n.GetGeneration() || (o.GetDeletionTimestamp() == nil) != (n.GetDeletionTimestamp() == nil) ||
			!same(o.GetAnnotations(), n.GetAnnotations()) || !same(o.GetLabels(), n.GetLabels()) ||
			len(o.GetFinalizers()) != len(n.GetFinalizers())
	}}
}

func byName(p func(string) bool) predicate.Predicate {
	return predicate.NewPredicateFuncs(func(o client.Object) bool { return p(o.GetName()) })
}
