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
	var why string
	switch obs.Kind(name) {
	case "Object":
		why = ofObject(obs, name)
	case "Release":
		why = ofRelease(obs, name)
	}
	if why == "" {
		return Problem{}, false
	}
	return Problem{Resource: name, Reason: ReasonRolloutFailed, Message: why}, true
}

// ofObject reads a Deployment that makes no progress, whose pods may not be made (a quota), or
// another object that says that it is not ready. The reason why a pod does not start is in the pod
// alone, which the provider does not read: the message says how to see it.
func ofObject(obs observed.Resources, name string) string {
	object := obs.Manifest(name)
	for _, bad := range []struct{ typ, status string }{{"ReplicaFailure", "True"}, {"Progressing", "False"}} {
		if c := object.Condition(bad.typ); c.Status == bad.status && c.Message != "" {
			return fmt.Sprintf("the new version does not run: %s; see why with: kubectl -n %s describe pods -l %s",
				bounded(scrub(c.Message)), object.Text("metadata", "namespace"), labels(object.Texts("spec", "selector", "matchLabels")))
		}
	}
	if c := object.Condition("Ready"); c.Status == "False" && c.Message != "" {
		return fmt.Sprintf("the %s %s is not ready in the cluster: %s", object.Text("kind"), object.Text("metadata", "name"), bounded(scrub(c.Message)))
	}
	return ""
}

// ofRelease reads a release that Helm could not install or upgrade.
func ofRelease(obs observed.Resources, name string) string {
	if obs.AtProvider(name, "state") != "failed" {
		return ""
	}
	in := obs.ForProvider(name, "namespace")
	return fmt.Sprintf("Helm could not install the chart: %s; see why with: kubectl -n %s get pods,events", bounded(scrub(obs.AtProvider(name, "releaseDescription"))), in)
}

// labels as kubectl takes them.
func labels(all map[string]string) string {
	out := make([]string, 0, len(all))
	for _, k := range slices.Sorted(maps.Keys(all)) {
		out = append(out, k+"="+all[k])
	}
	return strings.Join(out, ",")
}
