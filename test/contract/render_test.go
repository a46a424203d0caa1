package contract_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/render"
)

// validators of make render by kind; to compile the rules of one takes a second.
var validators sync.Map

// rendered is what make render refuses of a claim, a line for each field, as refusal has them.
func rendered(t *testing.T, kind string, to change) []string {
	t.Helper()

	u := read(t, claim(t, kind, to.to))
	u.SetName("case")
	u.SetNamespace(namespace)
	compile := sync.OnceValues(func() (*render.Validator, error) { return render.NewValidator("../..", u) })
	once, _ := validators.LoadOrStore(kind, compile)
	v, err := once.(func() (*render.Validator, error))()
	if err != nil {
		t.Fatalf("cannot read the definition of %s: %v", kind, err)
	}
	var old map[string]any
	if to.from != "" {
		old, _ = read(t, claim(t, kind, to.from)).Object["spec"].(map[string]any)
	}
	errs, err := v.Validate(t.Context(), u, old)
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, e := range errs {
		out = append(out, e.Field+": "+withoutValue(e.ErrorBody()))
	}
	return out
}

// read an object as from a file: whole numbers stay whole.
func read(t *testing.T, u *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()

	text, err := u.MarshalJSON()
	if err != nil {
		t.Fatalf("cannot encode: %v", err)
	}
	out := &unstructured.Unstructured{}
	if err := out.UnmarshalJSON(text); err != nil {
		t.Fatalf("cannot decode: %v", err)
	}
	return out
}

// TestRenderRefusesAsTheServer has what is no rule of a definition.
func TestRenderRefusesAsTheServer(t *testing.T) {
	t.Parallel()
	c := connect(t)

	cases := map[string]struct {
		reason string
		kind   string
		change

		unknown string // field that both refuse, in their own words
	}{
		"Duplicate":      {reason: "A set has each value once.", kind: "Network", change: change{to: `availabilityZones: [a, b, a]`}},
		"DuplicateItem":  {reason: "So has a list of objects, by its key.", kind: "Cluster", change: change{to: `access: [{principalArn: "arn:aws:iam::111122223333:role/a", role: edit}, {principalArn: "arn:aws:iam::111122223333:role/a", role: view}]`}},
		"DuplicateStays": {reason: "A claim that is accepted stays so.", kind: "Network", change: change{from: `availabilityZones: [a, b]`, to: `{availabilityZones: [a, b], natGateways: Single}`}},
		"Required":       {reason: "A field that must be there.", kind: "Cluster", change: change{to: `networkRef: null`}},
		"RequiredBelow":  {reason: "One of a list's item.", kind: "Cluster", change: change{to: `access: [{role: edit}]`}},
		"Null":           {reason: "A null is no value, and is dropped.", kind: "Network", change: change{to: `vpcEndpoints: {additionalServices: null, enabled: null}`}},
		"NullOfDefault":  {reason: "A null of a field with a default is the default.", kind: "Cluster", change: change{to: `nodes: {min: null, max: null}`}},
		"NullItem":       {reason: "A null in a list is one of the wrong type.", kind: "Network", change: change{to: `availabilityZones: [a, b, null]`}},
		"NullOfMap":      {reason: "So is one in a map.", kind: "Network", change: change{to: `tags: {team: null}`}},
		"Type":           {reason: "A text is no number.", kind: "Cluster", change: change{to: `nodes: {min: "1"}`}},
		"Enum":           {reason: "An unknown value hides the rules.", kind: "Network", change: change{to: `{natGateways: Two, cidr: 127.0.0.0/16}`}},
		"TooMany":        {reason: "So does a list that is too long.", kind: "Network", change: change{to: `availabilityZones: [a]`}},
		"Default":        {reason: "A rule reads the defaults.", kind: "Cluster", change: change{to: `nodes: {max: 2}`}},
		"DefaultOfOld":   {reason: "And those of the claim before the change.", kind: "Network", change: change{from: `{}`, to: `region: us-east-1`}},
		"Unknown":        {reason: "A field that there is not.", kind: "Network", change: change{to: `natGatway: Single`}, unknown: "spec.natGatway"},
		"UnknownBelow":   {reason: "Nor this one.", kind: "Cluster", change: change{to: `nodes: {minimum: 1}`}, unknown: "spec.nodes.minimum"},
		"Crossplane":     {reason: "Fields of Crossplane's own are in no schema of ours.", kind: "Network", change: change{to: `compositeDeletePolicy: Background`}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if tc.unknown != "" {
				err := c.Create(t.Context(), claim(t, tc.kind, tc.to), client.DryRunAll)
				status := apierrors.APIStatus(nil)
				if !errors.As(err, &status) || !strings.Contains(err.Error(), `unknown field "`+tc.unknown+`"`) {
					t.Errorf("%s\nthe API server: want %s to be unknown, got %v", tc.reason, tc.unknown, err)
				}
				if diff := cmp.Diff([]string{tc.unknown + ": there is no such field"}, rendered(t, tc.kind, tc.change)); diff != "" {
					t.Errorf("%s\nmake render: -want, +got:\n%s", tc.reason, diff)
				}
				return
			}
			server, own := apply(t, c, tc.kind, tc.change), rendered(t, tc.kind, tc.change)
			if diff := cmp.Diff(server, own); diff != "" {
				t.Errorf("%s\n-API server, +make render:\n%s", tc.reason, diff)
			}
			t.Logf("%s: %v", name, server)
		})
	}
}
