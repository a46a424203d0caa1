package functiontest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"
)

// function is made of what it answers.
type function struct {
	fnv1.UnimplementedFunctionRunnerServiceServer
	run func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse)
	err error
}

var _ fnv1.FunctionRunnerServiceServer = function{}

func (f function) RunFunction(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	if f.err != nil {
		return nil, f.err
	}
	rsp := response.To(req, response.DefaultTTL)
	f.run(req, rsp)
	return rsp, nil
}

// wants answers with these resources.
func wants(resources map[string]map[string]any) func(*fnv1.RunFunctionRequest, *fnv1.RunFunctionResponse) {
	return func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		rsp.Desired = &fnv1.State{Resources: map[string]*fnv1.Resource{}}
		for name, r := range resources {
			rsp.Desired.Resources[name] = Resource(r)
		}
	}
}

func vpc(cidr string) map[string]any {
	return map[string]any{"kind": "VPC", "spec": map[string]any{"forProvider": map[string]any{"cidr": cidr}}}
}

func named() map[string]any {
	return map[string]any{"metadata": map[string]any{"name": "n"}}
}

// TestLifeOfAResource follows one resource from nothing to nothing.
func TestLifeOfAResource(t *testing.T) {
	reconcile := func(t *testing.T, p *ControlPlane) {
		t.Helper()
		if _, err := p.TryReconcile(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	p := NewControlPlane(nil, named(), func(_, kind, name string, at map[string]any, id func(string) string) {
		at["seen"] = []any{kind, name, id("vpc") != "", id("absent")}
	})
	uid := digest("n" + "vpc")
	id := ID("VPC", uid)
	ready := []any{
		map[string]any{"type": "Synced", "status": "True", "reason": "ReconcileSuccess", "lastTransitionTime": "2026-11-01T00:01:00Z"},
		map[string]any{"type": "Ready", "status": "True", "reason": "Available", "lastTransitionTime": "2026-11-01T00:01:00Z"},
	}
	meta := map[string]any{"name": "n-" + uid[:12], "uid": uid, "creationTimestamp": "2026-11-01T00:01:00Z"}
	named := map[string]any{"name": "n-" + uid[:12], "uid": uid, "creationTimestamp": "2026-11-01T00:01:00Z", "annotations": map[string]any{"crossplane.io/external-name": id}}
	provided := map[string]any{
		"atProvider": map[string]any{"cidr": "10.0.0.0/16", "id": id, "arn": "arn:aws:simulated:::" + id, "seen": []any{"VPC", "vpc", false, ""}},
		"conditions": ready,
	}

	steps := []struct {
		reason string
		do     func()
		want   map[string]any
	}{
		{
			reason: "What a function wants exists after a reconcile, with a name and no status.",
			do: func() {
				p.Function = function{run: wants(map[string]map[string]any{"vpc": vpc("10.0.0.0/16")})}
				reconcile(t, p)
			},
			want: map[string]any{"kind": "VPC", "metadata": meta, "spec": vpc("10.0.0.0/16")["spec"]},
		},
		{
			reason: "The provider gives it an id and makes it ready.",
			do:     func() { p.MarkReady("vpc", "absent") },
			want:   map[string]any{"kind": "VPC", "metadata": named, "spec": vpc("10.0.0.0/16")["spec"], "status": provided},
		},
		{
			reason: "Another spec changes the spec, and neither who it is nor its status.",
			do: func() {
				p.Function = function{run: wants(map[string]map[string]any{"vpc": vpc("10.1.0.0/16")})}
				reconcile(t, p)
			},
			want: map[string]any{"kind": "VPC", "metadata": named, "spec": vpc("10.1.0.0/16")["spec"], "status": provided},
		},
		{
			reason: "A failure replaces the conditions and leaves what AWS answered before.",
			do:     func() { p.Fail("vpc", "no") },
			want: map[string]any{"kind": "VPC", "metadata": named, "spec": vpc("10.1.0.0/16")["spec"], "status": map[string]any{
				"atProvider": provided["atProvider"],
				"conditions": []any{
					map[string]any{"type": "Synced", "status": "False", "reason": "ReconcileError", "message": "no"},
					map[string]any{"type": "Ready", "status": "False", "reason": "Creating"},
				},
			}},
		},
		{
			reason: "A fatal result changes nothing, although it leaves the resource out.",
			do: func() {
				p.Function = function{run: func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
					response.Fatal(rsp, errors.New("no"))
				}}
				p.MarkReady()
				reconcile(t, p)
			},
			want: map[string]any{"kind": "VPC", "metadata": named, "spec": vpc("10.1.0.0/16")["spec"], "status": map[string]any{
				"atProvider": map[string]any{"cidr": "10.1.0.0/16", "id": id, "arn": "arn:aws:simulated:::" + id, "seen": []any{"VPC", "vpc", true, ""}},
				"conditions": []any{
					map[string]any{"type": "Synced", "status": "True", "reason": "ReconcileSuccess", "lastTransitionTime": "2026-11-01T00:02:00Z"},
					map[string]any{"type": "Ready", "status": "True", "reason": "Available", "lastTransitionTime": "2026-11-01T00:02:00Z"},
				},
			}},
		},
		{
			reason: "What a function leaves out is gone.",
			do: func() {
				p.Function = function{run: wants(nil)}
				reconcile(t, p)
			},
		},
	}
	for _, step := range steps {
		step.do()
		if diff := cmp.Diff(step.want, p.Get("vpc")); diff != "" {
			t.Fatalf("%s\n-want, +got:\n%s", step.reason, diff)
		}
	}
}

func TestRun(t *testing.T) {
	asks := func(rsp *fnv1.RunFunctionResponse, name string) {
		rsp.Requirements = &fnv1.Requirements{Resources: map[string]*fnv1.ResourceSelector{
			"it": {Kind: "EnvironmentConfig", Match: &fnv1.ResourceSelector_MatchName{MatchName: name}},
		}}
	}
	type want struct {
		Found any
		Fatal string
		Err   string
	}
	cases := map[string]struct {
		reason string
		fn     func(found *any) function
		want   want
	}{
		"Finds": {
			reason: "What a function asks for and exists is in the next request.",
			fn: func(found *any) function {
				return function{run: func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
					asks(rsp, "dev")
					for _, r := range req.GetRequiredResources()["it"].GetItems() {
						*found = r.GetResource().AsMap()["data"]
					}
				}}
			},
			want: want{Found: "dev's"},
		},
		"FindsNone": {
			reason: "What does not exist was looked for all the same, and the function can tell.",
			fn: func(found *any) function {
				return function{run: func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
					asks(rsp, "prod")
					if r, ok := req.GetRequiredResources()["it"]; ok {
						*found = len(r.GetItems())
					}
				}}
			},
			want: want{Found: 0},
		},
		"Refuses": {
			reason: "A function that refuses is not asked again.",
			fn: func(found *any) function {
				calls := 0
				return function{run: func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
					calls++
					*found = calls
					asks(rsp, "dev")
					response.Fatal(rsp, errors.New("no"))
				}}
			},
			want: want{Found: 1, Fatal: "no"},
		},
		"AsksForEver": {
			reason: "A function that asks for something else each time is given up, as Crossplane does.",
			fn: func(found *any) function {
				calls := 0
				return function{run: func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
					calls++
					*found = calls
					asks(rsp, string(rune('a'+calls)))
				}}
			},
			want: want{Found: 5, Err: "the function asked for other resources 5 times"},
		},
		"Fails": {
			reason: "An error of the call is the run's.",
			fn:     func(*any) function { return function{err: errors.New("gone")} },
			want:   want{Err: "gone"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got want
			p := NewControlPlane(tc.fn(&got.Found), named(), nil)
			p.Require("EnvironmentConfig/dev", map[string]any{"data": "dev's"})
			rsp, err := p.Run(t.Context())
			got.Fatal = Fatal(rsp)
			if err != nil {
				got.Err = err.Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nRun(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestReconcileWritesStatus keeps the status of the composite, and what exists,
// for the next request.
func TestReconcileWritesStatus(t *testing.T) {
	p := NewControlPlane(function{run: func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		rsp.Desired = &fnv1.State{
			Composite: Resource(map[string]any{"spec": "ignored", "status": map[string]any{"vpcId": "1"}}),
			Resources: map[string]*fnv1.Resource{"b": Resource(vpc("10.0.0.0/16")), "a": Resource(vpc("10.0.0.0/16"))},
		}
	}}, named(), nil)
	if _, err := p.TryReconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"metadata": map[string]any{"name": "n"}, "status": map[string]any{"vpcId": "1"}}
	req, err := p.FirstRequest()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, req.GetObserved().GetComposite().GetResource().AsMap()); diff != "" {
		t.Errorf("Of the composite only the status is taken: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a", "b"}, p.Names()); diff != "" {
		t.Errorf("Names are sorted: -want, +got:\n%s", diff)
	}
	for _, name := range p.Names() {
		if diff := cmp.Diff(p.Get(name), req.GetObserved().GetResources()[name].GetResource().AsMap()); diff != "" {
			t.Errorf("The next request observes %s: -want, +got:\n%s", name, diff)
		}
	}
}

// TestWhatIsLeftOut drops fields of a table that exists.
func TestWhatIsLeftOut(t *testing.T) {
	table := func(policies []any, fields map[string]any) map[string]map[string]any {
		spec := map[string]any{"forProvider": Merge(map[string]any{"hashKey": "id"}, fields)}
		if policies != nil {
			spec["managementPolicies"] = policies
		}
		return map[string]map[string]any{"table": {"apiVersion": "dynamodb.aws.upbound.io/v1beta2", "kind": "Table", "spec": spec}}
	}
	index := []any{map[string]any{"name": "by_a"}}
	ttl := map[string]any{"enabled": true, "attributeName": "gone"}
	own := []any{"Create", "Delete", "Observe", "Update"}
	type found struct{ Spec, AWS map[string]any }
	cases := map[string]struct {
		reason   string
		policies []any
		then     map[string]any
		want     found
		synced   string
	}{
		"Owned": {
			reason:   "Terraform unsets an index, which is optional, and keeps a time to live, which is computed too.",
			policies: own,
			want:     found{map[string]any{"hashKey": "id"}, map[string]any{"hashKey": "id", "ttl": ttl}},
			synced:   "True",
		},
		"LateInitialized": {
			reason: "The default policies write both back into the spec, and the index returns.",
			want:   found{map[string]any{"hashKey": "id", "globalSecondaryIndex": index, "ttl": ttl}, map[string]any{"hashKey": "id", "globalSecondaryIndex": index, "ttl": ttl}},
			synced: "True",
		},
		"Off": {
			reason:   "A value for off switches off.",
			policies: own,
			then:     map[string]any{"ttl": map[string]any{"enabled": false, "attributeName": "gone"}},
			want:     found{map[string]any{"hashKey": "id", "ttl": map[string]any{"enabled": false, "attributeName": "gone"}}, map[string]any{"hashKey": "id"}},
			synced:   "True",
		},
		"Refused": {
			reason:   "AWS refuses another attribute while one is on, and holds what it held.",
			policies: own,
			then:     map[string]any{"ttl": map[string]any{"enabled": true, "attributeName": "other"}},
			want: found{
				map[string]any{"hashKey": "id", "ttl": map[string]any{"enabled": true, "attributeName": "other"}},
				map[string]any{"hashKey": "id", "globalSecondaryIndex": index, "ttl": ttl},
			},
			synced: "False",
		},
		"Immutable": {
			reason:   "The provider refuses what would replace the resource.",
			policies: own,
			then:     map[string]any{"hashKey": "key"},
			want:     found{map[string]any{"hashKey": "key"}, map[string]any{"hashKey": "id", "globalSecondaryIndex": index, "ttl": ttl}},
			synced:   "False",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := NewControlPlane(nil, named(), nil)
			for _, fields := range []map[string]any{{"globalSecondaryIndex": index, "ttl": ttl}, tc.then, tc.then, tc.then} {
				p.Function = function{run: wants(table(tc.policies, fields))}
				p.Reconcile(t)
				p.MarkReady()
			}
			got := found{p.ForProvider("table"), p.holds()["table"].(map[string]any)}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
			status, _ := p.Get("table")["status"].(map[string]any)
			if synced := status["conditions"].([]any)[0].(map[string]any)["status"]; synced != tc.synced {
				t.Errorf("%s\nSynced is %v", tc.reason, synced)
			}
		})
	}
}
