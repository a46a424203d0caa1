package functiontest

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/settings"
)

// A Moment in the life of a claim.
type Moment struct {
	Reason string

	// Do what happens to the claim or its resources; nil for nothing.
	Do func()

	// Status of the claim after the next reconcile. It is called before that, while
	// the resources that the reconcile deletes exist.
	Status func() map[string]any

	// Conditions of these types, as ConditionText has them.
	Conditions map[string]string
}

// FollowStatus from each moment to the next.
func FollowStatus(t *testing.T, p *ControlPlane, moments []Moment) {
	t.Helper()
	for _, m := range moments {
		if m.Do != nil {
			m.Do()
		}
		want := m.Status()
		rsp := p.Reconcile(t)
		if diff := cmp.Diff(want, Status(rsp)); diff != "" {
			t.Fatalf("%s\nstatus: -want, +got:\n%s", m.Reason, diff)
		}
		got := map[string]string{}
		for typ := range m.Conditions {
			got[typ] = ConditionText(rsp, typ)
		}
		if diff := cmp.Diff(m.Conditions, got); diff != "" {
			t.Fatalf("%s\nconditions: -want, +got:\n%s", m.Reason, diff)
		}
		for _, c := range rsp.GetConditions() {
			if c.GetTarget() != fnv1.Target_TARGET_COMPOSITE_AND_CLAIM {
				t.Errorf("%s\ncondition %s has the target %s", m.Reason, c.GetType(), c.GetTarget())
			}
		}
	}
}

// ConditionText is a condition as its status, reason and message: "False Creating: 0
// of 2 resources ready"; empty when there is none of that type.
func ConditionText(rsp *fnv1.RunFunctionResponse, typ string) string {
	for _, c := range rsp.GetConditions() {
		if c.GetType() != typ {
			continue
		}
		text := map[fnv1.Status]string{
			fnv1.Status_STATUS_CONDITION_TRUE: "True ", fnv1.Status_STATUS_CONDITION_FALSE: "False ", fnv1.Status_STATUS_CONDITION_UNKNOWN: "Unknown ",
		}[c.GetStatus()] + c.GetReason()
		if c.GetMessage() != "" {
			text += ": " + c.GetMessage()
		}
		return text
	}
	return ""
}

// BuiltIn settings of an environment as the status of a claim of the kind has them,
// with others in their place.
func (k Kind) BuiltIn(t testing.TB, environment string, others ...map[string]any) map[string]any {
	t.Helper()
	s, err := settings.Resolve(k.Name, v1alpha1.Environment(environment), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	for name, is := range s.Effective() {
		out[name] = Effective(is.Value, is.Origin)
	}
	return Merge(append([]map[string]any{out}, others...)...)
}

// Effective setting in a claim's status.
func Effective(value, origin string) map[string]any {
	return map[string]any{"value": value, "origin": origin}
}

// Merge objects; the fields of a later one replace those of the ones before.
func Merge(objects ...map[string]any) map[string]any {
	out := map[string]any{}
	for _, o := range objects {
		maps.Copy(out, o)
	}
	return out
}
