package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/e2e/harness"
)

// store is the namespace of the examples' services, inside their cluster.
const store = "store"

// TestEnvironments brings up whole environments and deletes them. CI uses au-dev; make e2e adds
// au-prod, which has twice as many resources.
func TestEnvironments(t *testing.T) {
	for environment := range strings.SplitSeq(*environments, ",") {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			e := environmentOf(t, "e2e-"+environment, environment)
			e.isApplied()
			first := e.firstCredential()
			e.becomesReady()
			e.hasNothingTwice()
			e.hasNothingFoughtOver()
			e.runsItsServices()
			e.outlivesCredential(first)
			if e.isProduction() {
				e.refusesDeletion("Database orders", "deletionProtection: false")
				// Services, databases and the cluster use these too, and Kubernetes shows one reason of several.
				e.refusesDeletion("Cluster "+environment, "is in-use by")
				e.refusesDeletion("Network "+environment, "is in-use by")
				e.refusesDeletion("Service orders", "deletionProtection: false")
				e.refusesDeletionOfState()
				e.isUnprotected()
			}
			e.goesInOrder()
		})
	}
}

func TestMissingReferenceIsPending(t *testing.T) {
	t.Parallel()
	e := environmentOf(t, "missing", "au-dev")
	e.only("Network au-dev", "Database orders")
	network := e.claim("Network au-dev")
	e.only("Database orders")
	e.isApplied()
	e.says("Database orders", "DatabaseReady", "WaitingForReference", `there is none in this namespace; apply it, or correct the name`)
	if ready, err := e.isReadyNow(t.Context(), e.claim("Database orders")); ready || err != nil {
		t.Errorf("a claim that waits must not be Ready: %t, %v", ready, err)
	}

	e.claims = append(e.claims, network)
	e.isApplied()
	e.becomesReady()
}

// runsItsServices checks that the pods of every service run, with the security settings that the
// platform promises.
func (e *environment) runsItsServices() {
	e.t.Helper()
	inside := e.inside()
	for _, name := range []string{"ui", "catalog", "cart", "orders", "checkout"} {
		e.hasNoReplicas(name)
		e.eventually("Service "+name+" has pods", func(ctx context.Context) error { return hasGuardedPods(ctx, inside, name) })
	}
}

// hasNoReplicas checks that a Deployment does not set replicas: the autoscaler does.
func (e *environment) hasNoReplicas(service string) {
	e.t.Helper()
	_, xr, err := e.read(e.t.Context(), e.claim("Service "+service))
	if err != nil {
		e.t.Fatal(err)
	}
	found := false
	for _, ref := range harness.ComposedBy(xr) {
		if ref.GetKind() != "Object" {
			continue
		}
		o, err := e.get(e.t.Context(), ref)
		if err != nil {
			e.t.Fatal(err)
		}
		m, _, _ := unstructured.NestedMap(o.Object, "spec", "forProvider", "manifest")
		if m["kind"] != "Deployment" {
			continue
		}
		found = true
		if replicas, set, _ := unstructured.NestedFieldNoCopy(m, "spec", "replicas"); set {
			e.t.Errorf("the Deployment of %s asks for %v replicas", service, replicas)
		}
	}
	if !found {
		e.t.Errorf("%s has no Deployment", service)
	}
}

// hasGuardedPods checks that the service's pods are Ready, with probes, limits, a read-only root,
// seccomp, and without a token.
func hasGuardedPods(ctx context.Context, inside client.Client, service string) error {
	d := &appsv1.Deployment{}
	if err := inside.Get(ctx, client.ObjectKey{Namespace: store, Name: service}, d); err != nil {
		return err
	}
	pods := &corev1.PodList{}
	if err := inside.List(ctx, pods, client.InNamespace(store), client.MatchingLabels(d.Spec.Selector.MatchLabels)); err != nil {
		return err
	}
	if len(pods.Items) == 0 || d.Status.ReadyReplicas == 0 {
		return fmt.Errorf("%d pods, %d ready", len(pods.Items), d.Status.ReadyReplicas)
	}
	for i := range pods.Items {
		if wrong := unguarded(&pods.Items[i]); len(wrong) > 0 {
			return fmt.Errorf("pod %s: %s", pods.Items[i].Name, strings.Join(wrong, ", "))
		}
	}
	return nil
}

// unguarded lists what a pod lacks.
func unguarded(pod *corev1.Pod) []string {
	var wrong []string
	lacks := func(bad bool, what string) {
		if bad {
			wrong = append(wrong, what)
		}
	}
	token := pod.Spec.AutomountServiceAccountToken
	lacks(token == nil || *token, "it gets a token")
	seccomp := pod.Spec.SecurityContext
	lacks(seccomp == nil || seccomp.SeccompProfile == nil || seccomp.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault, "it has no seccomp profile")
	for _, c := range pod.Spec.Containers {
		lacks(c.LivenessProbe == nil || c.ReadinessProbe == nil, c.Name+" has no probes")
		lacks(c.Resources.Limits.Memory().IsZero(), c.Name+" has no memory limit")
		s := c.SecurityContext
		lacks(s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem, c.Name+" can write its root")
	}
	return wrong
}

// healsItsDeployment checks that a change inside the cluster is reverted.
func (e *environment) healsItsDeployment() {
	e.t.Helper()
	inside := e.inside()
	const service, wrong = "ui", "somewhere.example/ui:other"
	d := &appsv1.Deployment{}
	if err := inside.Get(e.t.Context(), client.ObjectKey{Namespace: store, Name: service}, d); err != nil {
		e.t.Fatal(err)
	}
	want := d.Spec.Template.Spec.Containers[0].Image
	changed := d.DeepCopy()
	changed.Spec.Template.Spec.Containers[0].Image = wrong
	if err := inside.Patch(e.t.Context(), changed, client.MergeFrom(d)); err != nil {
		e.t.Fatal(err)
	}
	e.eventually("its changed Deployment is restored", func(ctx context.Context) error {
		if err := inside.Get(ctx, client.ObjectKeyFromObject(d), d); err != nil {
			return err
		}
		if image := d.Spec.Template.Spec.Containers[0].Image; image != want {
			return fmt.Errorf("its image is %s", image)
		}
		return nil
	})
}
