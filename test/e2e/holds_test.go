package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/e2e/harness"
)

// refusesDeletionOfState deletes each composed resource that holds state by itself, by a dry run
// that the API server refuses as it would the deletion.
func (e *environment) refusesDeletionOfState() {
	e.t.Helper()
	for _, kind := range []string{
		"VPC", "Subnet", "EIP", "Bucket", "Key", "Group", "Cluster", "Workspace", "Instance", "ReplicationGroup", "Table", "Queue",
	} {
		for _, ref := range e.composedOf(kind) {
			if kind == "Queue" && e.isStateless(ref) {
				continue
			}
			err := e.client.Delete(e.t.Context(), ref, client.DryRunAll)
			if !kerrors.IsConflict(err) {
				e.t.Errorf("%s: want its deletion refused, got: %v", harness.Title(ref), err)
			}
		}
	}
}

// isStateless reports whether a queue is the one of the cluster's interruptions.
func (e *environment) isStateless(queue *unstructured.Unstructured) bool {
	now, err := e.get(e.t.Context(), queue)
	if err != nil {
		e.t.Fatal(err)
	}
	return now.GetLabels()["platform.ausmart.io/resource"] == "queue-interruptions"
}

// TestUsedClaimRefusesDeletion deletes a network that a database is in: it is refused, and says
// which. Both at once are deleted by trying again.
func TestUsedClaimRefusesDeletion(t *testing.T) {
	t.Parallel()
	e := readyPart(t, "used", "au-dev", "Network au-dev", "Database orders")
	e.refusesDeletion("Network au-dev", `Database \"orders\" uses this network`)
	e.isDeleted()
	e.isGone()
}

// TestTwoCompositesOfOneClaim makes a second composite with a network's labels, as a finalizer that
// is removed by hand does: the database stays where it is, and the claim says why it is not ready.
func TestTwoCompositesOfOneClaim(t *testing.T) {
	t.Parallel()
	e := readyPart(t, "twins", "au-dev", "Network au-dev", "Database orders")
	_, first, err := e.read(t.Context(), e.claim("Network au-dev"))
	if err != nil {
		t.Fatal(err)
	}
	vpcOf := func() string {
		group, err := e.get(t.Context(), e.groupOf("Database orders"))
		if err != nil {
			t.Fatal(err)
		}
		id, _, _ := unstructured.NestedString(group.Object, "spec", "forProvider", "vpcId")
		return id
	}
	before := vpcOf()
	twin := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"environment": "dev"}}}
	twin.SetGroupVersionKind(first.GroupVersionKind())
	twin.SetName("a" + first.GetName()) // The first one by name.
	twin.SetLabels(map[string]string{
		"crossplane.io/claim-name": "au-dev", "crossplane.io/claim-namespace": e.claims[0].GetNamespace(),
	})
	if err := e.client.Create(t.Context(), twin); err != nil {
		t.Fatal(err)
	}
	e.says("Database orders", "DatabaseReady", "WaitingForReference", twin.GetName()+" and "+first.GetName())
	if now := vpcOf(); now != before || before == "" {
		t.Errorf("the database was in %q and is in %q", before, now)
	}
	if err := e.client.Delete(t.Context(), twin, client.PropagationPolicy(metav1.DeletePropagationForeground)); err != nil {
		t.Fatal(err)
	}
	e.becomesReady()
}

// groupOf a claim is its security group.
func (e *environment) groupOf(claim string) *unstructured.Unstructured {
	e.t.Helper()
	i := slices.IndexFunc(e.made[claim], func(u *unstructured.Unstructured) bool { return u.GetKind() == "SecurityGroup" })
	if i < 0 {
		e.t.Fatalf("%s has no security group", claim)
	}
	return e.made[claim][i]
}

// TestDeletedNamespaceIsReleased deletes the namespace of a protected table: the composite stays,
// and goes when its protection is switched off there, as docs/databases.md says.
func TestDeletedNamespaceIsReleased(t *testing.T) {
	t.Parallel()
	e := readyPart(t, "namespace-goes", "au-prod", "Database cart")
	_, xr, err := e.read(t.Context(), e.claims[0])
	if err != nil {
		t.Fatal(err)
	}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: e.claims[0].GetNamespace()}}
	if err := e.client.Delete(t.Context(), namespace); err != nil {
		t.Fatal(err)
	}
	e.eventually("Database cart is being deleted", func(ctx context.Context) error {
		now, err := e.get(ctx, e.claims[0])
		if err == nil && now.GetDeletionTimestamp() == nil {
			err = errors.New("it is not")
		}
		return err
	})
	if now, err := e.get(t.Context(), xr); err != nil || now.GetDeletionTimestamp() != nil {
		t.Fatalf("the composite must stay: %v", err)
	}
	patch := client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"deletionProtection":false}}`))
	if err := e.client.Patch(t.Context(), xr, patch); err != nil {
		t.Fatal(err)
	}
	e.isGone()
}

// TestBypassedInstanceComesBack deletes a protected instance by itself, which AWS refuses. The claim names it;
// the steps of docs/troubleshooting.md put the same instance back.
func TestBypassedInstanceComesBack(t *testing.T) {
	t.Parallel()
	e := environmentOf(t, "bypassed", "au-dev")
	e.only("Network au-dev", "Database orders")
	if err := unstructured.SetNestedField(e.claim("Database orders").Object, true, "spec", "deletionProtection"); err != nil {
		t.Fatal(err)
	}
	e.isApplied()
	e.becomesReady()
	old, err := e.get(t.Context(), e.composedOf("Instance")[0])
	if err != nil {
		t.Fatal(err)
	}
	e.merge(old, `{"metadata":{"labels":{"crossplane.io/in-use":null}}}`) // Without it Crossplane is not asked.
	if err := e.client.Delete(t.Context(), old.DeepCopy()); err != nil {
		t.Fatal(err)
	}
	e.says("Database orders", "DeletionProtected", "Bypassed", old.GetName())

	_, xr, err := e.read(t.Context(), e.claim("Database orders"))
	if err != nil {
		t.Fatal(err)
	}
	e.merge(xr, `{"metadata":{"annotations":{"crossplane.io/paused":"true"}}}`)
	kept := old.DeepCopy()
	for _, field := range []string{"resourceVersion", "uid", "creationTimestamp", "managedFields"} {
		unstructured.RemoveNestedField(kept.Object, "metadata", field)
	}
	unstructured.RemoveNestedField(kept.Object, "status")
	e.merge(old, `{"metadata":{"finalizers":null}}`)
	e.eventually("the deleted object is gone", func(ctx context.Context) error {
		if _, err := e.get(ctx, old); !kerrors.IsNotFound(err) {
			return errors.Join(errors.New("it is still there"), err)
		}
		return nil
	})
	if err := e.client.Create(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	e.merge(xr, `{"metadata":{"annotations":{"crossplane.io/paused":null}}}`)
	e.becomesReady()
	e.hasNothingTwice()
	all, err := e.mine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again := recreated(all); len(again) > 0 {
		t.Errorf("made anew: %v", again)
	}
}

// merge a patch into an object.
func (e *environment) merge(of *unstructured.Unstructured, patch string) {
	e.t.Helper()
	if err := e.client.Patch(e.t.Context(), of.DeepCopy(), client.RawPatch("application/merge-patch+json", []byte(patch))); err != nil {
		e.t.Fatal(fmt.Errorf("cannot patch %s: %w", harness.Title(of), err))
	}
}
