package adapter

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	logsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/cloudwatchlogs/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/progress"
)

// xr is a composite of our kind.
func xr(spec any) map[string]any {
	return map[string]any{"apiVersion": "platform.ausmart.io/v1alpha1", "kind": "XNetwork", "metadata": map[string]any{"name": "n"}, "spec": spec}
}

// config is the EnvironmentConfig that Crossplane found; nil data is none.
func config(t *testing.T, data any) map[string]*fnv1.Resources {
	t.Helper()
	found := &fnv1.Resources{}
	if data != nil {
		found.Items = []*fnv1.Resource{functiontest.Resource(map[string]any{"kind": "EnvironmentConfig", "data": data})}
	}
	return map[string]*fnv1.Resources{"environment-config": found}
}

func TestRunFunction(t *testing.T) {
	able := &fnv1.RequestMeta{Tag: "tag", Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_CAPABILITIES, fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}}
	meta := &fnv1.ResponseMeta{Tag: "tag", Ttl: durationpb.New(60_000_000_000)}
	asks := func(env string) *fnv1.Requirements {
		return &fnv1.Requirements{Resources: map[string]*fnv1.ResourceSelector{"environment-config": {
			ApiVersion: "apiextensions.crossplane.io/v1beta1", Kind: "EnvironmentConfig", Match: &fnv1.ResourceSelector_MatchName{MatchName: env},
		}}}
	}
	both := fnv1.Target_TARGET_COMPOSITE_AND_CLAIM
	resolved := &fnv1.Condition{Type: "SettingsResolved", Status: fnv1.Status_STATUS_CONDITION_TRUE, Reason: "Resolved", Target: &both}
	fatal := func(message string) []*fnv1.Result {
		only := fnv1.Target_TARGET_COMPOSITE
		return []*fnv1.Result{{Severity: fnv1.Severity_SEVERITY_FATAL, Message: message, Target: &only}}
	}

	composite := functiontest.Object(xr(map[string]any{"environment": "dev"}))
	exists := &fnv1.State{
		Composite: &fnv1.Resource{Resource: composite},
		Resources: map[string]*fnv1.Resource{"group": functiontest.Resource(map[string]any{"kind": "Group"})},
	}
	of := func(xr map[string]any) *fnv1.State { return &fnv1.State{Composite: functiontest.Resource(xr)} }

	// What an earlier step of the pipeline left.
	earlier := &fnv1.State{
		Composite: &fnv1.Resource{
			Resource: functiontest.Object(map[string]any{
				"metadata": map[string]any{"labels": map[string]any{"step": "earlier"}},
				"status":   map[string]any{"vpcId": "earlier", "estimatedMonthlyCost": map[string]any{"total": "1.00"}},
			}),
			ConnectionDetails: map[string][]byte{"key": []byte("value")},
			Ready:             fnv1.Ready_READY_FALSE,
		},
		Resources: map[string]*fnv1.Resource{"earlier": functiontest.Resource(map[string]any{"kind": "ConfigMap"})},
	}
	stopped := func(before *fnv1.State, message string) *fnv1.RunFunctionResponse {
		return &fnv1.RunFunctionResponse{Meta: meta, Desired: before, Requirements: asks("dev"), Conditions: []*fnv1.Condition{resolved}, Results: fatal(message)}
	}
	group := functiontest.Resource(map[string]any{
		"apiVersion": "cloudwatchlogs.aws.upbound.io/v1beta1", "kind": "Group",
		"metadata": map[string]any{"labels": map[string]any{"platform.ausmart.io/resource": "group"}},
		"spec":     map[string]any{"forProvider": map[string]any{"region": "r"}, "providerConfigRef": map[string]any{"name": "account"}},
	})
	status := func(fields map[string]any) *structpb.Struct {
		return functiontest.Object(map[string]any{"apiVersion": "platform.ausmart.io/v1alpha1", "kind": "XNetwork", "status": fields})
	}
	labelled := func(xr *structpb.Struct) *structpb.Struct {
		xr.Fields["metadata"] = earlier.GetComposite().GetResource().GetFields()["metadata"]
		return xr
	}

	kept := functiontest.Resource(map[string]any{"kind": "Group", "metadata": map[string]any{}})
	// refused keeps what exists of earlier steps and of the composite, and says why in the claim.
	refused := func(asked *fnv1.Requirements, first *fnv1.Condition, message string, own map[string]*fnv1.Resource) *fnv1.RunFunctionResponse {
		resources := map[string]*fnv1.Resource{"earlier": earlier.GetResources()["earlier"]}
		maps.Copy(resources, own)
		return &fnv1.RunFunctionResponse{
			Meta: meta, Requirements: asked,
			Desired: &fnv1.State{
				Composite: &fnv1.Resource{
					Resource: labelled(status(map[string]any{
						"vpcId": "earlier", "waitingFor": message, "estimatedMonthlyCost": map[string]any{"total": "1.00"},
					})),
					ConnectionDetails: map[string][]byte{"key": []byte("value")},
					Ready:             fnv1.Ready_READY_FALSE,
				},
				Resources: resources,
			},
			Conditions: []*fnv1.Condition{first, {Type: "NetworkReady", Status: fnv1.Status_STATUS_CONDITION_FALSE, Reason: "Refused", Message: &message, Target: &both}},
			Results:    []*fnv1.Result{{Severity: fnv1.Severity_SEVERITY_WARNING, Message: message, Reason: new("Refused"), Target: &both}},
		}
	}
	// invalid settings, for a reason.
	invalid := func(asked *fnv1.Requirements, message string, own map[string]*fnv1.Resource) *fnv1.RunFunctionResponse {
		first := &fnv1.Condition{Type: "SettingsResolved", Status: fnv1.Status_STATUS_CONDITION_FALSE, Reason: "InvalidSettings", Message: &message, Target: &both}
		return refused(asked, first, message, own)
	}
	group1 := map[string]*fnv1.Resource{"group": kept}

	composes := func(names ...string) func(Input[*v1alpha1.Network]) (*Output, error) {
		return func(in Input[*v1alpha1.Network]) (*Output, error) {
			r := desired.New(observed.Resources{}, "account")
			for _, name := range names {
				r.Add(name, &logsv1beta1.Group{Spec: logsv1beta1.GroupSpec{ForProvider: logsv1beta1.GroupParameters{Region: new("r")}}})
			}
			return &Output{
				Resources: r,
				Status:    &v1alpha1.NetworkStatus{VPCID: in.XR.GetName(), CIDR: string(in.Settings.KMS.Origin), LogBucket: in.Observed.Kind("group")},
				Conditions: []progress.Condition{
					{Type: "NetworkReady", Reason: "Creating", Message: "waiting"},
					{Type: "Second", True: true, Reason: "Fine"},
				},
			}, nil
		}
	}
	waiting := "waiting"
	conditions := []*fnv1.Condition{
		resolved,
		{Type: "NetworkReady", Status: fnv1.Status_STATUS_CONDITION_FALSE, Reason: "Creating", Message: &waiting, Target: &both},
		{Type: "Second", Status: fnv1.Status_STATUS_CONDITION_TRUE, Reason: "Fine", Target: &both},
	}

	cases := map[string]struct {
		reason  string
		req     *fnv1.RunFunctionRequest
		compose func(Input[*v1alpha1.Network]) (*Output, error) // nil: must not be called
		want    *fnv1.RunFunctionResponse
	}{
		"WrongKind": {
			reason: "A Composition that calls the wrong function would delete whatever exists.",
			req:    &fnv1.RunFunctionRequest{Meta: able, Observed: of(map[string]any{"kind": "XCluster"}), Desired: earlier},
			want:   &fnv1.RunFunctionResponse{Meta: meta, Desired: earlier, Results: fatal(`cannot compose a "XCluster": this function composes XNetwork; correct the Composition`)},
		},
		"NoComposite": {
			reason: "A request without a composite is refused.",
			req:    &fnv1.RunFunctionRequest{Meta: able},
			want:   &fnv1.RunFunctionResponse{Meta: meta, Results: fatal(`cannot compose a "": this function composes XNetwork; correct the Composition`)},
		},
		"Undecodable": {
			reason: "A spec that does not decode is refused, and the desired state of earlier steps stays.",
			req:    &fnv1.RunFunctionRequest{Meta: able, Observed: of(xr("text")), Desired: earlier},
			want:   &fnv1.RunFunctionResponse{Meta: meta, Desired: earlier, Results: fatal("cannot decode XNetwork: cannot restore struct from: string")},
		},
		"NoSpec": {
			reason: "A composite without a spec is no claim's, and nothing about it can be right.",
			req:    &fnv1.RunFunctionRequest{Meta: able, Observed: of(xr(nil)), Desired: earlier},
			want:   &fnv1.RunFunctionResponse{Meta: meta, Desired: earlier, Results: fatal("cannot compose XNetwork: it has no spec")},
		},
		"UnknownEnvironment": {
			reason: "An environment that does not exist is refused before Crossplane looks for its EnvironmentConfig.",
			req:    &fnv1.RunFunctionRequest{Meta: able, Observed: of(xr(map[string]any{"environment": "test"})), Desired: earlier},
			want:   invalid(nil, `spec.environment: unknown environment "test": use dev, staging or prod`, nil),
		},
		"FirstPass": {
			reason: "The first call asks for the EnvironmentConfig and composes nothing.",
			req:    &fnv1.RunFunctionRequest{Meta: able, Observed: exists, Desired: earlier},
			want:   &fnv1.RunFunctionResponse{Meta: meta, Desired: earlier, Requirements: asks("dev")},
		},
		"CannotFetch": {
			reason: "A Crossplane that never fetches resources would wait for ever, without an error.",
			req:    &fnv1.RunFunctionRequest{Meta: &fnv1.RequestMeta{Tag: "tag"}, Observed: exists, Desired: earlier},
			want:   invalid(asks("dev"), `cannot read EnvironmentConfig "dev": this Crossplane does not say that it can fetch resources for a function: upgrade it to v2.2 or newer`, group1),
		},
		"ConfigOfOtherShape": {
			reason: "Data that is no object is refused.",
			req:    &fnv1.RunFunctionRequest{Meta: able, Observed: exists, Desired: earlier, RequiredResources: config(t, "text")},
			want:   invalid(asks("dev"), `EnvironmentConfig "dev": data: must be an object`, group1),
		},
		"ConfigInvalid": {
			reason: "A setting out of range is refused, and the message names it.",
			req:    &fnv1.RunFunctionRequest{Meta: able, Observed: exists, Desired: earlier, RequiredResources: config(t, map[string]any{"backupRetentionDays": 36.0})},
			want:   invalid(asks("dev"), `EnvironmentConfig "dev": data.backupRetentionDays: 36 is out of range: use 0 to 35`, group1),
		},
		"ClaimInvalid": {
			reason: "A claim's field out of the setting's bounds is refused in the same way.",
			req:    &fnv1.RunFunctionRequest{Meta: able, Observed: of(xr(map[string]any{"environment": "dev", "natGateways": "Two"})), Desired: earlier, RequiredResources: config(t, nil)},
			want:   invalid(asks("dev"), `spec.natGateways: unknown mode "Two": use None, Single or PerZone`, nil),
		},
		"Refused": {
			reason: "An error of Compose is in the kind's own condition, in the status and in an event, and what exists stays.",
			req:    &fnv1.RunFunctionRequest{Meta: able, Observed: exists, Desired: earlier, RequiredResources: config(t, nil)},
			compose: func(Input[*v1alpha1.Network]) (*Output, error) {
				return nil, errors.New("spec.cidr: no")
			},
			want: refused(asks("dev"), resolved, "spec.cidr: no", group1),
		},
		"RefusedTwice": {
			reason: "A person reads all refusals at once.",
			req:    &fnv1.RunFunctionRequest{Meta: able, Observed: exists, Desired: earlier, RequiredResources: config(t, nil)},
			compose: func(Input[*v1alpha1.Network]) (*Output, error) {
				return nil, errors.Join(errors.New("spec.cidr: no"), errors.Join(Pending("waiting"), errors.New("spec.tags: no")))
			},
			want: refused(asks("dev"), resolved, "1 of 2: spec.cidr: no; 2 of 2: spec.tags: no", group1),
		},
		"RefusedInPart": {
			reason: "What is not in dispute is composed.",
			req:    &fnv1.RunFunctionRequest{Meta: able, Observed: exists, Desired: earlier, RequiredResources: config(t, nil)},
			compose: func(in Input[*v1alpha1.Network]) (*Output, error) {
				out, err := composes("group")(in)
				out.Status = &v1alpha1.NetworkStatus{}
				out.Refusals = []error{errors.New("spec.cidr: no")}
				out.Conditions = out.Conditions[:1]
				return out, err
			},
			want: refused(asks("dev"), resolved, "spec.cidr: no", map[string]*fnv1.Resource{"group": group}),
		},
		"Alone": {
			reason:  "The only step of a pipeline. A function writes no more of the composite than its status.",
			req:     &fnv1.RunFunctionRequest{Meta: able, Observed: exists, RequiredResources: config(t, nil)},
			compose: composes("group"),
			want: &fnv1.RunFunctionResponse{
				Meta: meta, Requirements: asks("dev"), Conditions: conditions,
				Desired: &fnv1.State{
					Composite: &fnv1.Resource{Resource: status(map[string]any{"vpcId": "n", "cidr": "built-in", "logBucket": "Group"}), Ready: fnv1.Ready_READY_FALSE},
					Resources: map[string]*fnv1.Resource{"group": group},
				},
			},
		},
		"Later": {
			reason:  "A later step of a pipeline: its fields replace those in the status of earlier steps, and all others stay.",
			req:     &fnv1.RunFunctionRequest{Meta: able, Observed: exists, Desired: earlier, Context: composite, RequiredResources: config(t, map[string]any{"kms": true})},
			compose: composes("group"),
			want: &fnv1.RunFunctionResponse{
				Meta: meta, Requirements: asks("dev"), Conditions: conditions, Context: composite,
				Desired: &fnv1.State{
					Composite: &fnv1.Resource{
						Resource: labelled(status(map[string]any{
							"vpcId": "n", "cidr": "EnvironmentConfig/dev", "logBucket": "Group", "estimatedMonthlyCost": map[string]any{"total": "1.00"},
						})),
						ConnectionDetails: map[string][]byte{"key": []byte("value")},
						Ready:             fnv1.Ready_READY_FALSE,
					},
					Resources: map[string]*fnv1.Resource{"earlier": earlier.GetResources()["earlier"], "group": group},
				},
			},
		},
		"ConfigWithoutData": {
			reason:  "An EnvironmentConfig without data changes no setting.",
			req:     &fnv1.RunFunctionRequest{Meta: able, Observed: exists, RequiredResources: map[string]*fnv1.Resources{"environment-config": {Items: []*fnv1.Resource{functiontest.Resource(map[string]any{"kind": "EnvironmentConfig"})}}}},
			compose: composes(),
			want: &fnv1.RunFunctionResponse{
				Meta: meta, Requirements: asks("dev"), Conditions: conditions,
				Desired: &fnv1.State{Composite: &fnv1.Resource{Resource: status(map[string]any{"vpcId": "n", "cidr": "built-in", "logBucket": "Group"}), Ready: fnv1.Ready_READY_FALSE}},
			},
		},
		"ClaimSetting": {
			reason:  "The claim's own field wins over the EnvironmentConfig.",
			req:     &fnv1.RunFunctionRequest{Meta: able, Observed: of(xr(map[string]any{"environment": "dev", "kms": map[string]any{"enabled": false}})), RequiredResources: config(t, map[string]any{"kms": true})},
			compose: composes(),
			want: &fnv1.RunFunctionResponse{
				Meta: meta, Requirements: asks("dev"), Conditions: conditions,
				Desired: &fnv1.State{Composite: &fnv1.Resource{Resource: status(map[string]any{"vpcId": "n", "cidr": "claim"}), Ready: fnv1.Ready_READY_FALSE}},
			},
		},
		"Clobbers": {
			reason:  "A resource of an earlier step is not overwritten, and then nothing is written.",
			req:     &fnv1.RunFunctionRequest{Meta: able, Observed: exists, Desired: earlier, RequiredResources: config(t, nil)},
			compose: composes("another", "earlier"),
			want:    stopped(earlier, `cannot compose resource "earlier": an earlier step of the pipeline already did`),
		},
		"Twice": {
			reason:  "A kind that composes a name twice is a bug, and refused.",
			req:     &fnv1.RunFunctionRequest{Meta: able, Observed: exists, RequiredResources: config(t, nil)},
			compose: composes("group", "group"),
			want:    stopped(nil, `resource "group" is composed twice`),
		},
		"StatusNotUTF8": {
			reason: "A status that protobuf cannot represent is refused as a whole.",
			req:    &fnv1.RunFunctionRequest{Meta: able, Observed: exists, Desired: earlier, RequiredResources: config(t, nil)},
			compose: func(Input[*v1alpha1.Network]) (*Output, error) {
				return &Output{Resources: desired.New(observed.Resources{}, "account"), Status: &v1alpha1.NetworkStatus{VPCID: "\xff"}}, nil
			},
			want: stopped(earlier, `cannot write status: proto: invalid UTF-8 in string: "\xff"`),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kind := Kind[v1alpha1.Network, *v1alpha1.Network]{
				Name: "Network",
				Compose: func(in Input[*v1alpha1.Network]) (*Output, error) {
					if tc.compose == nil {
						t.Fatalf("%s\nCompose must not be called", tc.reason)
					}
					return tc.compose(in)
				},
			}
			kept := proto.CloneOf(tc.req)
			rsp, err := New(kind, logging.NewNopLogger()).RunFunction(t.Context(), tc.req)
			if err != nil {
				t.Fatalf("%s\nRunFunction(...): %v", tc.reason, err)
			}
			for _, r := range rsp.GetResults() {
				// protobuf varies the spaces of its errors so that no one compares them.
				r.Message = strings.ReplaceAll(r.GetMessage(), "\u00a0", " ")
			}
			if diff := cmp.Diff(tc.want, rsp, protocmp.Transform()); diff != "" {
				t.Errorf("%s\nRunFunction(...): -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(kept, tc.req, protocmp.Transform()); diff != "" {
				t.Errorf("%s\nRunFunction(...) changed the request: -before, +after:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRunFunctionCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	fn := New(Kind[v1alpha1.Network, *v1alpha1.Network]{Name: "Network"}, logging.NewNopLogger())
	rsp, err := fn.RunFunction(ctx, &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: functiontest.Resource(xr(map[string]any{}))}})
	if rsp != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("A call whose caller is gone ends with its context's error: got %v, %v", rsp, err)
	}
}
