package progress

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ausmart/platform/functions/internal/observed"
)

// rollout reads why something that was applied in a cluster does not run. Its provider has
// applied it, and is content: what went wrong is in the object's own conditions, or in what Helm
// says of the release.
func rollout(obs observed.Resources, name string) (Problem, bool) {
	p := Problem{Resource: name, Reason: ReasonRolloutFailed}
	switch obs.Kind(name) {
	case "Object":
		if p.Message = ofDeployment(obs, name); p.Message == "" {
			// This may pass: Karpenter's objects say so while they start.
			p.Reason, p.Message = ReasonCreating, ofObject(obs, name)
		}
	case "Release":
		p.Message = ofRelease(obs, name)
	}
	return p, p.Message != ""
}

// ofDeployment reads a Deployment that makes no progress, or whose pods may not be made, as by a
// quota. The reason why a pod does not start is in the pod alone, which the provider does not read:
// the message says how to see it.
func ofDeployment(obs observed.Resources, name string) string {
	object := obs.Manifest(name)
	for _, bad := range []struct{ typ, status string }{{"ReplicaFailure", "True"}, {"Progressing", "False"}} {
		if c := object.Condition(bad.typ); c.Status == bad.status && c.Message != "" {
			return fmt.Sprintf("the new version does not run: %s; see why with: kubectl -n %s describe pods -l %s",
				sentence(c.Message), object.Text("metadata", "namespace"), labels(object.Texts("spec", "selector", "matchLabels")))
		}
	}
	return ""
}

// ofObject reads an object that says itself that it is not ready.
func ofObject(obs observed.Resources, name string) string {
	object := obs.Manifest(name)
	if c := object.Condition("Ready"); c.Status == "False" && c.Message != "" {
		return fmt.Sprintf("the %s %s is not ready in the cluster: %s", object.Text("kind"), object.Text("metadata", "name"), sentence(c.Message))
	}
	return ""
}

// ofRelease reads a release that Helm could not install or upgrade.
func ofRelease(obs observed.Resources, name string) string {
	if obs.AtProvider(name, "state") != "failed" {
		return ""
	}
	in := obs.ForProvider(name, "namespace")
	return fmt.Sprintf("Helm could not install the chart: %s; see why with: kubectl -n %s get pods,events", sentence(obs.AtProvider(name, "releaseDescription")), in)
}

// sentence of Kubernetes or Helm, for the middle of one of ours.
func sentence(text string) string { return bounded(strings.TrimSuffix(scrub(text), ".")) }

// labels as kubectl takes them.
func labels(all map[string]string) string {
	out := make([]string, 0, len(all))
	for _, k := range slices.Sorted(maps.Keys(all)) {
		out = append(out, k+"="+all[k])
	}
	return strings.Join(out, ",")
}
