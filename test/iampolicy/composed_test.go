package iampolicy

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

// root of the repository, from here.
const root = "../.."

// golden resources: all resources of the functions' golden responses.
var golden = sync.OnceValues(func() ([]*unstructured.Unstructured, error) {
	paths, err := filepath.Glob(filepath.Join(root, "functions", "*", "testdata", "*", "*", "response.yaml"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, errors.New("cannot find golden responses in functions/*/testdata")
	}
	var all []*unstructured.Unstructured
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var r struct {
			Desired struct {
				Resources map[string]struct {
					Resource map[string]any `json:"resource"`
				} `json:"resources"`
			} `json:"desired"`
		}
		if err := yaml.Unmarshal(raw, &r); err != nil {
			return nil, err
		}
		for _, resource := range r.Desired.Resources {
			all = append(all, &unstructured.Unstructured{Object: resource.Resource})
		}
	}
	return all, nil
})

func composed(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	all, err := golden()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// composedKinds are the kinds of managed resources: Crossplane's own kinds have no provider.
func composedKinds(t *testing.T) []schema.GroupKind {
	t.Helper()
	found := map[schema.GroupKind]bool{}
	var all []schema.GroupKind
	for _, u := range composed(t) {
		gk := u.GroupVersionKind().GroupKind()
		if found[gk] || gk.Kind == "ProviderConfig" || !managed(gk.Group) {
			continue
		}
		found[gk] = true
		all = append(all, gk)
	}
	return all
}

func managed(group string) bool {
	return strings.HasSuffix(group, suffix) || group == "kubernetes.crossplane.io" || group == "helm.crossplane.io"
}

// suffix of the AWS providers' groups.
const suffix = ".aws.upbound.io"

// composedAWS are the composed kinds of AWS, such as ec2/VPC.
func composedAWS(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, gk := range composedKinds(t) {
		if service, ok := strings.CutSuffix(gk.Group, suffix); ok {
			all = append(all, service+"/"+gk.Kind)
		}
	}
	slices.Sort(all)
	return all
}

// field of a composed resource, below spec.forProvider.
func field(u *unstructured.Unstructured, name string) string {
	s, _, _ := unstructured.NestedString(u.Object, "spec", "forProvider", name)
	return s
}

// policiesOf composed roles, by their text.
func policiesOf(t *testing.T, kind, name string) []Document {
	t.Helper()
	found := map[string]bool{}
	var all []Document
	for _, u := range composed(t) {
		text := field(u, name)
		if u.GetKind() != kind || found[text] {
			continue
		}
		found[text] = true
		var d Document
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatalf("cannot read the policy of %s: %v", u.GetName(), err)
		}
		all = append(all, d)
	}
	if len(all) == 0 {
		t.Fatalf("no %s is composed", kind)
	}
	return all
}
