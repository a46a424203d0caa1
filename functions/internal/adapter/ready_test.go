package adapter

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/progress"
)

func TestReadiness(t *testing.T) {
	cases := map[string]struct {
		reason     string
		conditions []progress.Condition
		want       fnv1.Ready
	}{
		"Ready": {
			reason:     "Crossplane decides by the readiness of the resources.",
			conditions: []progress.Condition{{Type: "NetworkReady", True: true, Reason: "Available"}, {Type: "Protected", Reason: "Off"}},
			want:       fnv1.Ready_READY_UNSPECIFIED,
		},
		"Unready": {
			reason:     "The first of several stages is ready, and resources of later stages are pending.",
			conditions: []progress.Condition{{Type: "FirstStageReady", True: true, Reason: "Available"}, {Type: "NetworkReady", Reason: "Creating"}},
			want:       fnv1.Ready_READY_FALSE,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			fn := New(Kind[v1alpha1.Network, *v1alpha1.Network]{
				Name: "Network",
				Compose: func(Input[*v1alpha1.Network]) (*Output, error) {
					return &Output{Resources: desired.New(observed.Resources{}, "account"), Status: &v1alpha1.NetworkStatus{}, Conditions: tc.conditions}, nil
				},
			}, logging.NewNopLogger())
			rsp, err := fn.RunFunction(t.Context(), &fnv1.RunFunctionRequest{
				Meta:              &fnv1.RequestMeta{Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_CAPABILITIES, fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
				Observed:          &fnv1.State{Composite: functiontest.Resource(xr(map[string]any{"environment": "dev"}))},
				RequiredResources: config(t, nil),
			})
			if diff := cmp.Diff(tc.want, rsp.GetDesired().GetComposite().GetReady()); err != nil || diff != "" {
				t.Errorf("%s\nRunFunction(...): %v, -want, +got:\n%s", tc.reason, err, diff)
			}
		})
	}
}
