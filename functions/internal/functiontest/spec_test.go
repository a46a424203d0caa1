package functiontest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWith(t *testing.T) {
	object := func() map[string]any {
		return map[string]any{
			"kms": map[string]any{"enabled": false},
			"env": []any{map[string]any{"name": "A"}, map[string]any{"name": "B", "from": map[string]any{"queue": "jobs"}}},
		}
	}
	cases := map[string]struct {
		reason string
		path   string
		value  any
		want   map[string]any
	}{
		"Field":   {"A field gets another value.", "kms.enabled", true, map[string]any{"kms": map[string]any{"enabled": true}, "env": object()["env"]}},
		"Missing": {"Objects on the way are made.", "waf.rateLimit", 5, map[string]any{"kms": object()["kms"], "env": object()["env"], "waf": map[string]any{"rateLimit": 5.0}}},
		"List": {
			"The first element that has the field is changed.", "env[].from.queue", "mail",
			map[string]any{"kms": object()["kms"], "env": []any{map[string]any{"name": "A"}, map[string]any{"name": "B", "from": map[string]any{"queue": "mail"}}}},
		},
		"NoElement": {
			"Where none has it, the first one is.", "env[].value", "1",
			map[string]any{"kms": object()["kms"], "env": []any{map[string]any{"name": "A", "value": "1"}, object()["env"].([]any)[1]}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			from := object()
			if diff := cmp.Diff(tc.want, With(from, tc.path, tc.value)); diff != "" {
				t.Errorf("%s\nWith(..., %q, %v): -want, +got:\n%s", tc.reason, tc.path, tc.value, diff)
			}
			if diff := cmp.Diff(object(), from); diff != "" {
				t.Errorf("the object itself changed: -want, +got:\n%s", diff)
			}
		})
	}
}

func TestSchema(t *testing.T) {
	name := schema{Properties: map[string]schema{"name": {}, "count": {Default: 5.0}}}
	s := schema{Properties: map[string]schema{
		"kms":     {Properties: map[string]schema{"enabled": {Default: true}}},
		"queues":  {Items: &name},
		"region":  {Default: "ap-southeast-2"},
		"tags":    {AdditionalProperties: &schema{}},
		"zones":   {Items: &schema{}},
		"another": {},
	}}
	if diff := cmp.Diff([]string{"another", "kms.enabled", "queues[].count", "queues[].name", "region", "tags", "zones"}, s.leaves()); diff != "" {
		t.Errorf("leaves: -want, +got:\n%s", diff)
	}
	spec := map[string]any{"kms": map[string]any{}, "queues": []any{map[string]any{"name": "jobs"}, map[string]any{"count": 1.0}}, "zones": "no list"}
	s.setDefaults(spec)
	want := map[string]any{
		"kms": map[string]any{"enabled": true}, "region": "ap-southeast-2", "zones": "no list",
		"queues": []any{map[string]any{"name": "jobs", "count": 5.0}, map[string]any{"count": 1.0}},
	}
	if diff := cmp.Diff(want, spec); diff != "" {
		t.Errorf("defaults: -want, +got:\n%s", diff)
	}
}
