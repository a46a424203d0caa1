package progress

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
)

// A state of a resource: its conditions, and whether it is being deleted.
type state struct {
	conditions []any
	deleting   bool
}

func is(typ, status, message string) map[string]any {
	return map[string]any{"type": typ, "status": status, "message": message}
}

func ready() state { return state{conditions: []any{is("Ready", "True", "")}} }

func failing(message string) state {
	return state{conditions: []any{is("Ready", "False", ""), is("Synced", "False", message)}}
}

func observe(states map[string]state) observed.Resources {
	fields := map[string]map[string]any{}
	for name, s := range states {
		meta := map[string]any{}
		if s.deleting {
			meta["deletionTimestamp"] = "2026-11-01T00:00:00Z"
		}
		fields[name] = map[string]any{"metadata": meta, "status": map[string]any{"conditions": s.conditions}}
	}
	return observed.From(functiontest.Observe(fields))
}

// TestUnreached has resources that are ready, and that no change may reach.
func TestUnreached(t *testing.T) {
	object := func(kind string, annotations, spec map[string]any) map[string]any {
		return map[string]any{
			"kind": kind, "metadata": map[string]any{"name": "orders-x7k2p", "annotations": annotations}, "spec": spec,
			"status": map[string]any{"conditions": []any{is("Ready", "True", ""), is("Synced", "True", "")}},
		}
	}
	policies := func(names ...any) map[string]any { return map[string]any{"managementPolicies": names} }
	cases := map[string]struct {
		reason string
		object map[string]any
		want   []Problem
	}{
		"Paused": {
			"What is paused is named, with the object that a person paused.", object("Instance", map[string]any{"crossplane.io/paused": "true"}, nil),
			[]Problem{{"a", ReasonPaused, "it is paused, and no change reaches it: remove the annotation crossplane.io/paused from the Instance orders-x7k2p"}},
		},
		"NotPaused": {"The annotation has a value.", object("Instance", map[string]any{"crossplane.io/paused": "false"}, nil), nil},
		"Observed": {
			"An object that its provider only observes.", object("Object", nil, policies("Observe")),
			[]Problem{{"a", ReasonObserveOnly, "its provider may not change it: remove the managementPolicies from the spec of the Object orders-x7k2p"}},
		},
		"Ours":    {"The policies that the platform sets.", object("Instance", nil, policies("Create", "Delete", "Observe", "Update")), nil},
		"All":     {"All policies.", object("Instance", nil, policies("*")), nil},
		"Default": {"No policies are all.", object("Instance", nil, nil), nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := Of(observed.From(functiontest.Observe(map[string]map[string]any{"a": tc.object})), []string{"a"})
			if diff := cmp.Diff(tc.want, s.Problems); diff != "" || s.Ready() != (tc.want == nil) {
				t.Errorf("%s\nOf(...): ready is %t; problems: -want, +got:\n%s", tc.reason, s.Ready(), diff)
			}
		})
	}
}

func TestRollout(t *testing.T) {
	deployment := func(conditions ...any) map[string]any {
		return map[string]any{"kind": "Object", "status": map[string]any{
			"conditions": []any{is("Ready", "False", ""), is("Synced", "True", "")},
			"atProvider": map[string]any{"manifest": map[string]any{
				"kind": "Deployment", "metadata": map[string]any{"name": "orders", "namespace": "shop"},
				"spec":   map[string]any{"selector": map[string]any{"matchLabels": map[string]any{"team": "store", "app": "orders"}}},
				"status": map[string]any{"conditions": conditions},
			}},
		}}
	}
	release := func(state string) map[string]any {
		return map[string]any{
			"kind": "Release", "spec": map[string]any{"forProvider": map[string]any{"namespace": "kube-system"}},
			"status": map[string]any{"atProvider": map[string]any{"state": state, "releaseDescription": `Release "karpenter" failed: context deadline exceeded`}},
		}
	}
	class := map[string]any{"kind": "Object", "status": map[string]any{"atProvider": map[string]any{"manifest": map[string]any{
		"kind": "EC2NodeClass", "metadata": map[string]any{"name": "default"},
		"status": map[string]any{"conditions": []any{is("Ready", "False", "SubnetsReady=False")}},
	}}}}
	const pods = "; see why with: kubectl -n shop describe pods -l app=orders,team=store"

	cases := map[string]struct {
		reason string
		object map[string]any
		want   string
	}{
		"Progressing": {
			"A rollout that goes on is no problem.", deployment(is("Progressing", "True", `ReplicaSet "orders-1" is progressing.`), is("Available", "False", "no")), "",
		},
		"Deadline": {
			"A rollout that stands still says so, and where its reason is.",
			deployment(is("Progressing", "False", `ReplicaSet "orders-1" has timed out progressing.`)),
			`the new version does not run: ReplicaSet "orders-1" has timed out progressing` + pods,
		},
		"Quota": {
			"A quota's own words come first: no pod is there to look at.",
			deployment(is("Progressing", "False", "timed out"), is("ReplicaFailure", "True", `pods "orders-1" is forbidden: exceeded quota: shop`)),
			`the new version does not run: pods "orders-1" is forbidden: exceeded quota: shop` + pods,
		},
		"NotThere":      {"An object that is not there yet has no conditions.", map[string]any{"kind": "Object"}, ""},
		"NodeClass":     {"Another object says itself that it is not ready.", class, "the EC2NodeClass default is not ready in the cluster: SubnetsReady=False"},
		"Chart":         {"Helm's reason of a failure.", release("failed"), `Helm could not install the chart: Release "karpenter" failed: context deadline exceeded; see why with: kubectl -n kube-system get pods,events`},
		"ChartDeployed": {"A chart that is installed.", release("deployed"), ""},
		"ChartPending":  {"Or is being installed.", release("pending-install"), ""},
		"OfAWS":         {"What is in no cluster.", map[string]any{"kind": "VPC", "status": map[string]any{"atProvider": map[string]any{"state": "failed"}}}, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			obs := observed.From(functiontest.Observe(map[string]map[string]any{"a": tc.object}))
			var want []Problem
			if tc.want != "" {
				want = []Problem{{"a", map[bool]string{true: ReasonCreating, false: ReasonRolloutFailed}[name == "NodeClass"], tc.want}}
			}
			if diff := cmp.Diff(want, Of(obs, []string{"a"}).Problems); diff != "" {
				t.Errorf("%s\nOf(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestOf(t *testing.T) {
	const (
		denied    = "create failed: operation error EC2: CreateVpc, api error UnauthorizedOperation: no"
		throttled = "create failed: operation error EC2: CreateVpc, api error RequestLimitExceeded: slow"
		unknown   = "create failed: the provider is out of order"

		deniedText    = "the provider's AWS role may not do this (UnauthorizedOperation): give the role of the ProviderConfig the permission, or change the policy in which AWS names an explicit deny; it goes on by itself then. AWS says: no"
		throttledText = "AWS asks to slow down (RequestLimitExceeded): nothing to do, it goes on by itself. AWS says: slow"
	)
	type want struct {
		Summary Summary
		Ready   bool
		Text    string
		Trouble string
		Reason  string
	}
	pending := func(total int, text string, waiting ...string) want {
		return want{Summary: Summary{Total: total, Waiting: waiting}, Text: text, Reason: ReasonCreating}
	}
	deniedOne := want{
		Summary: Summary{Total: 1, Waiting: []string{"a"}, Problems: []Problem{{"a", ReasonPermissionDenied, deniedText}}},
		Text:    "0 of 1 resources ready; waiting for a", Trouble: "a: " + deniedText, Reason: ReasonPermissionDenied,
	}
	cases := map[string]struct {
		reason string
		states map[string]state
		names  []string
		want   want
	}{
		"Nothing": {
			reason: "Without resources nothing is pending.",
			want:   want{Ready: true, Reason: ReasonAvailable},
		},
		"Ready": {
			reason: "Everything is ready, and other resources do not count.",
			states: map[string]state{"a": ready(), "b": ready(), "other": failing(denied)},
			names:  []string{"a", "b"},
			want:   want{Summary: Summary{Total: 2}, Ready: true, Reason: ReasonAvailable},
		},
		"ReadyButRefused": {
			reason: "A resource that exists is not ready while AWS refuses its change: what runs is not what is asked for.",
			states: map[string]state{"a": {conditions: []any{is("Ready", "True", ""), is("Synced", "False", denied)}}},
			names:  []string{"a"},
			want:   deniedOne,
		},
		"ReadyButRefusedInTheBackground": {
			reason: "The provider changes most resources in the background, too.",
			states: map[string]state{"a": {conditions: []any{is("Ready", "True", ""), is("Synced", "True", ""), is("LastAsyncOperation", "False", denied)}}},
			names:  []string{"a"},
			want:   deniedOne,
		},
		"ReadyAndThrottled": {
			reason: "What passes by itself takes no readiness away.",
			states: map[string]state{"a": {conditions: []any{is("Ready", "True", ""), is("Synced", "False", throttled)}}},
			names:  []string{"a"},
			want: want{
				Summary: Summary{Total: 1, Problems: []Problem{{Resource: "a", Reason: ReasonThrottled, Message: throttledText}}},
				Ready:   true, Trouble: "a: " + throttledText, Reason: ReasonAvailable,
			},
		},
		"ReadyAndWrittenTwice": {
			reason: "Two that write an object at once are no problem.",
			states: map[string]state{"a": {conditions: []any{
				is("Ready", "True", ""),
				is("Synced", "False", `cannot update managed resource: Operation cannot be fulfilled on vpcs "a": the object has been modified; please apply your changes to the latest version`),
			}}},
			names: []string{"a"},
			want:  want{Summary: Summary{Total: 1}, Ready: true, Reason: ReasonAvailable},
		},
		"Absent": {
			reason: "Resources that do not exist are pending, sorted by name.",
			states: map[string]state{"b": ready()},
			names:  []string{"c", "b", "a"},
			want:   pending(3, "1 of 3 resources ready; waiting for a, c", "a", "c"),
		},
		"One": {
			reason: "A set of one resource is summed up in the same way.",
			names:  []string{"a"},
			want:   pending(1, "0 of 1 resources ready; waiting for a", "a"),
		},
		"Four": {
			reason: "Four names are shown: the fourth is as short as \"and 1 more\".",
			names:  []string{"a", "b", "c", "d"},
			want:   pending(4, "0 of 4 resources ready; waiting for a, b, c, d", "a", "b", "c", "d"),
		},
		"Five": {
			reason: "Of a hundred names the first three are shown.",
			names:  []string{"e", "d", "c", "b", "a"},
			want:   pending(5, "0 of 5 resources ready; waiting for a, b, c and 2 more", "a", "b", "c", "d", "e"),
		},
		"NotTrue": {
			reason: "A condition that is Unknown, or missing, is not True.",
			states: map[string]state{"a": {conditions: []any{is("Ready", "Unknown", "")}}, "b": {}},
			names:  []string{"a", "b"},
			want:   pending(2, "0 of 2 resources ready; waiting for a, b", "a", "b"),
		},
		"Deleting": {
			reason: "A resource that is being deleted is not ready: it will be made again.",
			states: map[string]state{"a": {conditions: []any{is("Ready", "True", "")}, deleting: true}},
			names:  []string{"a"},
			want:   pending(1, "0 of 1 resources ready; waiting for a", "a"),
		},
		"Unresolved": {
			reason: "A reference that is not resolved yet is no problem.",
			states: map[string]state{
				"a": failing("cannot resolve references: mg.Spec.ForProvider.VPCID: referenced field was empty (referenced resource may not yet be ready)"),
				"b": failing("cannot resolve references: mg.Spec.ForProvider.SubnetID: no resources matched selector"),
				"c": failing("referenced field was empty"),
				"d": failing("no resources matched selector"),
			},
			names: []string{"a", "b", "c", "d"},
			want:  pending(4, "0 of 4 resources ready; waiting for a, b, c, d", "a", "b", "c", "d"),
		},
		"Silent": {
			reason: "A condition without a message is no problem.",
			states: map[string]state{"a": failing("")},
			names:  []string{"a"},
			want:   pending(1, "0 of 1 resources ready; waiting for a", "a"),
		},
		"Problem": {
			reason: "An error of AWS is translated.",
			states: map[string]state{"a": failing(denied)},
			names:  []string{"a"},
			want:   deniedOne,
		},
		"InTheBackground": {
			reason: "The provider makes most resources in the background, and has a condition for that.",
			states: map[string]state{"a": {conditions: []any{
				is("Synced", "True", ""), is("LastAsyncOperation", "False", "async create failed: "+denied),
			}}},
			names: []string{"a"},
			want:  deniedOne,
		},
		"BehindAReference": {
			reason: "A reference that is not resolved does not hide an earlier error.",
			states: map[string]state{"a": {conditions: []any{
				is("Synced", "False", "cannot resolve references: no resources matched selector"), is("LastAsyncOperation", "False", denied),
			}}},
			names: []string{"a"},
			want:  deniedOne,
		},
		"Worst": {
			reason: "The problem that a person can solve comes first, also when others come before it by name.",
			states: map[string]state{"a": failing(throttled), "b": failing(unknown), "c": failing(denied), "d": failing(denied)},
			names:  []string{"a", "b", "c", "d"},
			want: want{
				Summary: Summary{Total: 4, Waiting: []string{"a", "b", "c", "d"}, Problems: []Problem{
					{"a", ReasonThrottled, throttledText}, {"b", ReasonProviderError, unknown},
					{"c", ReasonPermissionDenied, deniedText}, {"d", ReasonPermissionDenied, deniedText},
				}},
				Text:    "0 of 4 resources ready; waiting for a, b, c, d",
				Trouble: "c: " + deniedText + " (and 3 more)",
				Reason:  ReasonPermissionDenied,
			},
		},
		"NothingToDo": {
			reason: "Where no one can solve a problem the first by name is shown.",
			states: map[string]state{"a": failing(throttled), "b": failing(unknown)},
			names:  []string{"a", "b"},
			want: want{
				Summary: Summary{Total: 2, Waiting: []string{"a", "b"}, Problems: []Problem{{"a", ReasonThrottled, throttledText}, {"b", ReasonProviderError, unknown}}},
				Text:    "0 of 2 resources ready; waiting for a, b",
				Trouble: "a: " + throttledText + " (and 1 more)",
				Reason:  ReasonThrottled,
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := Of(observe(tc.states), tc.names)
			got := want{Summary: s, Ready: s.Ready(), Text: s.notReady(), Trouble: s.Trouble(), Reason: s.Reason()}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nOf(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
