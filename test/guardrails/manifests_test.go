package guardrails_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/crds"
)

// TestPoliciesCompile fails when the API server warns about an expression: one with an unknown
// field only fails at admission, and then every request is refused.
func TestPoliciesCompile(t *testing.T) {
	root, err := client.New(server.Get(t).Config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	misspelt, err := manifest.Parse([]byte(misspeltPolicy))
	if err != nil {
		t.Fatal(err)
	}
	if err := manifest.Apply(t.Context(), root, misspelt...); err != nil {
		t.Fatal(err)
	}
	var all admissionv1.ValidatingAdmissionPolicyList
	if err := root.List(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	for _, p := range all.Items {
		err := eventually(t.Context(), func() error {
			err := root.Get(t.Context(), client.ObjectKeyFromObject(&p), &p)
			if err == nil && (p.Status.TypeChecking == nil || p.Status.ObservedGeneration != p.Generation) {
				err = fmt.Errorf("the API server has not checked %s", p.Name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		warnings := slices.DeleteFunc(p.Status.TypeChecking.ExpressionWarnings, unknownAuthorizer)
		if want := p.Name == "misspelt"; len(warnings) > 0 != want {
			t.Errorf("%s: warned about: %t, want %t: %v", p.Name, !want, want, warnings)
		}
	}
}

// unknownAuthorizer is a warning that says nothing about an expression: Kubernetes' type checker,
// unlike its admission, does not know the type of authorizer (1.35.4; the lines of the table show
// that the expression works).
func unknownAuthorizer(w admissionv1.ExpressionWarning) bool {
	for problem := range strings.SplitSeq(w.Warning, "\n\n") {
		if !strings.Contains(problem, "unexpected failed resolution of 'kubernetes.authorization.Authorizer'") {
			return false
		}
	}
	return true
}

const misspeltPolicy = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: misspelt}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [platform.ausmart.io], apiVersions: [v1alpha1], operations: [CREATE], resources: [databases]}]
  validations: [{expression: object.spec.enviroment != 'prod'}]
`

// TestEveryKindIsGuarded fails when a kind of the platform is missing in a policy or in a role.
func TestEveryKindIsGuarded(t *testing.T) {
	derived, err := (&crds.Finder{Root: "../.."}).Derived(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var claims, both []string
	for _, crd := range derived {
		both = append(both, crd.Spec.Names.Plural)
		if crd.Spec.Scope == extv1.NamespaceScoped {
			claims = append(claims, crd.Spec.Names.Plural)
		}
	}
	slices.Sort(claims)
	slices.Sort(both)
	want := map[string][]string{
		"platform-removal": both, "platform-protection": both, "platform-approvals": both, "platform-placement": claims,
		"platform-images": {"services"}, "platform-developer": claims, "platform-operator": both, "platform-viewer": {"*"}, "platform-expiry": both,
	}
	got := map[string][]string{}
	policies, roles := decodeAll(t)
	for _, p := range policies {
		for _, r := range p.Spec.MatchConstraints.ResourceRules {
			if slices.Contains(r.APIGroups, group) {
				got[p.Name] = slices.Sorted(slices.Values(r.Resources))
			}
		}
	}
	for _, role := range roles {
		for _, r := range role.Rules {
			if slices.Contains(r.APIGroups, group) {
				got[role.Name] = slices.Sorted(slices.Values(r.Resources))
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// TestRolesReachWhatIsComposed fails when viewers and operators cannot read a claim's resources.
func TestRolesReachWhatIsComposed(t *testing.T) {
	raw, err := os.ReadFile("../controlplane/cmd/controlplane/crds.txt")
	if err != nil {
		t.Fatal(err)
	}
	composed := map[string]bool{"helm.crossplane.io": true, "kubernetes.crossplane.io": true}
	for name := range strings.FieldsSeq(string(raw)) {
		g, _, _ := strings.Cut(name, "_")
		composed[g] = true
	}
	_, roles := decodeAll(t)
	for _, role := range roles {
		if role.Name != "platform-viewer" && role.Name != "platform-operator" {
			continue
		}
		readable := map[string]bool{}
		for _, r := range role.Rules {
			for _, g := range r.APIGroups {
				if composed[g] || strings.HasSuffix(g, ".upbound.io") {
					readable[g] = true
				}
			}
		}
		want := maps.Clone(composed)
		if role.Name == "platform-operator" {
			delete(want, "aws.upbound.io") // An operator does not change which account things are in.
		}
		if diff := cmp.Diff(want, readable); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", role.Name, diff)
		}
	}
}

// TestBindings fails when a policy is not bound, or does not deny.
func TestBindings(t *testing.T) {
	objs, err := manifest.Read(manifests(guardrails)...)
	if err != nil {
		t.Fatal(err)
	}
	bound := map[string]int{}
	for _, o := range objs {
		spec, _ := o.Object["spec"].(map[string]any)
		switch o.GetKind() {
		case "ValidatingAdmissionPolicy":
			bound[o.GetName()]++
			if spec["failurePolicy"] != "Fail" {
				t.Errorf("%s admits a request when its expression fails", o.GetName())
			}
		case "ValidatingAdmissionPolicyBinding":
			bound[o.GetName()]--
			want := map[string]any{"policyName": o.GetName(), "validationActions": []any{"Deny"}}
			if diff := cmp.Diff(want, spec); diff != "" {
				t.Errorf("binding %s: -want, +got:\n%s", o.GetName(), diff)
			}
		}
	}
	maps.DeleteFunc(bound, func(_ string, n int) bool { return n == 0 })
	if len(bound) > 0 {
		t.Errorf("policies and bindings do not go together: %v", bound)
	}
}

// TestExamplesAreAdmitted applies the examples as Argo CD does: each in its own namespace, with
// that namespace's labels.
func TestExamplesAreAdmitted(t *testing.T) {
	config := server.Get(t).Config
	root, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	namespaces, err := manifest.Read("../../argocd/platform/namespaces.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := manifest.Apply(t.Context(), root, namespaces...); err != nil {
		t.Fatal(err)
	}
	s := &scene{T: t, config: config, root: root}
	me := s.client(argoCD)
	objs, err := manifest.Read("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	claims := 0
	for _, u := range objs {
		if u.GroupVersionKind().GroupVersion() == v1alpha1.GroupVersion() {
			claims++
		}
		if err := me.Create(t.Context(), u, client.DryRunAll); err != nil {
			t.Errorf("%s %s is refused: %v", u.GetKind(), u.GetName(), err)
		}
	}
	if claims == 0 {
		t.Error("there are no examples")
	}
}

// decodeAll policies and roles.
func decodeAll(t *testing.T) ([]*admissionv1.ValidatingAdmissionPolicy, []*rbacv1.ClusterRole) {
	t.Helper()
	var policies []*admissionv1.ValidatingAdmissionPolicy
	var roles []*rbacv1.ClusterRole
	objs, err := manifest.Read(manifests(guardrails)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objs {
		raw, err := yaml.Marshal(o.Object)
		if err != nil {
			t.Fatal(err)
		}
		switch o.GetKind() {
		case "ValidatingAdmissionPolicy":
			policies = append(policies, decodeInto[admissionv1.ValidatingAdmissionPolicy](t, raw))
		case "ClusterRole":
			roles = append(roles, decodeInto[rbacv1.ClusterRole](t, raw))
		}
	}
	return policies, roles
}

func decodeInto[T any](t *testing.T, raw []byte) *T {
	t.Helper()
	out := new(T)
	if err := yaml.UnmarshalStrict(raw, out); err != nil {
		t.Fatalf("%v in:\n%s", err, raw)
	}
	return out
}
