package progress

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

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

func observe(t *testing.T, states map[string]state) observed.Resources {
	t.Helper()
	req := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Resources: map[string]*fnv1.Resource{}}}
	for name, s := range states {
		meta := map[string]any{}
		if s.deleting {
			meta["deletionTimestamp"] = "2026-11-01T00:00:00Z"
		}
		r, err := structpb.NewStruct(map[string]any{"metadata": meta, "status": map[string]any{"conditions": s.conditions}})
		if err != nil {
			t.Fatal(err)
		}
		req.Observed.Resources[name] = &fnv1.Resource{Resource: r}
	}
	return observed.From(req)
}

func TestOf(t *testing.T) {
	const (
		denied    = "create failed: operation error EC2: CreateVpc, api error UnauthorizedOperation: no"
		throttled = "create failed: operation error EC2: CreateVpc, api error RequestLimitExceeded: slow"
		unknown   = "create failed: the provider is out of order"

		deniedText    = "the provider's AWS role may not do this (UnauthorizedOperation): give the role of the ProviderConfig the permission; it goes on by itself then"
		throttledText = "AWS asks to slow down (RequestLimitExceeded): nothing to do, it goes on by itself"
	)
	type want struct {
		Summary Summary
		Ready   bool
		Text    string
		Trouble string
		Reason  string
	}
	cases := map[string]struct {
		reason string
		states map[string]state
		names  []string
		want   want
	}{
		"Nothing": {
			reason: "Nothing is awaited where nothing is wanted.",
			want:   want{Ready: true, Reason: ReasonAvailable},
		},
		"Ready": {
			reason: "All is there, and what is not asked about does not count.",
			states: map[string]state{"a": ready(), "b": ready(), "other": failing(denied)},
			names:  []string{"a", "b"},
			want:   want{Summary: Summary{Total: 2}, Ready: true, Reason: ReasonAvailable},
		},
		"ReadyButRefused": {
			reason: "What is there stays ready, and a change of it that AWS refuses is told all the same.",
			states: map[string]state{"a": {conditions: []any{is("Ready", "True", ""), is("Synced", "False", denied)}}},
			names:  []string{"a"},
			want: want{
				Summary: Summary{Total: 1, Problems: []Problem{{Resource: "a", Reason: ReasonPermissionDenied, Message: deniedText}}},
				Ready:   true,
				Trouble: "a: " + deniedText,
				Reason:  ReasonAvailable,
			},
		},
		"Absent": {
			reason: "What does not exist yet is awaited, in the order of names.",
			states: map[string]state{"b": ready()},
			names:  []string{"c", "b", "a"},
			want: want{
				Summary: Summary{Total: 3, Waiting: []string{"a", "c"}},
				Text:    "1 of 3 resources ready; waiting for a, c",
				Reason:  ReasonCreating,
			},
		},
		"One": {
			reason: "One of one is as good as any number.",
			names:  []string{"a"},
			want: want{
				Summary: Summary{Total: 1, Waiting: []string{"a"}},
				Text:    "0 of 1 resources ready; waiting for a",
				Reason:  ReasonCreating,
			},
		},
		"Four": {
			reason: "The last name takes no more room than to say that there is one more.",
			names:  []string{"a", "b", "c", "d"},
			want: want{
				Summary: Summary{Total: 4, Waiting: []string{"a", "b", "c", "d"}},
				Text:    "0 of 4 resources ready; waiting for a, b, c, d",
				Reason:  ReasonCreating,
			},
		},
		"Five": {
			reason: "A hundred names are not read by anybody.",
			names:  []string{"e", "d", "c", "b", "a"},
			want: want{
				Summary: Summary{Total: 5, Waiting: []string{"a", "b", "c", "d", "e"}},
				Text:    "0 of 5 resources ready; waiting for a, b, c and 2 more",
				Reason:  ReasonCreating,
			},
		},
		"NotTrue": {
			reason: "Unknown is not True, and a resource may have no conditions at all.",
			states: map[string]state{"a": {conditions: []any{is("Ready", "Unknown", "")}}, "b": {}},
			names:  []string{"a", "b"},
			want: want{
				Summary: Summary{Total: 2, Waiting: []string{"a", "b"}},
				Text:    "0 of 2 resources ready; waiting for a, b",
				Reason:  ReasonCreating,
			},
		},
		"Deleting": {
			reason: "What is on its way out is not ready: it is wanted, and comes back.",
			states: map[string]state{"a": {conditions: []any{is("Ready", "True", "")}, deleting: true}},
			names:  []string{"a"},
			want: want{
				Summary: Summary{Total: 1, Waiting: []string{"a"}},
				Text:    "0 of 1 resources ready; waiting for a",
				Reason:  ReasonCreating,
			},
		},
		"Unresolved": {
			reason: "A resource that waits for another one has no problem.",
			states: map[string]state{
				"a": failing("cannot resolve references: mg.Spec.ForProvider.VPCID: referenced field was empty (referenced resource may not yet be ready)"),
				"b": failing("cannot resolve references: mg.Spec.ForProvider.SubnetID: no resources matched selector"),
				"c": failing("referenced field was empty"),
				"d": failing("no resources matched selector"),
			},
			names: []string{"a", "b", "c", "d"},
			want: want{
				Summary: Summary{Total: 4, Waiting: []string{"a", "b", "c", "d"}},
				Text:    "0 of 4 resources ready; waiting for a, b, c, d",
				Reason:  ReasonCreating,
			},
		},
		"Silent": {
			reason: "A failure without a message tells no one anything.",
			states: map[string]state{"a": failing("")},
			names:  []string{"a"},
			want: want{
				Summary: Summary{Total: 1, Waiting: []string{"a"}},
				Text:    "0 of 1 resources ready; waiting for a",
				Reason:  ReasonCreating,
			},
		},
		"Problem": {
			reason: "What AWS says is translated.",
			states: map[string]state{"a": failing(denied)},
			names:  []string{"a"},
			want: want{
				Summary: Summary{Total: 1, Waiting: []string{"a"}, Problems: []Problem{{"a", ReasonPermissionDenied, deniedText}}},
				Text:    "0 of 1 resources ready; waiting for a",
				Trouble: "a: " + deniedText,
				Reason:  ReasonPermissionDenied,
			},
		},
		"InTheBackground": {
			reason: "The provider makes most resources in the background, and tells so in a condition of its own.",
			states: map[string]state{"a": {conditions: []any{
				is("Synced", "True", ""), is("LastAsyncOperation", "False", "async create failed: "+denied),
			}}},
			names: []string{"a"},
			want: want{
				Summary: Summary{Total: 1, Waiting: []string{"a"}, Problems: []Problem{{"a", ReasonPermissionDenied, deniedText}}},
				Text:    "0 of 1 resources ready; waiting for a",
				Trouble: "a: " + deniedText,
				Reason:  ReasonPermissionDenied,
			},
		},
		"BehindAReference": {
			reason: "A reference that is not resolved does not hide what went wrong before.",
			states: map[string]state{"a": {conditions: []any{
				is("Synced", "False", "cannot resolve references: no resources matched selector"), is("LastAsyncOperation", "False", denied),
			}}},
			names: []string{"a"},
			want: want{
				Summary: Summary{Total: 1, Waiting: []string{"a"}, Problems: []Problem{{"a", ReasonPermissionDenied, deniedText}}},
				Text:    "0 of 1 resources ready; waiting for a",
				Trouble: "a: " + deniedText,
				Reason:  ReasonPermissionDenied,
			},
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
			reason: "Where no one can do anything the first is as good as any.",
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
			s := Of(observe(t, tc.states), tc.names)
			got := want{Summary: s, Ready: s.Ready(), Text: s.notReady(), Trouble: s.Trouble(), Reason: s.Reason()}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nOf(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
