package contract_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// A rule is one x-kubernetes-validations entry of a definition.
type rule struct {
	// kind of the claim.
	kind string

	// at is where the rule stands in the schema; [] is a list's item and {} a
	// map's value.
	at string

	// message of the rule.
	message string

	accepts, refuses map[string]change
}

// A change creates a claim, or updates one.
type change struct {
	reason string

	// from is what the claim's spec has before an update, and empty for a
	// creation.
	from string

	// to is what the claim's spec has when it is accepted or refused. Both are
	// laid over the least spec of the kind; a field that is null goes.
	to string

	// field that the refusal names.
	field string
}

// leastSpecs are the smallest specs that are accepted.
func leastSpecs() map[string]string {
	return map[string]string{
		"Network":  `{environment: dev}`,
		"Cluster":  `{environment: dev, networkRef: {name: main}}`,
		"Database": `{environment: dev, networkRef: {name: main}, engine: mysql}`,
		"Service":  `{environment: dev, clusterRef: {name: main}, image: "shop/cart:1.0.0"}`,
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	c, rules := connect(t), rules(t)
	t.Cleanup(func() { t.Logf("what is refused:\n%s", refusals(rules)) })

	for name, r := range rules {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for prefix := range prefixes() {
				for name, to := range r.accepts {
					t.Run(prefix+name, func(t *testing.T) {
						t.Parallel()
						if diff := cmp.Diff([]string(nil), apply(t, c, prefix+r.kind, to)); diff != "" {
							t.Errorf("\n%s\n%s: -want, +got:\n%s", to.reason, to.to, diff)
						}
					})
				}
				for name, to := range r.refuses {
					t.Run(prefix+name, func(t *testing.T) {
						t.Parallel()
						want := []string{to.field + ": " + r.message}
						if diff := cmp.Diff(want, apply(t, c, prefix+r.kind, to)); diff != "" {
							t.Errorf("\n%s\n%s: -want, +got:\n%s", to.reason, to.to, diff)
						}
					})
				}
			}
		})
	}
}

// refusals returns a table of what is refused, and in which words.
func refusals(rules map[string]rule) string {
	out := &strings.Builder{}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		r := rules[name]
		for _, refused := range slices.Sorted(maps.Keys(r.refuses)) {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.kind, r.refuses[refused].field, refused, r.message)
		}
	}
	w.Flush()
	return out.String()
}

// prefixes of the kinds that have the rules: Crossplane makes a claim and a
// composite resource of each definition.
func prefixes() map[string]struct{} { return map[string]struct{}{"": {}, "X": {}} }

// TestEveryRuleHasCases fails when a definition has a rule that the tables do
// not accept and refuse something by, or the other way around.
func TestEveryRuleHasCases(t *testing.T) {
	t.Parallel()

	got := map[string]bool{}
	for name, r := range rules(t) {
		id := r.kind + " " + r.at + ": " + r.message
		if len(r.accepts) == 0 || len(r.refuses) == 0 {
			t.Errorf("%s needs a case that is accepted and one that is refused", name)
		}
		if _, ok := got[id]; ok {
			t.Errorf("%s is there twice: %s", name, id)
		}
		got[id] = updates(r.accepts) && updates(r.refuses)
	}
	want := definedRules(t)
	for id, transition := range want {
		if got[id] && !transition {
			want[id] = true // Updates may be among the cases of any rule.
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules in apis/*/definition.yaml, and whether they need an update to test: -definitions, +cases:\n%s", diff)
	}
}

func updates(cases map[string]change) bool {
	for _, c := range cases {
		if c.from != "" {
			return true
		}
	}
	return false
}

// definedRules returns the rules of all definitions, and whether each looks at
// the object before an update.
func definedRules(t *testing.T) map[string]bool {
	t.Helper()

	out := map[string]bool{}
	for kind, schema := range claimSchemas(t) {
		walk("", schema, func(at string, s extv1.JSONSchemaProps) {
			for _, v := range s.XValidations {
				out[kind+" "+at+": "+v.Message] = strings.Contains(v.Rule, "oldSelf")
			}
		})
	}
	return out
}

func walk(at string, s extv1.JSONSchemaProps, visit func(at string, s extv1.JSONSchemaProps)) {
	visit(at, s)
	for name, p := range s.Properties {
		walk(strings.TrimPrefix(at+"."+name, "."), p, visit)
	}
	if s.Items != nil {
		walk(at+"[]", *s.Items.Schema, visit)
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		walk(at+"{}", *s.AdditionalProperties.Schema, visit)
	}
}

// apply creates or updates a claim and returns what the API server refuses it
// for: a line for each field.
func apply(t *testing.T, c client.Client, kind string, to change) []string {
	t.Helper()

	if to.from == "" {
		return refusal(t, c.Create(t.Context(), claim(t, kind, to.to), client.DryRunAll))
	}
	u := claim(t, kind, to.from)
	if err := c.Create(t.Context(), u); err != nil {
		t.Fatalf("cannot create what the update begins with: %v", err)
	}
	u.Object["spec"] = claim(t, kind, to.to).Object["spec"]
	return refusal(t, c.Update(t.Context(), u, client.DryRunAll))
}

// claim returns a claim, or composite resource, with a name of its own.
func claim(t *testing.T, kind, spec string) *unstructured.Unstructured {
	t.Helper()

	merged := decode(t, leastSpecs()[strings.TrimPrefix(kind, "X")])
	maps.Copy(merged, decode(t, spec))
	maps.DeleteFunc(merged, func(_ string, v any) bool { return v == nil })

	u := &unstructured.Unstructured{Object: map[string]any{"spec": merged}}
	u.SetGroupVersionKind(v1alpha1.GroupVersion().WithKind(kind))
	u.SetGenerateName("case-")
	return u
}

func decode(t *testing.T, document string) map[string]any {
	t.Helper()

	out := map[string]any{}
	if err := yaml.Unmarshal([]byte(document), &out); err != nil {
		t.Fatalf("cannot decode %q: %v", document, err)
	}
	return out
}

func encode(t *testing.T, value any) string {
	t.Helper()

	out, err := yaml.Marshal(value)
	if err != nil {
		t.Fatalf("cannot encode: %v", err)
	}
	return string(out)
}

// refusal returns the fields of an invalid object, each with what is wrong
// about it. The value, which the API server says too, is left out.
func refusal(t *testing.T, err error) []string {
	t.Helper()

	if err == nil {
		return nil
	}
	status := apierrors.APIStatus(nil)
	if !errors.As(err, &status) || status.Status().Details == nil {
		t.Fatalf("not an answer of the API server: %v", err)
	}
	var out []string
	for _, cause := range status.Status().Details.Causes {
		out = append(out, cause.Field+": "+withoutValue(cause.Message))
	}
	if out == nil {
		t.Fatalf("refused without a cause: %v", err)
	}
	return out
}

// withoutValue turns `Invalid value: "x": message` into message. Rules that name
// another field than their own come without the value.
func withoutValue(message string) string {
	rest := strings.TrimPrefix(message, "Invalid value: ")
	value := json.NewDecoder(strings.NewReader(rest))
	if err := value.Decode(new(any)); err != nil {
		return rest
	}
	if after, ok := strings.CutPrefix(rest[value.InputOffset():], ": "); ok {
		return after
	}
	return rest
}

// claimSchemas returns the schema of each definition by its claims' kind.
func claimSchemas(t *testing.T) map[string]extv1.JSONSchemaProps {
	t.Helper()

	paths, err := filepath.Glob("../../apis/*/definition.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("cannot find definitions: %d found, %v", len(paths), err)
	}
	out := map[string]extv1.JSONSchemaProps{}
	for _, path := range paths {
		d, err := readDefinition(path)
		if err != nil {
			t.Fatalf("cannot read %s: %v", path, err)
		}
		out[d.Spec.ClaimNames.Kind] = d.Spec.Versions[0].Schema.OpenAPIV3Schema
	}
	return out
}

// A definition is what these tests read of a CompositeResourceDefinition.
type definition struct {
	Spec struct {
		ClaimNames struct {
			Kind string `json:"kind"`
		} `json:"claimNames"`
		Versions []struct {
			Schema struct {
				OpenAPIV3Schema extv1.JSONSchemaProps `json:"openAPIV3Schema"`
			} `json:"schema"`
		} `json:"versions"`
	} `json:"spec"`
}

func readDefinition(path string) (*definition, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	d := &definition{}
	if err := yaml.Unmarshal(raw, d); err != nil {
		return nil, err
	}
	if n := len(d.Spec.Versions); n != 1 {
		return nil, fmt.Errorf("%d versions, and these tests know one", n)
	}
	return d, nil
}

// rules returns all tables as one.
func rules(t *testing.T) map[string]rule {
	t.Helper()

	out := map[string]rule{}
	for _, table := range []map[string]rule{commonRules(), networkRules(), subnetRules(), clusterRules(), databaseRules(), serviceRules()} {
		for name, r := range table {
			if _, ok := out[name]; ok {
				t.Fatalf("two rules are named %s", name)
			}
			out[name] = r
		}
	}
	return out
}
