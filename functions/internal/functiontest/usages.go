package functiontest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Protections of the composite and its claim, Usages that no resource has, by their names: what
// they protect, and the reason with which they refuse its deletion.
func (p *ControlPlane) Protections() map[string]string {
	out := map[string]string{}
	for _, name := range p.Names() {
		spec := child(p.Get(name), "spec")
		if strings.HasPrefix(name, "hold-of-") || !strings.HasPrefix(name, "hold-") {
			continue
		}
		if reason, ok := spec["reason"].(string); ok {
			namespace, _ := child(p.Get(name), "metadata")["namespace"].(string)
			kind, of := usageRef(spec, "of")
			out[name] = fmt.Sprintf("%s %q of %s %q: %s", p.Kind(name), namespace, kind, of, reason)
			if spec["replayDeletion"] != nil {
				out[name] += " (and replays the deletion)"
			}
		}
	}
	return out
}

// Users of each resource that Usages protect, by their names in the composition. The
// composite of another claim has the claim's name, such as XNetwork/au-dev.
func (p *ControlPlane) Users() map[string][]string {
	inComposition := map[string]string{} // by name in Kubernetes
	for _, name := range p.Names() {
		object, _ := child(p.Get(name), "metadata")["name"].(string)
		inComposition[object] = name
	}
	out := map[string][]string{}
	for _, name := range p.Names() {
		spec := child(p.Get(name), "spec")
		if p.Kind(name) != "ClusterUsage" || spec["by"] == nil {
			continue
		}
		kind, of := usageRef(spec, "of")
		target, ok := inComposition[of]
		if !ok {
			target = kind + "/" + strings.TrimSuffix(of, "-x7k2p")
		}
		_, by := usageRef(spec, "by")
		out[target] = append(out[target], inComposition[by])
	}
	return out
}

func usageRef(spec map[string]any, side string) (kind, name string) {
	ref := child(spec, side)
	kind, _ = ref["kind"].(string)
	name, _ = child(ref, "resourceRef")["name"].(string)
	return kind, name
}

// DeletionWaves deletes everything at once, as Crossplane does, and the composites of
// other claims with it: all that no Usage protects goes, then the Usages of what is gone
// go, and so on.
func (p *ControlPlane) DeletionWaves(t *testing.T) [][]string {
	t.Helper()
	users := p.Users()
	left := map[string]bool{}
	for _, name := range append(p.Names(), sortedKeys(users)...) {
		left[name] = p.Kind(name) != "ClusterUsage" && p.Kind(name) != "Usage"
	}
	var out [][]string
	for {
		var wave []string
		waits := false
		for name, is := range left {
			if is && !slices.ContainsFunc(users[name], func(user string) bool { return left[user] }) {
				wave = append(wave, name)
			}
			waits = waits || is
		}
		if !waits {
			return out
		}
		if wave == nil {
			t.Fatalf("a circle of Usages protects what is left: %v", left)
		}
		for _, name := range wave {
			left[name] = false
		}
		slices.Sort(wave)
		out = append(out, wave)
	}
}
