package adapter

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestRefusedIsProtected refuses a claim as a whole. What exists is protected all the same.
func TestRefusedIsProtected(t *testing.T) {
	hold := functiontest.Resource(map[string]any{"kind": "ClusterUsage"})
	group := functiontest.Resource(map[string]any{"kind": "Group"})
	cases := map[string]struct {
		reason   string
		stateful []string
		spec     map[string]any
		config   map[string]any
		exist    map[string]*fnv1.Resource
		want     []string
	}{
		"Promoted": {
			reason: "A claim that is prod now is protected, whatever else of it is refused.", stateful: []string{"Group"},
			spec: map[string]any{"environment": "prod"}, exist: map[string]*fnv1.Resource{"group": group},
			want: []string{"group", "hold-of-group", "hold-xnetwork"},
		},
		"New": {
			reason: "Nothing exists that could be lost, and the claim can be deleted.", stateful: []string{"Group"},
			spec: map[string]any{"environment": "prod"},
		},
		"Dev": {
			reason: "Nothing asks for protection.", stateful: []string{"Group"},
			spec: map[string]any{"environment": "dev"}, exist: map[string]*fnv1.Resource{"group": group},
			want: []string{"group"},
		},
		"DevNow": {
			reason: "A protection that exists stays until the claim is accepted.", stateful: []string{"Group"},
			spec: map[string]any{"environment": "dev"}, exist: map[string]*fnv1.Resource{"group": group, "hold-xnetwork": hold},
			want: []string{"group", "hold-xnetwork"},
		},
		"NoEnvironment": {
			reason: "An environment that does not exist takes no protection away.", stateful: []string{"Group"},
			spec: map[string]any{"environment": "test"}, exist: map[string]*fnv1.Resource{"hold-xnetwork": hold},
			want: []string{"hold-xnetwork"},
		},
		"InvalidConfig": {
			reason: "A typo beside it does not hide what protects.", stateful: []string{"Group"},
			spec: map[string]any{"environment": "dev"}, config: map[string]any{"deletionProtection": true, "typo": true},
			exist: map[string]*fnv1.Resource{"group": group},
			want:  []string{"group", "hold-of-group", "hold-xnetwork"},
		},
		"InvalidClaim": {
			reason: "A claim whose field for it is wrong is protected as its environment is.", stateful: []string{"Group"},
			spec:  map[string]any{"environment": "prod", "natGateways": "Two"},
			exist: map[string]*fnv1.Resource{"group": group},
			want:  []string{"group", "hold-of-group", "hold-xnetwork"},
		},
		"OtherKind": {
			reason: "A kind that no protection holds gets none.",
			spec:   map[string]any{"environment": "prod"}, exist: map[string]*fnv1.Resource{"group": group},
			want: []string{"group"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			fn := New(Kind[v1alpha1.Network, *v1alpha1.Network]{
				Name: "Network", Stateful: tc.stateful,
				Compose: func(Input[*v1alpha1.Network]) (*Output, error) { return nil, errors.New("spec.cidr: no") },
			}, logging.NewNopLogger())
			composite := xr(tc.spec)
			composite["metadata"] = map[string]any{"name": "n", "labels": map[string]any{"crossplane.io/claim-name": "n", "crossplane.io/claim-namespace": "shop"}}
			req := ask(t, composite, tc.config)
			req.Observed.Resources = tc.exist
			rsp, err := fn.RunFunction(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, functiontest.Names(rsp)); diff != "" {
				t.Errorf("%s\nresources: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestRefusalIsToldOnce refuses a claim, and refuses it again when the status says so.
func TestRefusalIsToldOnce(t *testing.T) {
	long := "spec.tags: " + strings.Repeat("é", waitingForMax)
	for name, message := range map[string]string{"Short": "spec.cidr: no", "Long": long} {
		t.Run(name, func(t *testing.T) {
			fn := New(Kind[v1alpha1.Network, *v1alpha1.Network]{
				Name:    "Network",
				Compose: func(Input[*v1alpha1.Network]) (*Output, error) { return nil, errors.New(message) },
			}, logging.NewNopLogger())
			composite := xr(map[string]any{"environment": "dev"})
			for _, events := range []int{1, 0} {
				rsp, err := fn.RunFunction(t.Context(), ask(t, composite, nil))
				if err != nil {
					t.Fatal(err)
				}
				status := functiontest.Status(rsp)
				if n := len(rsp.GetResults()); n != events || functiontest.Refusal(rsp) != message {
					t.Errorf("%d results, want %d; refused with %q", n, events, functiontest.Refusal(rsp))
				}
				if n := len(status["waitingFor"].(string)); n > 1024 {
					t.Errorf("status.waitingFor has %d bytes, and its schema allows 1024", n)
				}
				composite["status"] = status
			}
		})
	}
}

// TestConditionsAreRepeated follows conditions of a claim that a response does not set.
func TestConditionsAreRepeated(t *testing.T) {
	is := func(typ, status, reason string) any {
		return map[string]any{"type": typ, "status": status, "reason": reason, "message": "m"}
	}
	status := map[string]any{
		"claimConditionTypes": []any{"Failed", "Fine", "NetworkReady"},
		"conditions":          []any{is("Ready", "True", "Available"), is("Failed", "Unknown", "FatalError"), is("Fine", "True", "Fine"), is("NetworkReady", "Unknown", "FatalError")},
	}
	const unknown = "Unknown NotKnown: nothing is composed at the moment: the claim's other conditions say why"
	cases := map[string]struct {
		reason string
		err    error
		want   map[string]string
	}{
		"Pending": {
			reason: "A claim that waits does not say that a fatal error occurred. What is right stays.",
			err:    Pending("waiting"),
			want:   map[string]string{"Failed": unknown, "Fine": "", "NetworkReady": "False WaitingForReference: waiting"},
		},
		"Fatal": {
			reason: "Crossplane sets what a fatal result leaves out: it is repeated.",
			want:   map[string]string{"Failed": unknown, "Fine": "True Fine: m", "NetworkReady": unknown},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			fn := New(Kind[v1alpha1.Network, *v1alpha1.Network]{
				Name:    "Network",
				Compose: func(Input[*v1alpha1.Network]) (*Output, error) { return nil, tc.err },
			}, logging.NewNopLogger())
			composite := xr(map[string]any{"environment": "dev"})
			composite["status"] = status
			if tc.err == nil {
				composite["spec"] = "text"
			}
			rsp, err := fn.RunFunction(t.Context(), ask(t, composite, nil))
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for typ := range tc.want {
				got[typ] = functiontest.ConditionText(rsp, typ)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nconditions: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// ask for a composite, with the data of its EnvironmentConfig.
func ask(t *testing.T, composite, data map[string]any) *fnv1.RunFunctionRequest {
	t.Helper()
	required := config(t, nil)
	if data != nil { // A nil map is no nil value.
		required = config(t, data)
	}
	return &fnv1.RunFunctionRequest{
		Meta:              &fnv1.RequestMeta{Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_CAPABILITIES, fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
		Observed:          &fnv1.State{Composite: functiontest.Resource(composite)},
		RequiredResources: required,
	}
}
