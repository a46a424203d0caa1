package guardrails_test

import (
	"fmt"
	"maps"
	"os/exec"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

const (
	approved     = "platform.ausmart.io/approved-removal"
	allowRemoval = "platform.ausmart.io/allow-removal"

	group   = "platform.ausmart.io"
	version = group + "/v1alpha1"

	// The namespaces of a scene, before they get the scene's suffix.
	production  = "production"
	development = "development"
	elsewhere   = "elsewhere" // of another team
	teamless    = "teamless"
)

// A scene is the setting of one line of the table: its own namespaces and objects, and a person who acts.
type scene struct {
	*testing.T

	config *rest.Config
	suffix string // of all names
	kind   string // of the line's claims

	root client.Client // prepares the scene: only a policy can refuse its requests
	me   client.Client // sends the tested request
	who  person
}

// name of something in this scene only.
func (s *scene) name(name string) string { return name + s.suffix }

// namespace returns a namespace with labels for its name. The first call creates it.
func (s *scene) namespace(name string) *unstructured.Unstructured {
	s.Helper()
	ns := object("v1", "Namespace", "", s.name(name))
	if err := s.root.Get(s.Context(), client.ObjectKeyFromObject(ns), ns); err == nil {
		return ns
	}
	labels := map[string]string{group + "/team": "retail"}
	switch name {
	case production:
		labels[group+"/environment"] = "prod"
	case teamless:
		labels = nil
	}
	ns.SetLabels(labels)
	s.create(ns)
	if name != elsewhere {
		s.bind(developer, "platform-developer", ns.GetName())
	}
	return ns
}

// bind a person to a role in a namespace, and wait until that is in force.
func (s *scene) bind(who person, role, namespace string) {
	s.Helper()
	binding := object("rbac.authorization.k8s.io/v1", "RoleBinding", namespace, who.name)
	binding.Object["roleRef"] = map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
	binding.Object["subjects"] = []any{map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": who.groups[0]}}
	s.create(binding)
	err := eventually(s.Context(), func() error {
		review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
			User: who.name, Groups: who.groups,
			ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: namespace, Verb: "get", Group: group, Resource: "databases"},
		}}
		if err := s.root.Create(s.Context(), review); err != nil || !review.Status.Allowed {
			return fmt.Errorf("%s is not bound to %s: %w", who.name, role, err)
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
}

// draft of a claim of the line's kind, in the namespace of its environment.
func (s *scene) draft(environment, spec string) *unstructured.Unstructured {
	s.Helper()
	where := development
	if environment == "prod" {
		where = production
	}
	return s.draftIn(where, environment, spec)
}

func (s *scene) draftIn(namespace, environment, spec string) *unstructured.Unstructured {
	s.Helper()
	u := object(version, s.kind, s.namespace(namespace).GetName(), s.name("orders"))
	u.Object["spec"] = s.spec(environment, spec)
	return u
}

// claim creates a claim.
func (s *scene) claim(environment, spec string) *unstructured.Unstructured {
	s.Helper()
	u := s.draft(environment, spec)
	s.create(u)
	return u
}

// composite creates a composite, as Crossplane would for a claim.
func (s *scene) composite(environment string) *unstructured.Unstructured {
	s.Helper()
	u := object(version, "X"+s.kind, "", s.name("orders-7xk2p"))
	u.SetLabels(map[string]string{"crossplane.io/claim-name": s.name("orders"), "crossplane.io/claim-namespace": s.name(production)})
	u.Object["spec"] = s.spec(environment, "")
	s.create(u)
	return u
}

// spec is the smallest spec of the line's kind, merged with over.
func (s *scene) spec(environment, over string) map[string]any {
	s.Helper()
	spec := map[string]string{
		"Network":  `{}`,
		"Cluster":  `{networkRef: {name: main}}`,
		"Database": `{networkRef: {name: main}, engine: mysql}`,
		"Service":  `{clusterRef: {name: main}, image: "ghcr.io/ausmart/cart:v1.0.0"}`,
	}[s.kind]
	out := decode(s.T, spec)
	maps.Copy(out, decode(s.T, over))
	out["environment"] = environment
	return out
}

func (s *scene) create(u *unstructured.Unstructured) {
	s.Helper()
	if err := s.root.Create(s.Context(), u); err != nil {
		s.Fatalf("cannot create %s %s: %v", u.GetKind(), u.GetName(), err)
	}
}

// approval of an object's current version.
func approval(u *unstructured.Unstructured) string {
	return fmt.Sprintf("%s/%d", u.GetUID(), u.GetGeneration())
}

// approve the removal of an object, as an operator.
func (s *scene) approve(u *unstructured.Unstructured) {
	s.Helper()
	if err := s.annotate(s.client(operator), u, approved, approval(u)); err != nil {
		s.Fatalf("cannot approve: %v", err)
	}
}

func (s *scene) annotate(c client.Client, u *unstructured.Unstructured, name, value string) error {
	return s.merge(c, u, fmt.Sprintf(`{metadata: {annotations: {%s: %q}}}`, name, value))
}

// merge a YAML document into an object.
func (s *scene) merge(c client.Client, u *unstructured.Unstructured, document string) error {
	s.Helper()
	patch, err := yaml.YAMLToJSON([]byte(document))
	if err != nil {
		s.Fatal(err)
	}
	return c.Patch(s.Context(), u, client.RawPatch("application/merge-patch+json", patch))
}

func (s *scene) client(who person) client.Client {
	s.Helper()
	c, err := client.New(as(s.config, who), client.Options{Mapper: s.root.RESTMapper()})
	if err != nil {
		s.Fatal(err)
	}
	return c
}

// kubectl runs a command as a person would in a shell.
func (s *scene) kubectl(who person, command string) (string, error) {
	args := append(strings.Fields(strings.TrimPrefix(command, "kubectl ")), "--kubeconfig="+kubeconfig(s.T, s.config, who))
	out, err := exec.CommandContext(s.Context(), kubectl(s.T), args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func decode(t *testing.T, document string) map[string]any {
	t.Helper()
	out := map[string]any{}
	if err := yaml.Unmarshal([]byte(document), &out); err != nil {
		t.Fatalf("cannot decode %q: %v", document, err)
	}
	return out
}
