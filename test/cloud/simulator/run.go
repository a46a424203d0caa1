package simulator

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrlconfig "sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/cloud/catalog"
	"github.com/ausmart/platform/test/cloud/control"
	"github.com/ausmart/platform/test/cloud/conversion"
)

// firstRetry is the pause after a first failure: long enough for a referenced resource to appear,
// and too short to slow a test down.
const firstRetry = 200 * time.Millisecond

// Options configure the simulator.
type Options struct {
	Log logr.Logger

	// Account is what exists.
	Account *account.Account

	// Listener serves the control API.
	Listener net.Listener

	// Groups are the suffixes of the API groups whose managed resources are simulated;
	// provider-aws's when empty.
	Groups []string

	// Clusters is a folder with the kubeconfigs of EKS clusters, as region/name.kubeconfig.
	Clusters string

	// Certs is a folder with a certificate for the conversion webhook, which listens at Webhook on
	// loopback. Without a port there is none.
	Certs   string
	Webhook int

	// Beside adds other controllers to the same process.
	Beside []func(ctrl.Manager) error

	// Poll is how often a resource that is Ready is compared with the account; MaxRetry bounds the
	// pause after failures.
	Poll, MaxRetry time.Duration

	// Workers is how many objects are reconciled at once.
	Workers int
}

// Run simulates the providers until the context ends.
func Run(ctx context.Context, config *rest.Config, o Options) error {
	o.Log.Info("this simulates the providers: no AWS is behind it, and all resources exist in its own memory only")
	mgr, err := newManager(config, o)
	if err != nil {
		return err
	}
	if err := simulate(mgr, o); err != nil {
		return err
	}
	for _, setup := range o.Beside {
		if err := setup(mgr); err != nil {
			return err
		}
	}
	if err := mgr.Add(control.NewServer(o.Listener, o.Account)); err != nil {
		return fmt.Errorf("cannot serve the control API: %w", err)
	}
	if o.Webhook != 0 {
		known := &schemas{live: mgr.GetAPIReader(), mapper: mgr.GetRESTMapper()}
		if err := mgr.Add(conversion.Webhook{Schema: known.of, Certs: o.Certs, Port: o.Webhook}); err != nil {
			return fmt.Errorf("cannot serve conversions: %w", err)
		}
	}
	o.Log.Info("listening", "control", o.Listener.Addr().String())
	if err := mgr.Start(ctx); err != nil {
		return fmt.Errorf("cannot run: %w", err)
	}
	return nil
}

func newManager(config *rest.Config, o Options) (manager.Manager, error) {
	config = rest.CopyConfig(config)
	config.QPS = -1                           // The workers are the limit.
	config.WarningHandler = rest.NoWarnings{} // Each write would log that crossplane-runtime's finalizer has no slash in its name.
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:  runtime.NewScheme(),
		Logger:  o.Log,
		Metrics: server.Options{BindAddress: "0"},
		Cache:   cache.Options{DefaultTransform: cache.TransformStripManagedFields()},
		Client:  client.Options{Cache: &client.CacheOptions{Unstructured: true}},
		// A test runs several of them in one process, one after the other.
		Controller: ctrlconfig.Controller{SkipNameValidation: new(true)},
	})
	if err != nil {
		return nil, fmt.Errorf("cannot reach the API server: %w", err)
	}
	return mgr, nil
}

// simulate starts one controller for CRDs, and one for the objects of all of them.
func simulate(mgr manager.Manager, o Options) error {
	known, err := catalog.New()
	if err != nil {
		return err
	}
	installed := newKinds()
	backoff := workqueue.NewTypedItemExponentialFailureRateLimiter[request](firstRetry, o.MaxRetry)
	objects, err := controller.NewTyped("managed", mgr, controller.TypedOptions[request]{
		MaxConcurrentReconciles: o.Workers,
		Reconciler: &reconciler{
			account: o.Account, kinds: installed, resolve: (&resolver{installed, mgr.GetClient()}).resolve,
			cache: mgr.GetClient(), live: mgr.GetAPIReader(), writer: mgr.GetClient(),
			clusters: o.Clusters, poll: o.Poll, backoff: backoff,
		},
	})
	if err != nil {
		return fmt.Errorf("cannot watch managed resources: %w", err)
	}
	groups := o.Groups
	if len(groups) == 0 {
		groups = []string{catalog.Suffix}
	}
	definition := &metav1.PartialObjectMetadata{}
	definition.SetGroupVersionKind(schema.GroupVersionKind{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"})
	w := &watcher{
		log: o.Log, catalog: known, kinds: installed, live: mgr.GetAPIReader(), cache: mgr.GetCache(), objects: objects,
	}
	if err := ctrl.NewControllerManagedBy(mgr).Named("crds").For(definition).WithEventFilter(byName(endsIn(groups))).Complete(w); err != nil {
		return fmt.Errorf("cannot watch CRDs: %w", err)
	}
	return nil
}
