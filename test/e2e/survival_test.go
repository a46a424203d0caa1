package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/cloud/control"
)

// TestNetworkSurvivesKill kills each process in the middle of its work, one by one. A commit waits for one of them.
func TestNetworkSurvivesKill(t *testing.T) {
	victims := []string{"crossplane"}
	if *every {
		victims = append(victims, "function-network", "function-auto-ready", "kube-apiserver", "kube-controller-manager", "etcd", "cloud")
	}
	for _, victim := range victims {
		t.Run(victim, func(t *testing.T) {
			n := newNetwork(t, "survives-"+victim)
			n.isAppliedWith(spec("prod"))
			n.isHalfDone()
			before := n.inTheCloud()

			n.kill(t, victim)
			n.becomesReady()
			after := n.inTheCloud()
			if lost := without(before, after); len(lost) > 0 {
				t.Errorf("killing %s lost %s", victim, lost)
			}
			if len(after) == len(before) {
				t.Errorf("all %d resources existed when %s was killed: the test has to kill it earlier", len(after), victim)
			}
			n.hasNothingTwice()
		})
	}
}

// TestChangedResourceIsRestored changes a composed resource inside the control plane: Crossplane
// applies the function's desired state again. It does not test whether a provider corrects a change
// in AWS, because AWS and its provider are simulated here.
func TestChangedResourceIsRestored(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "drifts")
	n.isAppliedWith(spec("dev"))
	n.becomesReady()

	vpc := n.composedOf("VPC")[0]
	path := []string{"spec", "forProvider", "enableDnsHostnames"}
	patch := client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"forProvider":{"enableDnsHostnames":false}}}`))
	if err := n.client.Patch(t.Context(), vpc, patch); err != nil {
		t.Fatal(err)
	}
	if on, found, err := unstructured.NestedBool(vpc.Object, path...); on || !found || err != nil {
		t.Fatalf("the VPC was not changed: %t, %t, %v", on, found, err)
	}
	n.eventually("has its changed VPC restored", func(ctx context.Context) error {
		now, err := n.get(ctx, vpc)
		if err != nil {
			return err
		}
		if on, _, _ := unstructured.NestedBool(now.Object, path...); !on {
			return errors.New(strings.Join(path, ".") + " is still off")
		}
		return nil
	})
	n.becomesReady()
}

// TestDeletedResourceIsComposedAgain deletes a composed resource inside the control plane.
func TestDeletedResourceIsComposedAgain(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "loses")
	n.isAppliedWith(spec("dev"))
	n.becomesReady()
	routes := n.composedOf("Route")
	inCloud := len(ofKind(n.inTheCloud(), "ec2/Route"))

	old, err := n.get(t.Context(), routes[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := n.client.Delete(t.Context(), old.DeepCopy()); err != nil {
		t.Fatal(err)
	}
	n.eventually("has another route in the place of the deleted one", func(ctx context.Context) error {
		if _, _, err := n.read(ctx, n.claims[0]); err != nil {
			return err
		}
		now := n.composedOf("Route")
		if len(now) != len(routes) {
			return fmt.Errorf("it has %d routes, not %d", len(now), len(routes))
		}
		for _, ref := range now {
			route, err := n.get(ctx, ref)
			if err != nil {
				return err
			}
			if route.GetUID() == old.GetUID() {
				return errors.New("the deleted route is still there")
			}
		}
		return nil
	})
	n.becomesReady()
	if now := len(ofKind(n.inTheCloud(), "ec2/Route")); now != inCloud {
		t.Errorf("the cloud has %d routes, not %d", now, inCloud)
	}
}

// composedOf a kind, when the environment's claims were last read.
func (e *environment) composedOf(kind string) []*unstructured.Unstructured {
	e.t.Helper()
	var found []*unstructured.Unstructured
	for _, refs := range e.made {
		for _, ref := range refs {
			if ref.GetKind() == kind {
				found = append(found, ref)
			}
		}
	}
	if len(found) == 0 {
		e.t.Fatalf("%s has no %s", e.name, kind)
	}
	return found
}

func TestFailureIsExplained(t *testing.T) {
	cases := map[string]struct {
		reason string
		fault  account.Fault
		says   string
		remedy string
	}{
		"Throttling": {
			reason: "No one has to do anything, and the claim says so.",
			fault:  fault("ec2/NATGateway", "ThrottlingException"),
			says:   "Throttled", remedy: "it goes on by itself",
		},
		"Quota": {
			reason: "A person has to ask AWS for more, and the claim says where.",
			fault:  fault("ec2/VPC", "VpcLimitExceeded"),
			says:   "QuotaExceeded", remedy: "Service Quotas console",
		},
		"Permission": {
			reason: "A person has to give the provider's role a permission.",
			fault:  fault("ec2/VPC", "UnauthorizedOperation"),
			says:   "PermissionDenied", remedy: "give the role of the ProviderConfig the permission",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Log(tc.reason)
			n := newNetwork(t, "fails-"+strings.ToLower(name))
			if err := n.cloud.Fail(t.Context(), tc.fault); err != nil {
				t.Fatal(err)
			}
			n.isAppliedWith(spec("dev"))
			n.networkSays(tc.says, tc.remedy)
			clearFaults(t, n.cloud)
			n.becomesReady()
			n.hasNothingTwice()
		})
	}
}

func fault(kind, code string) account.Fault {
	return account.Fault{Target: account.Target{Kind: kind, Operation: account.Create}, Code: code}
}

func clearFaults(t *testing.T, c *control.Client) {
	t.Helper()
	if err := c.Clear(t.Context()); err != nil {
		t.Fatal(err)
	}
}
