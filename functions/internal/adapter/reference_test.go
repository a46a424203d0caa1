package adapter

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
)

// network is a composite of a Network claim as Crossplane finds it.
func network(meta, status map[string]any) map[string]any {
	return map[string]any{"apiVersion": "platform.ausmart.io/v1alpha1", "kind": "XNetwork", "metadata": meta, "spec": map[string]any{}, "status": status}
}

func readyIs(status string) []any {
	return []any{map[string]any{"type": "Synced", "status": "True"}, map[string]any{"type": "Ready", "status": status}}
}

// databases is a kind that composes one resource with the id of its network.
func databases() *Function[v1alpha1.Database, *v1alpha1.Database] {
	ref := Claim{Kind: "Network", Name: "net", Field: "spec.networkRef"}
	return New(Kind[v1alpha1.Database, *v1alpha1.Database]{
		Name:       "Database",
		References: func(*v1alpha1.Database) []Claim { return []Claim{ref} },
		Compose: func(in Input[*v1alpha1.Database]) (*Output, error) {
			n, err := Referenced[v1alpha1.Network](in, ref)
			if err != nil {
				return nil, err
			}
			return &Output{Resources: desired.New(observed.Resources{}, "account"), Status: &v1alpha1.DatabaseStatus{ARN: n.Status.VPCID}}, nil
		},
	}, logging.NewNopLogger())
}

func TestReferences(t *testing.T) {
	composite := functiontest.Object(map[string]any{
		"apiVersion": "platform.ausmart.io/v1alpha1", "kind": "XDatabase",
		"metadata": map[string]any{"name": "db", "labels": map[string]any{"crossplane.io/claim-namespace": "shop"}},
		"spec":     map[string]any{"environment": "dev"},
		"status":   map[string]any{"endpoint": "db.example", "waitingFor": "old", "conditions": readyIs("True"), "ofCrossplane": "x"},
	})
	// What exists, with the books that Crossplane and the provider keep in it.
	is := functiontest.Object(map[string]any{
		"apiVersion": "rds.aws.upbound.io/v1beta3", "kind": "Instance",
		"metadata": map[string]any{
			"name": "db-x", "uid": "u",
			"labels":      map[string]any{"crossplane.io/composite": "db", "platform.ausmart.io/resource": "instance"},
			"annotations": map[string]any{"crossplane.io/external-name": "db", "crossplane.io/external-create-pending": "then"},
		},
		"spec":   map[string]any{"forProvider": map[string]any{"region": "ap-southeast-2"}},
		"status": map[string]any{"atProvider": map[string]any{"arn": "a"}},
	})
	kept := functiontest.Object(map[string]any{
		"apiVersion": "rds.aws.upbound.io/v1beta3", "kind": "Instance",
		"metadata": map[string]any{
			"labels":      map[string]any{"platform.ausmart.io/resource": "instance"},
			"annotations": map[string]any{"crossplane.io/external-name": "db"},
		},
		"spec": map[string]any{"forProvider": map[string]any{"region": "ap-southeast-2"}},
	})
	leaving := proto.CloneOf(is)
	leaving.GetFields()["metadata"].GetStructValue().Fields["deletionTimestamp"] = structpb.NewStringValue("2026-11-01T00:00:00Z")

	status := func(fields map[string]any) *fnv1.Resource {
		r := functiontest.Resource(map[string]any{"apiVersion": "platform.ausmart.io/v1alpha1", "kind": "XDatabase", "status": fields})
		r.Ready = fnv1.Ready_READY_FALSE // Nothing says yet that it is ready.
		return r
	}
	both := fnv1.Target_TARGET_COMPOSITE_AND_CLAIM
	resolved := &fnv1.Condition{Type: "SettingsResolved", Status: fnv1.Status_STATUS_CONDITION_TRUE, Reason: "Resolved", Target: &both}
	matches := &fnv1.Condition{Type: "ReferencesMatch", Status: fnv1.Status_STATUS_CONDITION_TRUE, Reason: "Match", Target: &both}
	misses := func(message string, resources map[string]*fnv1.Resource) *fnv1.RunFunctionResponse {
		return &fnv1.RunFunctionResponse{
			Desired:    &fnv1.State{Composite: status(map[string]any{"endpoint": "db.example", "waitingFor": message}), Resources: resources},
			Conditions: []*fnv1.Condition{resolved, {Type: "DatabaseReady", Status: fnv1.Status_STATUS_CONDITION_FALSE, Reason: "WaitingForReference", Message: &message, Target: &both}},
		}
	}
	waits := func(message string) *fnv1.RunFunctionResponse {
		rsp := misses(message, nil)
		rsp.Conditions = slices.Insert(rsp.GetConditions(), 1, matches)
		return rsp
	}
	composes := &fnv1.RunFunctionResponse{
		Desired:    &fnv1.State{Composite: status(map[string]any{"arn": "vpc-1"})},
		Conditions: []*fnv1.Condition{resolved, matches},
	}

	cases := map[string]struct {
		reason string
		found  []map[string]any // nil: Crossplane has not looked yet
		exist  map[string]*structpb.Struct
		want   *fnv1.RunFunctionResponse
	}{
		"NotLooked": {
			reason: "The function composes nothing before Crossplane has looked for the network.",
			want:   &fnv1.RunFunctionResponse{},
		},
		"Missing": {
			reason: "A network that does not exist is pending, and the message says what to do.",
			found:  []map[string]any{},
			want:   misses(`waiting for Network "net" (spec.networkRef): there is none in this namespace; apply it, or correct the name`, nil),
		},
		"MissingLater": {
			reason: "Resources stay when the network is gone: to leave them out would delete them. One that is being deleted is left out.",
			found:  []map[string]any{},
			exist:  map[string]*structpb.Struct{"instance": is, "old": leaving},
			want:   misses(`waiting for Network "net" (spec.networkRef): there is none in this namespace; apply it, or correct the name`, map[string]*fnv1.Resource{"instance": {Resource: kept}}),
		},
		"Unready": {
			reason: "A network that is not ready is pending. Its own condition says what it waits for.",
			found:  []map[string]any{network(map[string]any{}, map[string]any{"conditions": readyIs("False"), "waitingFor": "subnets"})},
			want:   waits(`waiting for Network "net" (spec.networkRef): it is not ready yet`),
		},
		"Fresh": {
			reason: "A network without a status is pending.",
			found:  []map[string]any{network(map[string]any{}, map[string]any{})},
			want:   waits(`waiting for Network "net" (spec.networkRef): it is not ready yet`),
		},
		"Leaving": {
			reason: "A network that is being deleted gets no new resources.",
			found:  []map[string]any{network(map[string]any{"deletionTimestamp": "2026-11-01T00:00:00Z"}, map[string]any{"conditions": readyIs("True")})},
			want:   waits(`waiting for Network "net" (spec.networkRef): it is being deleted; name another one`),
		},
		"Ready": {
			reason: "A network that is ready is used.",
			found:  []map[string]any{network(map[string]any{}, map[string]any{"vpcId": "vpc-1", "conditions": readyIs("True")})},
			want:   composes,
		},
		"UnreadyLater": {
			reason: "A network that is no longer ready does not stop what already exists in it.",
			found:  []map[string]any{network(map[string]any{}, map[string]any{"vpcId": "vpc-1", "conditions": readyIs("False")})},
			exist:  map[string]*structpb.Struct{"old": leaving},
			want:   composes,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := &fnv1.RunFunctionRequest{
				Meta:              &fnv1.RequestMeta{Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_CAPABILITIES, fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
				Observed:          &fnv1.State{Composite: &fnv1.Resource{Resource: composite}, Resources: map[string]*fnv1.Resource{}},
				RequiredResources: config(t, nil),
			}
			for name, s := range tc.exist {
				req.Observed.Resources[name] = &fnv1.Resource{Resource: s}
			}
			if tc.found != nil {
				items := &fnv1.Resources{}
				for _, f := range tc.found {
					items.Items = append(items.Items, functiontest.Resource(f))
				}
				req.RequiredResources["network/net"] = items
			}
			before := proto.CloneOf(req)

			rsp, err := databases().RunFunction(t.Context(), req)
			if err != nil {
				t.Fatalf("%s\nRunFunction(...): %v", tc.reason, err)
			}
			asked := &fnv1.ResourceSelector{
				ApiVersion: "platform.ausmart.io/v1alpha1", Kind: "XNetwork",
				Match: &fnv1.ResourceSelector_MatchLabels{MatchLabels: &fnv1.MatchLabels{Labels: map[string]string{"crossplane.io/claim-name": "net", "crossplane.io/claim-namespace": "shop"}}},
			}
			if diff := cmp.Diff(asked, rsp.GetRequirements().GetResources()["network/net"], protocmp.Transform()); diff != "" {
				t.Errorf("%s\nThe selector has the claim's own namespace: -want, +got:\n%s", tc.reason, diff)
			}
			got := &fnv1.RunFunctionResponse{Desired: rsp.GetDesired(), Conditions: rsp.GetConditions(), Results: rsp.GetResults()}
			if diff := cmp.Diff(tc.want, got, protocmp.Transform()); diff != "" {
				t.Errorf("%s\nRunFunction(...): -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(before, req, protocmp.Transform()); diff != "" {
				t.Errorf("%s\nRunFunction(...) changed the request: -before, +after:\n%s", tc.reason, diff)
			}
		})
	}
}
