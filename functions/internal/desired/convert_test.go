package desired

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	eksv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta2"
)

// everything has a field of each kind that JSON has, set and not set.
type everything struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Text     string             `json:"text"`
	Named    xpv1.ResolvePolicy `json:"named"`
	Flag     bool               `json:"flag,omitempty"`
	Whole    int32              `json:"whole"`
	Number   *float64           `json:"number,omitempty"`
	Required *string            `json:"required"`
	Nothing  []string           `json:"nothing"`
	Texts    []*string          `json:"texts"`
	Labels   map[string]*string `json:"labels"`
	Any      map[string]any     `json:"any,omitempty"`
	Own      metav1.Duration    `json:"own"`
	Port     intstr.IntOrString `json:"port,omitzero"`
	Hidden   string             `json:"-"`
	Empty    struct{}           `json:"empty"`
	Status   map[string]string  `json:"status"`
}

func (e *everything) DeepCopyObject() runtime.Object { return e }

func objects() map[string]Object {
	nodes := &eksv1beta2.NodeGroup{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"a": "b"}, CreationTimestamp: metav1.Unix(1_800_000_000, 0)},
		Spec: eksv1beta2.NodeGroupSpec{ForProvider: eksv1beta2.NodeGroupParameters{
			Region: new("r"), InstanceTypes: []*string{new("t3.large")}, Tags: map[string]*string{"team": new("store")},
			ScalingConfig: &eksv1beta2.ScalingConfigParameters{MinSize: new(float64(1))},
			Taint:         []eksv1beta2.TaintParameters{},
		}},
		Status: eksv1beta2.NodeGroupStatus{AtProvider: eksv1beta2.NodeGroupObservation{Arn: new("arn")}},
	}
	nodes.SetManagementPolicies(xpv1.ManagementPolicies{xpv1.ManagementActionCreate})
	later := nodes.DeepCopy()
	later.Spec.InitProvider.DiskSize = new(float64(20))
	return map[string]Object{
		"NodeGroup":    nodes,
		"InitProvider": later,
		"Zero":         &eksv1beta2.NodeGroup{},
		"Usage":        &usage{TypeMeta: metav1.TypeMeta{Kind: "Usage"}, Spec: usageSpec{By: &usageReference{Kind: "Claim"}, ReplayDeletion: true}},
		"NothingSet":   &everything{},
		"Everything": &everything{
			ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{}, DeletionTimestamp: new(metav1.Unix(1_800_000_000, 0))},
			Text:       "text", Named: xpv1.ResolvePolicyAlways, Flag: true, Whole: -1, Number: new(0.5), Texts: []*string{new("a"), nil, new("")},
			Labels: map[string]*string{"a": new("b"), "none": nil}, Hidden: "hidden", Own: metav1.Duration{Duration: 1}, Port: intstr.FromString("http"),
			Any:    map[string]any{"list": []any{int64(1), nil, map[string]any{"null": nil, "x": true}}, "null": nil, "deep": map[string]any{"text": "t"}},
			Status: map[string]string{"left": "out"},
		},
	}
}

// TestConvert compares with Kubernetes' own converter.
func TestConvert(t *testing.T) {
	for name, o := range objects() {
		t.Run(name, func(t *testing.T) {
			want, err := inTwoSteps(o)
			if err != nil {
				t.Fatal(err)
			}
			got, err := asStruct(o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("asStruct(...): -want, +got:\n%s", diff)
			}
		})
	}
}

// TestCannotConvert has values that JSON or protobuf do not have.
func TestCannotConvert(t *testing.T) {
	cases := map[string]struct {
		reason string
		object any
		want   string
	}{
		"Type": {"A type without JSON is named, with its field.", struct {
			F []func() `json:"f"`
		}{[]func(){nil}}, "f: [0]: cannot convert a func()"},
		"Text": {"A text that is not UTF-8 cannot be sent.", struct {
			F any `json:"f"`
		}{map[string]any{"a": "\xff"}}, `invalid UTF-8 in string: "\xff"`},
		"Key": {"Nor can such a key.", struct {
			F map[string]int `json:"f"`
		}{map[string]int{"\xff": 1}}, `f: cannot convert the key "\xff": it is no UTF-8 text`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := structOf(reflect.ValueOf(tc.object))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s\nstructOf(...): %v, want %s", tc.reason, err, tc.want)
			}
		})
	}
}

// inTwoSteps is asStruct by Kubernetes' converter.
func inTwoSteps(o Object) (*structpb.Struct, error) {
	u, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	if err != nil {
		return nil, err
	}
	delete(u, "status")
	DropNulls(u)
	if spec, ok := u["spec"].(map[string]any); ok {
		if init, ok := spec["initProvider"].(map[string]any); ok && len(init) == 0 {
			delete(spec, "initProvider")
		}
	}
	return structpb.NewStruct(u)
}

// BenchmarkConvert compares asStruct with Kubernetes' converter.
func BenchmarkConvert(b *testing.B) {
	o := objects()["NodeGroup"]
	for name, convert := range map[string]func(Object) (*structpb.Struct, error){"AsStruct": asStruct, "InTwoSteps": inTwoSteps} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := convert(o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
