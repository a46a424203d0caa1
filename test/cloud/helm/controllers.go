package helm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// controllersPoll is how often a simulated controller reads its objects.
const controllersPoll = 500 * time.Millisecond

// The finalizers of Karpenter's node classes and of the load balancer controller's ingresses: if
// the release is removed first, both hang in deletion.
const (
	nodeClassFinalizer = "karpenter.k8s.aws/termination"
	ingressFinalizer   = "ingress.k8s.aws/resources"
)

// A controllerFunc does one round of a controller's work.
type controllerFunc func(context.Context, client.Client) error

// controllers by the chart that installs them.
func controllers() map[string]controllerFunc {
	return map[string]controllerFunc{"karpenter": karpenter, "aws-load-balancer-controller": loadBalancers}
}

// repeat a controller until the context ends. After a failure it uses a new client: CRDs may be
// installed after the controller starts, and a credential may expire.
func repeat(ctx context.Context, connect func(context.Context) (client.Client, error), round controllerFunc) {
	var c client.Client
	wait.UntilWithContext(ctx, func(ctx context.Context) {
		if c == nil {
			c, _ = connect(ctx)
		}
		if c != nil && round(ctx, c) != nil {
			c = nil
		}
	}, controllersPoll)
}

// karpenter reports node classes and pools as valid.
func karpenter(ctx context.Context, c client.Client) error {
	class := schema.GroupVersionKind{Group: "karpenter.k8s.aws", Version: "v1", Kind: "EC2NodeClass"}
	pool := schema.GroupVersionKind{Group: "karpenter.sh", Version: "v1", Kind: "NodePool"}
	if err := forEach(ctx, c, class, func(u *unstructured.Unstructured) error {
		if gone, err := hold(ctx, c, u, nodeClassFinalizer); gone || err != nil {
			return err
		}
		return report(ctx, c, u, "SubnetsReady", "SecurityGroupsReady", "AMIsReady", "InstanceProfileReady", "ValidationSucceeded", "Ready")
	}); err != nil {
		return err
	}
	return forEach(ctx, c, pool, func(u *unstructured.Unstructured) error {
		return report(ctx, c, u, "ValidationSucceeded", "NodeClassReady", "Ready")
	})
}

// loadBalancers gives each ingress an address.
func loadBalancers(ctx context.Context, c client.Client) error {
	ingress := schema.GroupVersionKind{Group: "networking.k8s.io", Version: "v1", Kind: "Ingress"}
	return forEach(ctx, c, ingress, func(u *unstructured.Unstructured) error {
		if gone, err := hold(ctx, c, u, ingressFinalizer); gone || err != nil {
			return err
		}
		before := u.DeepCopy()
		sum := sha256.Sum256([]byte(u.GetUID()))
		address := fmt.Sprintf("k8s-%s-%s-%s.elb.amazonaws.com", u.GetNamespace(), u.GetName(), hex.EncodeToString(sum[:])[:10])
		if err := unstructured.SetNestedSlice(u.Object, []any{map[string]any{"hostname": address}}, "status", "loadBalancer", "ingress"); err != nil {
			return err
		}
		return patchStatus(ctx, c, before, u)
	})
}

func forEach(ctx context.Context, c client.Client, gvk schema.GroupVersionKind, do func(*unstructured.Unstructured) error) error {
	l := &unstructured.UnstructuredList{}
	l.SetGroupVersionKind(gvk.GroupVersion().WithKind(gvk.Kind + "List"))
	if err := c.List(ctx, l); err != nil {
		if apimeta.IsNoMatchError(err) {
			return nil
		}
		return err
	}
	for i := range l.Items {
		if err := client.IgnoreNotFound(do(&l.Items[i])); err != nil {
			return err
		}
	}
	return nil
}

// hold an object with a finalizer, and remove the finalizer from one that is being deleted.
func hold(ctx context.Context, c client.Client, u *unstructured.Unstructured, finalizer string) (gone bool, err error) {
	gone = u.GetDeletionTimestamp() != nil
	if gone != meta.FinalizerExists(u, finalizer) {
		return gone, nil
	}
	before := u.DeepCopy()
	if gone {
		meta.RemoveFinalizer(u, finalizer)
	} else {
		meta.AddFinalizer(u, finalizer)
	}
	return gone, c.Patch(ctx, u, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
}

// report conditions that are true.
func report(ctx context.Context, c client.Client, u *unstructured.Unstructured, conditions ...string) error {
	if old, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions"); len(old) >= len(conditions) {
		return nil
	}
	before, all := u.DeepCopy(), []any{}
	for _, t := range conditions {
		all = append(all, map[string]any{
			"type": t, "status": "True", "reason": t, "message": "", "observedGeneration": u.GetGeneration(),
			"lastTransitionTime": time.Now().UTC().Format(time.RFC3339),
		})
	}
	if err := unstructured.SetNestedSlice(u.Object, all, "status", "conditions"); err != nil {
		return err
	}
	return patchStatus(ctx, c, before, u)
}

func patchStatus(ctx context.Context, c client.Client, before, after *unstructured.Unstructured) error {
	patch := client.MergeFrom(before)
	if data, err := patch.Data(after); err != nil || string(data) == "{}" {
		return err
	}
	return c.Status().Patch(ctx, after, patch)
}
