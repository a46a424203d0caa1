package helm

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

const group = "helm.crossplane.io"

func releaseKind() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: group, Version: "v1beta1", Kind: "Release"}
}

func configKind() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: group, Version: "v1beta1", Kind: "ProviderConfig"}
}

func usageKind() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: group, Version: "v1beta1", Kind: "ProviderConfigUsage"}
}

// Options configure the controllers.
type Options struct {
	// Charts is a folder with the custom resource definitions of charts, as chart/file.yaml.
	Charts string

	// Poll is how often an installed release is checked; MaxRetry bounds the pause after failures,
	// which starts with FirstRetry.
	Poll, FirstRetry, MaxRetry time.Duration

	// Workers is how many Releases are worked on at once.
	Workers int
}

// Setup adds the controllers to a manager. The CRDs must be installed when it starts.
func Setup(mgr ctrl.Manager, o Options) error {
	mgr.GetLogger().Info("this simulates provider-helm: no chart is fetched, and a release is a record in its cluster")
	f := &fleet{reader: mgr.GetAPIReader(), charts: o.Charts, reached: map[string]reached{}, running: map[string]func(){}}
	r := &releases{
		client: mgr.GetClient(), reach: f.reach, poll: o.Poll,
		backoff: workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](o.FirstRetry, o.MaxRetry),
	}
	err := ctrl.NewControllerManagedBy(mgr).Named("releases").For(watched(releaseKind()), builder.WithPredicates(specChanged())).
		WithOptions(controller.Options{MaxConcurrentReconciles: o.Workers}).Complete(r)
	if err != nil {
		return fmt.Errorf("cannot watch Releases: %w", err)
	}
	err = ctrl.NewControllerManagedBy(mgr).Named("helm-configs").For(watched(configKind())).Complete(&configs{mgr.GetClient()})
	if err != nil {
		return fmt.Errorf("cannot watch ProviderConfigs of Helm: %w", err)
	}
	return nil
}

// specChanged passes changes of a spec, and not those of a status, which this package writes itself.
func specChanged() predicate.Predicate {
	return predicate.Or(predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{}, predicate.LabelChangedPredicate{})
}

func watched(gvk schema.GroupVersionKind) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(gvk)
	return u
}
