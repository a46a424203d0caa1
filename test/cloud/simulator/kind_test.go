package simulator

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/test/cloud/catalog"
)

func TestFit(t *testing.T) {
	const schema = `{"type":"object","properties":{
		"id":{"type":"string"}, "size":{"type":"number"}, "on":{"type":"boolean"},
		"tags":{"type":"object","additionalProperties":{"type":"string"}},
		"rules":{"type":"array","items":{"type":"object","properties":{"port":{"type":"integer"}}}},
		"free":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}`
	cases := map[string]struct {
		reason string
		value  any
		want   any
	}{
		"Fits":          {reason: "Values of the schema stay.", value: map[string]any{"id": "a", "size": 1.5, "on": true}, want: map[string]any{"id": "a", "size": 1.5, "on": true}},
		"UnknownField":  {reason: "Unknown fields would be pruned.", value: map[string]any{"id": "a", "arn": "b"}, want: map[string]any{"id": "a"}},
		"OtherType":     {reason: "Values of another type would be refused.", value: map[string]any{"id": 1, "on": "yes"}, want: map[string]any{}},
		"Int":           {reason: "Kubernetes cannot copy an int.", value: map[string]any{"size": 3}, want: map[string]any{"size": int64(3)}},
		"Map":           {reason: "The values of a map are checked.", value: map[string]any{"tags": map[string]any{"a": "b", "c": 1}}, want: map[string]any{"tags": map[string]any{"a": "b"}}},
		"List":          {reason: "So are those of a list.", value: map[string]any{"rules": []any{map[string]any{"port": 80, "x": 1}}}, want: map[string]any{"rules": []any{map[string]any{"port": int64(80)}}}},
		"Open":          {reason: "An open object takes anything.", value: map[string]any{"free": map[string]any{"x": "y"}}, want: map[string]any{"free": map[string]any{"x": "y"}}},
		"Nothing":       {reason: "A nil is not written.", value: map[string]any{"tags": nil}, want: map[string]any{}},
		"ObjectForList": {reason: "An object is no list.", value: map[string]any{"rules": map[string]any{}}, want: map[string]any{}},
	}
	s := &shape{}
	if err := json.Unmarshal([]byte(schema), s); err != nil {
		t.Fatal(err)
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, _ := s.fit(tc.value)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nfit(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestWanted(t *testing.T) {
	spec := func(init, forProvider map[string]any) *Managed {
		mg := &Managed{}
		mg.Object = map[string]any{"spec": map[string]any{"forProvider": forProvider, "initProvider": init}}
		return mg
	}
	cases := map[string]struct {
		reason   string
		mg       *Managed
		existing map[string]any
		want     map[string]any
	}{
		"WithoutReferences": {
			reason: "References, selectors and secrets are not sent to AWS.",
			mg: spec(nil, map[string]any{
				"vpcId": "vpc-1", "vpcIdRef": map[string]any{"name": "a"}, "vpcIdSelector": map[string]any{}, "subnetIdRefs": []any{},
				"passwordSecretRef": map[string]any{}, "rule": []any{map[string]any{"keyIdRef": map[string]any{}, "port": int64(1)}},
			}),
			want: map[string]any{"vpcId": "vpc-1", "rule": []any{map[string]any{"port": int64(1)}}},
		},
		"InitOnCreation": {
			reason: "At creation initProvider fills the fields that forProvider leaves open.",
			mg:     spec(map[string]any{"size": "1", "name": "i"}, map[string]any{"name": "f"}),
			want:   map[string]any{"size": "1", "name": "f"},
		},
		"InitAfterwards": {
			reason:   "Later, fields that only initProvider sets are ignored.",
			mg:       spec(map[string]any{"size": "1", "gone": "x"}, map[string]any{"name": "f"}),
			existing: map[string]any{"size": "7", "name": "e"},
			want:     map[string]any{"size": "7", "name": "f"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, wanted(tc.mg, tc.existing)); diff != "" {
				t.Errorf("\n%s\nwanted(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestEndsIn(t *testing.T) {
	cases := map[string]struct {
		reason string
		crd    string
		want   bool
	}{
		"AWS":        {reason: "Cluster-scoped kinds of the provider.", crd: "vpcs.ec2.aws.upbound.io", want: true},
		"Namespaced": {reason: "Namespaced kinds have another group.", crd: "vpcs.ec2.aws.m.upbound.io"},
		"Kubernetes": {reason: "The real provider-kubernetes runs beside the simulator.", crd: "objects.kubernetes.crossplane.io"},
		"Helm":       {reason: "Package helm simulates these.", crd: "releases.helm.crossplane.io"},
		"Other":      {reason: "CRDs of no provider are ignored.", crd: "networks.platform.ausmart.io"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := endsIn([]string{catalog.Suffix})(tc.crd); got != tc.want {
				t.Errorf("\n%s\nendsIn(...)(%q): want %t, got %t", tc.reason, tc.crd, tc.want, got)
			}
		})
	}
}
