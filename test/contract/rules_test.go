package contract_test

import (
	stdcmp "cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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

	// at is the path of the rule in the schema; [] is a list's item and {} a map's value.
	at string

	// message of the rule.
	message string

	accepts, refuses map[string]change
}

// A change creates a claim, or updates one.
type change struct {
	reason string

	// from is the claim's spec before an update; it is empty for a creation.
	from string

	// to is the claim's spec that is accepted or refused. Both are merged over the least spec of
	// the kind; a null removes a field.
	to string

	// field that the refusal names.
	field string

	// says is the refusal's message where the rule computes it.
	says string
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
			// Crossplane makes a claim and a composite resource of each definition.
			for _, kind := range []string{r.kind, "X" + r.kind} {
				for name, to := range r.accepts {
					check(t, c, kind+"Accepts"+name, kind, to, nil)
				}
				for name, to := range r.refuses {
					check(t, c, kind+"Refuses"+name, kind, to, []string{to.field + ": " + stdcmp.Or(to.says, r.message)})
				}
			}
		})
	}
}

func check(t *testing.T, c client.Client, name, kind string, to change, want []string) {
	t.Helper()

	t.Run(name, func(t *testing.T) {
		t.Parallel()

		if diff := cmp.Diff(want, apply(t, c, kind, to)); diff != "" {
			t.Errorf("\n%s\n%s: -want, +got:\n%s", to.reason, to.to, diff)
		}
		if strings.HasPrefix(kind, "X") {
			return // make render takes claims.
		}
		if diff := cmp.Diff(want, rendered(t, kind, to)); diff != "" {
			t.Errorf("\n%s\n%s: make render says something else: -want, +got:\n%s", to.reason, to.to, diff)
		}
	})
}

// refusals returns a table of the refusals and their messages.
func refusals(rules map[string]rule) string {
	out := &strings.Builder{}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		r := rules[name]
		for _, refused := range slices.Sorted(maps.Keys(r.refuses)) {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.kind, r.refuses[refused].field, refused, r.message)
		}
	}
	_ = w.Flush()
	return out.String()
}

// TestEveryRuleHasCases fails when a rule of a definition has no accepted or no refused case in the
// tables, or when the tables have a rule that no definition has.
func TestEveryRuleHasCases(t *testing.T) {
	t.Parallel()

	defined, covered := definedRules(t), map[string]rule{}
	for name, r := range rules(t) {
		id := r.kind + " " + r.at + ": " + r.message
		if _, ok := covered[id]; ok {
			t.Errorf("%s repeats the cases of another rule: %s", name, id)
		}
		covered[id] = r
		if len(r.accepts) == 0 || len(r.refuses) == 0 {
			t.Errorf("%s needs a case that is accepted and one that is refused", name)
		}
		if strings.Contains(defined[id], "oldSelf") && (!updates(r.accepts) || !updates(r.refuses)) {
			t.Errorf("%s is about updates, and needs one that is accepted and one that is refused", name)
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(defined)), slices.Sorted(maps.Keys(covered))); diff != "" {
		t.Errorf("rules in apis/*/definition.yaml and rules with cases: -definitions, +cases:\n%s", diff)
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

// definedRules returns the CEL of each rule by its kind, place and message.
func definedRules(t *testing.T) map[string]string {
	t.Helper()

	out := map[string]string{}
	for kind, schema := range claimSchemas(t) {
		walk("", schema, func(at string, s extv1.JSONSchemaProps) {
			for _, v := range s.XValidations {
				out[kind+" "+at+": "+v.Message] = v.Rule
			}
		})
	}
	return out
}

// apply creates or updates a claim and returns the reasons why the API server refuses it: a line
// for each field.
func apply(t *testing.T, c client.Client, kind string, to change) []string {
	t.Helper()

	if to.from == "" {
		return refusal(t, c.Create(t.Context(), claim(t, kind, to.to), client.DryRunAll))
	}
	u := claim(t, kind, to.from)
	if err := c.Create(t.Context(), u); err != nil {
		t.Fatalf("cannot create the claim to update: %v", err)
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

// refusal returns the invalid fields of an object, each with the message. It leaves out the value,
// which the API server also reports.
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

// rules returns all tables as one.
func rules(t *testing.T) map[string]rule {
	t.Helper()

	out := map[string]rule{}
	for _, table := range []map[string]rule{commonRules(), placeRules(), iamRules(), referenceRules(), networkRules(), subnetRules(), clusterRules(), databaseRules(), serviceRules()} {
		for name, r := range table {
			if _, ok := out[name]; ok {
				t.Fatalf("two rules are named %s", name)
			}
			out[name] = r
		}
	}
	return out
}
