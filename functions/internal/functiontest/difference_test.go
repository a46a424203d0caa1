package functiontest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

func responseWith(resources map[string]map[string]any) *fnv1.RunFunctionResponse {
	return &fnv1.RunFunctionResponse{Desired: &fnv1.State{Resources: Resources(resources)}}
}

func TestDifferences(t *testing.T) {
	type resources = map[string]map[string]any
	tagged := func(environment string) map[string]any {
		return map[string]any{"ausmart.io/environment": environment, "team": "store"}
	}

	cases := map[string]struct {
		reason        string
		before, after resources
		want          []string
	}{
		"Same": {
			reason: "There is nothing to say.",
			before: resources{"a": {"spec": map[string]any{"x": 1}}},
			after:  resources{"a": {"spec": map[string]any{"x": 1}}},
		},
		"ComesAndGoes": {
			reason: "A resource that only one has is a line.",
			before: resources{"a": {}, "b": {}},
			after:  resources{"b": {}, "c": {}},
			want:   []string{"+ c", "- a"},
		},
		"Fields": {
			reason: "Every field counts, of the spec or not.",
			before: resources{"a": {"metadata": map[string]any{"labels": map[string]any{"l": "old"}}, "spec": map[string]any{"deletionPolicy": "Delete", "x": 1}}},
			after:  resources{"a": {"metadata": map[string]any{"labels": map[string]any{"l": "new"}}, "spec": map[string]any{"x": 2, "y": []any{"z"}}}},
			want: []string{
				`a metadata.labels.l: "old" -> "new"`,
				`a spec.deletionPolicy: "Delete" -> none`,
				`a spec.x: 1 -> 2`,
				`a spec.y: none -> ["z"]`,
			},
		},
		"Environment": {
			reason: "The tag that names the environment says nothing new, wherever it is.",
			before: resources{"a": {"tags": tagged("dev"), "list": []any{map[string]any{"tags": tagged("dev")}}, "text": `{"ausmart.io/environment":"dev","x":1}`}},
			after:  resources{"a": {"tags": tagged("prod"), "list": []any{map[string]any{"tags": tagged("prod")}}, "text": `{"ausmart.io/environment":"prod","x":1}`}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Differences(responseWith(tc.before), responseWith(tc.after))); diff != "" {
				t.Errorf("%s\nDifferences(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
