package functiontest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// tagEnvironment is the tag that names the environment, which is on everything. It is
// left out.
const tagEnvironment = "ausmart.io/environment"

// inText finds it in JSON: that of a list, or of a text that is JSON itself.
var inText = regexp.MustCompile(`\\?"` + tagEnvironment + `\\?":\\?"[a-z]*\\?",?`)

// Differences between the resources of two answers, a line each, sorted: "+ name",
// "- name" and "name path: before -> after".
func Differences(before, after *fnv1.RunFunctionResponse) []string {
	old, now := before.GetDesired().GetResources(), after.GetDesired().GetResources()
	var out []string
	for _, name := range keys(old, now) {
		switch {
		case old[name] == nil:
			out = append(out, "+ "+name)
		case now[name] == nil:
			out = append(out, "- "+name)
		default:
			a, b := flat(old[name].GetResource().AsMap()), flat(now[name].GetResource().AsMap())
			for _, path := range keys(a, b) {
				if a[path] != b[path] {
					out = append(out, fmt.Sprintf("%s %s: %s -> %s", name, path, orNone(a[path]), orNone(b[path])))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// keys of one map or the other, sorted.
func keys[V any](a, b map[string]V) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(sortedKeys(a), sortedKeys(b)))))
}

func orNone(v string) string {
	if v == "" {
		return "none"
	}
	return v
}

// flat is an object's leaves by path, as JSON. A list is a leaf.
func flat(o map[string]any) map[string]string {
	out := map[string]string{}
	for k, v := range o {
		if k == tagEnvironment {
			continue
		}
		if m, ok := v.(map[string]any); ok {
			for path, leaf := range flat(m) {
				out[k+"."+path] = leaf
			}
			continue
		}
		raw, err := json.Marshal(v)
		if err != nil {
			panic(err) // What came as JSON goes as JSON.
		}
		out[k] = inText.ReplaceAllString(string(raw), "")
	}
	return out
}
