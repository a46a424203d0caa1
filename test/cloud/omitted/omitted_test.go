package omitted_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/test/cloud/omitted"
)

func TestKeep(t *testing.T) {
	type fields = map[string]any
	kept := []string{"ttl", "config.days", "list.days"}
	cases := map[string]struct {
		reason            string
		held, asked, want fields
	}{
		"Unset":         {"A field that is optional only goes.", fields{"a": 1}, fields{}, fields{}},
		"Kept":          {"One that is computed too stays.", fields{"ttl": "x"}, fields{"a": 1}, fields{"a": 1, "ttl": "x"}},
		"Changed":       {"A field that is asked for is what was asked for.", fields{"ttl": "x"}, fields{"ttl": "y"}, fields{"ttl": "y"}},
		"NothingHeld":   {"What AWS does not hold is not kept.", nil, nil, fields{}},
		"InObject":      {"A block keeps its own fields.", fields{"config": fields{"days": 7, "on": true}}, fields{"config": fields{}}, fields{"config": fields{"days": 7}}},
		"InListOfOne":   {"So does a block that is a list of one.", fields{"list": []any{fields{"days": 7}}}, fields{"list": []any{fields{"on": true}}}, fields{"list": []any{fields{"on": true, "days": 7}}}},
		"BlockLeftOut":  {"A block that is left out keeps nothing by its fields.", fields{"config": fields{"days": 7}}, fields{}, fields{}},
		"ElementsOfSet": {"The elements of a longer list are new ones.", fields{"list": []any{fields{"days": 7}, fields{}}}, fields{"list": []any{fields{}}}, fields{"list": []any{fields{}}}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, omitted.Keep(kept, tc.held, tc.asked)); diff != "" {
				t.Errorf("%s\nKeep(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestLateInitialize(t *testing.T) {
	spec := map[string]any{"list": []any{}, "config": map[string]any{}}
	written := omitted.LateInitialize(spec, map[string]any{"list": []any{1}, "config": map[string]any{"days": 7}, "ttl": "x", "none": nil})
	if diff := cmp.Diff([]string{"ttl"}, slices.Sorted(slices.Values(written))); diff != "" {
		t.Errorf("written: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"list": []any{}, "config": map[string]any{}, "ttl": "x"}, spec); diff != "" {
		t.Errorf("spec: -want, +got:\n%s", diff)
	}
}
