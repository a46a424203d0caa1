package simulator_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/ausmart/platform/test/cloud/account"
)

func TestUnresolvedReference(t *testing.T) {
	cases := map[string]struct {
		reason  string
		fields  map[string]any
		message string
	}{
		"NoSuchObject": {
			reason:  "A reference to a missing name reports that name.",
			fields:  map[string]any{"vpcIdRef": map[string]any{"name": "nowhere"}},
			message: `cannot resolve references: mg.Spec.ForProvider.VPCID: cannot get referenced resource: VPC.ec2.aws.upbound.io "nowhere" not found`,
		},
		"NoMatch": {
			reason:  "A selector without a match says so.",
			fields:  map[string]any{"vpcIdSelector": map[string]any{"matchLabels": map[string]any{"no": "match"}}},
			message: "cannot resolve references: mg.Spec.ForProvider.VPCID: no resources matched selector",
		},
		"NotTheSameController": {
			reason:  "A selector for the same controller ignores the resources of others.",
			fields:  map[string]any{"vpcIdSelector": map[string]any{"matchControllerRef": true}},
			message: "cannot resolve references: mg.Spec.ForProvider.VPCID: no resources matched selector",
		},
	}
	w := newWorld(t, account.New(time.Now))
	other := vpc("unresolved")
	w.apply(other)
	w.ready(other)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := object("ec2/Subnet", "unresolved", maps.Clone(tc.fields))
			s.SetName(fmt.Sprintf("unresolved-%d", len(w.wanted)))
			w.apply(s)
			w.says(s, "Synced", "False", "ReconcileError", tc.message)
			if made := w.inventory().Made; made != 1 {
				t.Errorf("\n%s\nwant nothing made but the VPC, got %d", tc.reason, made)
			}
		})
	}
}

func TestOptionalReferenceDoesNotBlock(t *testing.T) {
	w := newWorld(t, account.New(time.Now))
	key := object("cloudwatchlogs/Group", "optional", map[string]any{
		"kmsKeyIdRef": map[string]any{"name": "nowhere", "policy": map[string]any{"resolution": "Optional"}},
	})
	w.apply(key)
	w.ready(key)
}

func TestRefusedCreation(t *testing.T) {
	const caller = "arn:aws:sts::000000000000:assumed-role/crossplane/provider-aws"
	cases := map[string]struct {
		reason, code, message string
		status                int
	}{
		"Quota": {
			reason: "A quota has AWS's own message.", code: "VpcLimitExceeded", status: 400,
			message: "The maximum number of VPCs has been reached.",
		},
		"Throttling": {
			reason: "So does throttling.", code: "ThrottlingException", status: 400, message: "Rate exceeded",
		},
		"Permission": {
			reason: "A missing permission names the action.", code: "UnauthorizedOperation", status: 403,
			message: "You are not authorized to perform this operation. User: " + caller + " is not authorized to perform: " +
				"ec2:CreateVpc on resource: * because no identity-based policy allows the ec2:CreateVpc action",
		},
	}
	w := newWorld(t, account.New(time.Now))
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			v := vpc("refused-" + map[string]string{"Quota": "q", "Throttling": "t", "Permission": "p"}[name])
			w.fail(account.Fault{Target: account.Target{Kind: "ec2/VPC", Operation: account.Create}, Code: tc.code})
			w.apply(v)
			w.says(v, "Ready", "False", "Creating", "")
			w.says(v, "Synced", "False", "ReconcileError", fmt.Sprintf("create failed: async create failed: failed to create the resource: "+
				"[{0 creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: %d, RequestID: X, api error %s: %s  []}]",
				tc.status, tc.code, tc.message))
			if name := externalName(w.get(v)); name != "" {
				t.Errorf("\n%s\nwhat was not made has external name %q", tc.reason, name)
			}
			w.clearFaults()
			w.ready(v) // By itself.
		})
	}
}

func TestFaultEndsAfterSoManyTimes(t *testing.T) {
	w := newWorld(t, account.New(time.Now))
	w.fail(account.Fault{Target: account.Target{Name: "throttled"}, Code: "ThrottlingException", Times: 3})
	v := vpc("throttled")
	w.apply(v)
	w.ready(v)
	faults, err := w.cloud.Faults(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []account.Fault{{Target: account.Target{Name: "throttled"}, Code: "ThrottlingException", Times: 3, Hits: 3}}
	if diff := cmp.Diff(want, faults); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestDelayedCreationIsNotReady(t *testing.T) {
	w := newWorld(t, account.New(time.Now))
	d := account.Delay{Target: account.Target{Kind: "ec2/VPC", Operation: account.Create}, Duration: account.Duration(10 * poll)}
	if err := w.cloud.Delay(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	v := vpc("delayed")
	w.apply(v)
	w.says(v, "Ready", "False", "Creating", "")
	w.says(v, "Synced", "True", "ReconcileSuccess", "")
	w.ready(v)
}

func TestDelayedDeletionHoldsWhatItNeeds(t *testing.T) {
	w := newWorld(t, account.New(time.Now))
	d := account.Delay{Target: account.Target{Kind: "ec2/Subnet", Operation: account.Delete}, Duration: account.Duration(10 * poll)}
	if err := w.cloud.Delay(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	v, s := vpc("slow"), subnetOf("slow", "slow")
	w.apply(v, s)
	w.ready(v, s)
	w.delete(v, s)
	w.says(s, "Ready", "False", "Deleting", "")
	w.says(v, "Synced", "False", "ReconcileError", inUse(w.get(v)))
	w.gone(v, s)
}

func TestDeletionInTheWrongOrder(t *testing.T) {
	w := newWorld(t, account.New(time.Now))
	v, s := vpc("order"), subnetOf("order", "order")
	w.apply(v, s)
	w.ready(v, s)
	w.delete(v)
	w.says(v, "Synced", "False", "ReconcileError", inUse(w.get(v)))
	w.says(v, "Ready", "False", "Deleting", "")
	w.ready(s)
	w.delete(s)
	w.gone(s, v)
}

func TestDriftIsHealed(t *testing.T) {
	w := newWorld(t, account.New(time.Now))
	// In the spec, since the value of a field that is left out may come into it by late initialization.
	v := object("ec2/VPC", "drift", map[string]any{"cidrBlock": "10.0.0.0/16", "enableDnsSupport": true})
	w.apply(v)
	w.ready(v)
	if err := w.cloud.Drift(t.Context(), account.Target{Kind: "ec2/VPC", Name: "drift"}, map[string]any{"enableDnsSupport": false}); err != nil {
		t.Fatal(err)
	}
	w.eventually("the drift is healed", func() error {
		if v := w.inventory().Resources[0].Params["enableDnsSupport"]; v != true {
			return fmt.Errorf("enableDnsSupport is %v", v)
		}
		return nil
	})
}

func TestWhatIsLostIsMadeAgain(t *testing.T) {
	w := newWorld(t, account.New(time.Now))
	v := vpc("lost")
	w.apply(v)
	w.ready(v)
	first := externalName(w.get(v))
	if err := w.cloud.Lose(t.Context(), account.Target{Name: first}); err != nil {
		t.Fatal(err)
	}
	w.eventually("there is a new one", func() error {
		if now := externalName(w.get(v)); now == first {
			return fmt.Errorf("the external name is still %s", now)
		}
		return nil
	})
	w.ready(v)
	inv := w.inventory()
	if diff := cmp.Diff([]int{2, 1, 1, 0}, []int{inv.Made, inv.Live, inv.Deleted, len(inv.Twice)}); diff != "" {
		t.Errorf("made, live, deleted, twice: -want, +got:\n%s", diff)
	}
}

func TestChangeInPlace(t *testing.T) {
	w := newWorld(t, account.New(time.Now))
	v := vpc("change")
	w.apply(v)
	w.ready(v)
	was := externalName(w.get(v))
	w.edit(v, func(o map[string]any) {
		_ = unstructured.SetNestedField(o, true, "spec", "forProvider", "enableDnsHostnames")
	})
	w.eventually("the change is made", func() error {
		if got := w.inventory().Resources[0].Params["enableDnsHostnames"]; got != true {
			return fmt.Errorf("enableDnsHostnames is %v", got)
		}
		return nil
	})
	if diff := cmp.Diff(was, externalName(w.get(v))); diff != "" {
		t.Errorf("the VPC was replaced: -want, +got:\n%s", diff)
	}
}

func TestImmutableChangeIsRefused(t *testing.T) {
	w := newWorld(t, account.New(time.Now))
	v := vpc("immutable")
	w.apply(v)
	w.ready(v)
	w.edit(v, func(o map[string]any) {
		_ = unstructured.SetNestedField(o, "10.1.0.0/16", "spec", "forProvider", "cidrBlock")
	})
	w.says(v, "Synced", "False", "ReconcileError", "update failed: async update failed: refuse to update the external resource because the "+
		`following update requires replacing it: cannot change the value of the argument "cidr_block" from "10.0.0.0/16" to "10.1.0.0/16"`)
	w.edit(v, func(o map[string]any) {
		_ = unstructured.SetNestedField(o, "10.0.0.0/16", "spec", "forProvider", "cidrBlock")
	})
	w.ready(v)
}

func TestKindWithoutSpecialKnowledge(t *testing.T) {
	w := newWorld(t, account.New(time.Now))
	r := object("ecr/Repository", "generic", map[string]any{"imageTagMutability": "IMMUTABLE"})
	w.apply(r)
	w.ready(r)
	now := w.get(r)
	got := map[string]string{"name": externalName(now), "arn": text(now, "status", "atProvider", "arn"), "field": text(now, "status", "atProvider", "imageTagMutability")}
	want := map[string]string{
		"name": "generic", "arn": "arn:aws:ecr:ap-southeast-2:000000000000:repository/generic", "field": "IMMUTABLE",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestPolicies(t *testing.T) {
	w := newWorld(t, account.New(time.Now))

	paused := vpc("paused")
	paused.SetAnnotations(map[string]string{"crossplane.io/paused": "true"})
	observed := vpc("observed")
	_ = unstructured.SetNestedStringSlice(observed.Object, []string{"Observe"}, "spec", "managementPolicies")
	orphan := vpc("orphan")
	_ = unstructured.SetNestedField(orphan.Object, "Orphan", "spec", "deletionPolicy")
	fixed := vpc("fixed")
	_ = unstructured.SetNestedStringSlice(fixed.Object, []string{"Observe", "Create", "Delete"}, "spec", "managementPolicies")
	w.apply(paused, observed, orphan, fixed)

	w.says(paused, "Synced", "False", "ReconcilePaused", "")
	w.says(observed, "Synced", "False", "ReconcileError", "observe failed: external resource does not exist")
	w.ready(orphan, fixed)

	w.edit(fixed, func(o map[string]any) {
		_ = unstructured.SetNestedField(o, true, "spec", "forProvider", "enableDnsHostnames")
	})
	w.edit(paused, func(o map[string]any) {
		unstructured.RemoveNestedField(o, "metadata", "annotations", "crossplane.io/paused")
	})
	w.ready(paused)
	w.delete(orphan)
	w.gone(orphan)

	got := map[string]any{}
	for _, r := range w.inventory().Resources {
		got[r.Name] = []any{r.State, r.Params["enableDnsHostnames"]}
	}
	want := map[string]any{
		"orphan": []any{account.Live, nil}, "paused": []any{account.Live, nil}, "fixed": []any{account.Live, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the orphan stays, the fixed one is not changed, the observed one was never made: -want, +got:\n%s", diff)
	}
}

// TestWhatIsLeftOut takes a field out of the spec of a VPC that exists.
func TestWhatIsLeftOut(t *testing.T) {
	own := []string{"Create", "Delete", "Observe", "Update"}
	type found struct{ Spec, AWS any }
	cases := map[string]struct {
		reason   string
		policies []string
		field    string
		want     found
	}{
		"Unset":   {"Terraform unsets a field that is optional.", own, "enableDnsSupport", found{nil, nil}},
		"Kept":    {"It keeps one that is computed too.", own, "enableDnsHostnames", found{nil, true}},
		"Returns": {"Late initialization writes back what AWS had, and the next update sets it again.", []string{"*"}, "enableDnsSupport", found{true, true}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, account.New(time.Now))
			v := vpc("left-out")
			_ = unstructured.SetNestedStringSlice(v.Object, tc.policies, "spec", "managementPolicies")
			_ = unstructured.SetNestedField(v.Object, true, "spec", "forProvider", tc.field)
			w.apply(v)
			w.ready(v)
			generation := w.get(v).GetGeneration()
			w.edit(v, func(o map[string]any) {
				unstructured.RemoveNestedField(o, "spec", "forProvider", tc.field)
			})
			w.eventually(tc.reason, func() error {
				now := w.get(v)
				got := found{now.Object["spec"].(map[string]any)["forProvider"].(map[string]any)[tc.field], w.inventory().Resources[0].Params[tc.field]}
				if diff := cmp.Diff(tc.want, got); diff != "" || now.GetGeneration() == generation {
					return fmt.Errorf("generation %d: -want, +got:\n%s", now.GetGeneration(), diff)
				}
				return nil
			})
		})
	}
}

func TestLostExternalNameIsFound(t *testing.T) {
	w := newWorld(t, account.New(time.Now))
	v := vpc("twice")
	w.apply(v)
	w.ready(v)
	first := externalName(w.get(v))
	w.edit(v, func(o map[string]any) {
		unstructured.RemoveNestedField(o, "metadata", "annotations", "crossplane.io/external-name")
	})
	w.eventually("it is made twice", func() error {
		inv := w.inventory()
		if len(inv.Twice) != 1 || inv.Twice[0].ID == first {
			return fmt.Errorf("made twice: %v", inv.Twice)
		}
		return nil
	})
}

// inUse is how the refusal to delete a VPC reads.
func inUse(vpc *unstructured.Unstructured) string {
	id := externalName(vpc)
	return "delete failed: async delete failed: failed to delete the resource: [{0 deleting EC2 VPC (" + id + "): operation error EC2: DeleteVpc, " +
		"https response error StatusCode: 400, RequestID: X, api error DependencyViolation: The vpc '" + id +
		"' has dependencies and cannot be deleted.  []}]"
}
