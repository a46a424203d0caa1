package functiontest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFieldsIn(t *testing.T) {
	cases := map[string]struct {
		text string
		want []string
	}{
		"Start":   {"spec.kms.enabled: set spec.kms.enabled: true", []string{"kms.enabled", "kms.enabled"}},
		"List":    {"correct spec.env[].from.field, or spec.queues", []string{"env.from.field", "queues"}},
		"Explain": {"see kubectl explain app.spec.env.from.field", []string{"env.from.field"}},
		"Object":  {"object.spec.replicas and spec.forProvider.region", nil},
		"Verb":    {"spec.resources.%s: %q", []string{"resources"}},
		"None":    {"inspec.x and the spec. It ends", nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, fieldsIn(tc.text)); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
		})
	}
}

func TestHas(t *testing.T) {
	value := schema{}
	from := schema{Properties: map[string]schema{"field": value}}
	env := schema{Properties: map[string]schema{"name": value, "from": from}}
	s := schema{Properties: map[string]schema{"env": {Items: &env}, "replicas": {Properties: map[string]schema{"min": value}}}}
	got := map[string]bool{}
	for _, path := range []string{"env.from.field", "replicas.min", "env", "snapshot", "replicas.least", "env.from.field.more"} {
		got[path] = s.has(path)
	}
	want := map[string]bool{"env.from.field": true, "replicas.min": true, "env": true, "snapshot": false, "replicas.least": false, "env.from.field.more": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}
