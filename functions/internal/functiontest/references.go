package functiontest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testReferences has claims that are ready, and puts another composite in the place of one that
// they name: beside it, as when a claim's finalizer was removed by hand and the claim made again,
// and instead of it. Nothing of the claim moves there.
func testReferences(t *testing.T, k Kind) {
	for _, e := range k.Placed {
		p := k.NewExample(t, e)
		p.Settle(t)
		for _, ref := range namedBy(p) {
			key := "X" + ref.kind + "/" + ref.name
			t.Run(fmt.Sprintf("%s/%s/Twin", e, key), func(t *testing.T) {
				p := p.clone()
				p.Require(key+"/twin", other(p.Required(key)))
				p.staysWhereItIs(t, ref.field, "-other", "-x7k2p")
			})
			t.Run(fmt.Sprintf("%s/%s/Other", e, key), func(t *testing.T) {
				p := p.clone()
				p.Require(key, other(p.Required(key)))
				p.staysWhereItIs(t, ref.field, "other")
			})
			t.Run(fmt.Sprintf("%s/%s/InUse", e, key), func(t *testing.T) { p.isRefusedWhileUsed(t, k, ref) })
		}
	}
}

// other composite of the same claim, as ready as the first one, with another name and other ids
// in AWS.
func other(composite map[string]any) map[string]any {
	out := Clone(composite)
	meta, status := child(out, "metadata"), child(out, "status")
	meta["name"] = strings.Replace(meta["name"].(string), "-x7k2p", "-other", 1)
	for _, id := range []string{"vpcId", "clusterName", "arn"} {
		if text, ok := status[id].(string); ok {
			status[id] = text + "-other"
		}
	}
	return out
}

// staysWhereItIs expects that nothing changes, and a condition that names the field and says what
// is wrong.
func (p *ControlPlane) staysWhereItIs(t *testing.T, says ...string) {
	t.Helper()
	before := map[string]any{}
	for _, name := range p.Names() {
		before[name] = child(Clone(p.Get(name)), "spec")
	}
	rsp := p.Reconcile(t)
	after := map[string]any{}
	for _, name := range p.Names() {
		after[name] = child(Clone(p.Get(name)), "spec")
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("-before, +after:\n%s", diff)
	}
	for _, c := range rsp.GetConditions() {
		if !slices.ContainsFunc(says, func(part string) bool { return !strings.Contains(c.GetMessage(), part) }) {
			return
		}
	}
	t.Errorf("no condition says %q: %v", says, rsp.GetConditions())
}

// isRefusedWhileUsed expects a Usage of the claim that is named, which is in its namespace, has no
// user to wait for, and says who uses it.
func (p *ControlPlane) isRefusedWhileUsed(t *testing.T, k Kind, ref namedClaim) {
	t.Helper()
	labels := child(child(p.XR, "metadata"), "labels")
	for _, name := range p.Names() {
		object := p.Get(name)
		spec := child(object, "spec")
		kind, of := usageRef(spec, "of")
		if p.Kind(name) != "Usage" || kind != ref.kind || of != ref.name {
			continue
		}
		want := []any{labels["crossplane.io/claim-namespace"], nil, nil, fmt.Sprintf("%s %q uses this %s: delete that first, or let it name another one", k.Name, labels["crossplane.io/claim-name"], strings.ToLower(ref.kind))}
		got := []any{child(object, "metadata")["namespace"], spec["by"], spec["replayDeletion"], spec["reason"]}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("namespace, user, replay and reason of %s: -want, +got:\n%s", name, diff)
		}
		return
	}
	t.Errorf("nothing refuses the deletion of %s %s while %s uses it", ref.kind, ref.name, k.Name)
}
