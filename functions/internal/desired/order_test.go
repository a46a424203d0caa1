package desired

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/schema"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/progress"
)

// exist are observed resources: those in ready are, the others are not.
func exist(names []string, ready ...string) observed.Resources {
	fields := map[string]map[string]any{}
	for _, name := range names {
		status := "False"
		if slices.Contains(ready, name) {
			status = "True"
		}
		fields[name] = map[string]any{
			"apiVersion": "v1", "kind": "Group",
			"status": map[string]any{"conditions": []any{map[string]any{"type": "Ready", "status": status}}},
		}
	}
	return observed.From(functiontest.Observe(fields))
}

// three stages: base; then server, which comes after base, and config, which comes
// after server and has no conditions; then client, whose object may be pending.
func three(obs observed.Resources, pending bool) *Resources {
	r := New(obs, "account", Stage{Title: "base"}, Stage{Title: "server", Condition: "ServerReady"}, Stage{Title: "client", Condition: "ClientReady"})
	r.Add("base", group("r"))
	r.Add("early", group("r"), In(1))
	r.Add("server", group("r"), In(1), AfterEarlierStages())
	r.Add("config", group("r"), In(1), AfterEarlierStages(), After("server"), ReadyOnceObserved())
	if pending {
		r.Pending("client", In(2), AfterEarlierStages())
	} else {
		r.Add("client", group("r"), In(2), AfterEarlierStages())
	}
	return r
}

func TestOrder(t *testing.T) {
	all := []string{"base", "early", "server", "config", "client"}
	type want struct {
		Applied    []string
		Ready      []bool // of the stages that are shown, and of the kind
		WaitingFor string
	}
	cases := map[string]struct {
		reason  string
		exists  observed.Resources
		pending bool
		want    want
	}{
		"Fresh": {
			reason: "A resource without an order is applied at once, in later stages too.",
			want:   want{Applied: []string{"base", "early"}, Ready: []bool{false, false, false}, WaitingFor: "stage 1 of 3: base: 0 of 1 resources ready; waiting for base"},
		},
		"FirstStage": {
			reason: "A stage is applied once those before it are ready.",
			exists: exist([]string{"base", "early"}, "base"),
			want:   want{Applied: []string{"base", "early", "server"}, Ready: []bool{false, false, false}, WaitingFor: "stage 2 of 3: server: 0 of 3 resources ready; waiting for config, early, server"},
		},
		"NamedResource": {
			reason: "In its stage a resource is applied after the one that it names.",
			exists: exist([]string{"base", "early", "server"}, "base", "server"),
			want:   want{Applied: []string{"base", "config", "early", "server"}, Ready: []bool{false, false, false}, WaitingFor: "stage 2 of 3: server: 1 of 3 resources ready; waiting for config, early"},
		},
		"WithoutConditions": {
			reason: "A resource without conditions is ready once it exists.",
			exists: exist([]string{"base", "early", "server", "config"}, "base", "early", "server"),
			want:   want{Applied: []string{"base", "client", "config", "early", "server"}, Ready: []bool{true, false, false}, WaitingFor: "stage 3 of 3: client: 0 of 1 resources ready; waiting for client"},
		},
		"Pending": {
			reason:  "A pending resource counts as not ready, and is not applied.",
			exists:  exist([]string{"base", "early", "server", "config"}, "base", "early", "server"),
			pending: true,
			want:    want{Applied: []string{"base", "config", "early", "server"}, Ready: []bool{true, false, false}, WaitingFor: "stage 3 of 3: client: 0 of 1 resources ready; waiting for client"},
		},
		"All": {
			reason: "Everything is ready.",
			exists: exist(all, "base", "early", "server", "client"),
			want:   want{Applied: []string{"base", "client", "config", "early", "server"}, Ready: []bool{true, true, true}},
		},
		"BaseFails": {
			reason: "A resource that exists stays, also when the resources before it are no longer ready.",
			exists: exist(all, "early", "client"),
			want:   want{Applied: []string{"base", "client", "config", "early", "server"}, Ready: []bool{false, true, false}, WaitingFor: "stage 1 of 3: base: 0 of 1 resources ready; waiting for base"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := three(tc.exists, tc.pending)
			conditions := r.Conditions("Thing")
			got := want{Applied: r.Names(), WaitingFor: conditions[len(conditions)-1].Message}
			for _, c := range conditions {
				got.Ready = append(got.Ready, c.True)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
			if err := r.Write(&fnv1.RunFunctionResponse{}); err != nil {
				t.Errorf("%s\nWrite(...): %v", tc.reason, err)
			}
		})
	}
}

// TestOneStage is a composition without stages: its message names none.
func TestOneStage(t *testing.T) {
	r := New(exist([]string{"a"}, "a"), "account")
	r.Add("a", group("r"))
	r.Add("b", group("r"), After("a"))
	want := []progress.Condition{{Type: "ThingReady", Reason: progress.ReasonCreating, Message: "1 of 2 resources ready; waiting for b"}}
	if diff := cmp.Diff(want, r.Conditions("Thing")); diff != "" {
		t.Errorf("Conditions(...): -want, +got:\n%s", diff)
	}
}

// TestTroubleOfAReadyStage has a change that AWS slows down in the first stage, which is ready, and a
// second one that is not there yet: the condition is about that.
func TestTroubleOfAReadyStage(t *testing.T) {
	slow := map[string]map[string]any{"base": {"kind": "Group", "status": map[string]any{"conditions": []any{
		map[string]any{"type": "Ready", "status": "True"}, map[string]any{"type": "Synced", "status": "False", "message": "update failed: ThrottlingException: slow down"},
	}}}}
	conditions := three(observed.From(functiontest.Observe(slow)), false).Conditions("Thing")
	want := progress.Condition{Type: "ThingReady", Reason: progress.ReasonCreating, Message: "stage 2 of 3: server: 0 of 3 resources ready; waiting for config, early, server"}
	if diff := cmp.Diff(want, conditions[len(conditions)-1]); diff != "" {
		t.Errorf("Conditions(...): -want, +got:\n%s", diff)
	}
}

func TestWriteRefuses(t *testing.T) {
	cases := map[string]struct {
		reason string
		add    func(r *Resources)
		want   string
	}{
		"AfterNothing": {
			reason: "A resource that comes after one that does not exist would wait for ever.",
			add:    func(r *Resources) { r.Add("a", group("r"), After("b")) },
			want:   `resource "a" comes after "b", which is not composed`,
		},
		"NoStage": {
			reason: "A resource in a stage that does not exist would wait for ever too.",
			add:    func(r *Resources) { r.Add("a", group("r"), In(1)) },
			want:   `resource "a" is in stage 2, of 1`,
		},
		"NoKind": {
			reason: "A type of another module has no kind.",
			add:    func(r *Resources) { r.Add("a", &usage{}) },
			want:   `cannot compose resource "a": desired.usage is no type of provider-aws and has no kind`,
		},
		"UsageTwice": {
			reason: "Two Usages of one name are a bug too.",
			add: func(r *Resources) {
				r.Protect(schema.GroupVersionKind{}, schema.GroupVersionKind{}, "n", "", "", "")
				r.Protect(schema.GroupVersionKind{}, schema.GroupVersionKind{}, "n", "", "", "")
			},
			want: `resource "hold-" is composed twice`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := New(observed.Resources{}, "account")
			tc.add(r)
			rsp := &fnv1.RunFunctionResponse{}
			if diff := cmp.Diff(tc.want, functiontest.Message(r.Write(rsp))); diff != "" || rsp.GetDesired() != nil {
				t.Errorf("%s\nWrite(...): desired %v, -want, +got:\n%s", tc.reason, rsp.GetDesired(), diff)
			}
		})
	}
}
