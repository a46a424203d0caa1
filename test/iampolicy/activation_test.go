package iampolicy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/internal/toolchain"
)

// TestActivation compares the activation policy with the composed kinds. Run it with -update to
// rewrite its list.
func TestActivation(t *testing.T) {
	path := filepath.Join(root, ActivationFile)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	names := composedCRDs(t)
	if *update {
		if raw, err = activate(raw, names); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := activated(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range activationFindings(names, got) {
		t.Error(f)
	}
}

// composedCRDs are the names of the CRDs of composed kinds.
func composedCRDs(t *testing.T) []string {
	t.Helper()
	plurals := installed(t)
	var names []string
	for _, gk := range composedKinds(t) {
		plural, found := plurals[gk]
		if !found {
			t.Errorf("%s is composed, and has no CRD in test/controlplane/cmd/controlplane/crds.txt", gk)
		}
		names = append(names, plural+"."+gk.Group)
	}
	return names
}

// installed CRDs of providers: the plural of each kind. They are those of a local control plane.
func installed(t *testing.T) map[schema.GroupKind]string {
	t.Helper()
	local := filepath.Join(root, "test", "controlplane")
	list, err := os.ReadFile(filepath.Join(local, "cmd", "controlplane", "crds.txt"))
	if err != nil {
		t.Fatal(err)
	}
	aws, err := toolchain.Source(t.Context(), "provider-aws-crds", "github.com/upbound/provider-aws/v2")
	if err != nil {
		t.Fatal(err)
	}
	kubernetes, err := toolchain.Source(t.Context(), "provider-kubernetes", "github.com/crossplane-contrib/provider-kubernetes")
	if err != nil {
		t.Fatal(err)
	}
	files := []string{
		filepath.Join(local, "crds", "provider-helm", "helm.crossplane.io_releases.yaml"),
		filepath.Join(kubernetes, "package", "crds", "kubernetes.crossplane.io_objects.yaml"),
	}
	for name := range strings.FieldsSeq(string(list)) {
		files = append(files, filepath.Join(aws, "package", "crds", name+".yaml"))
	}
	plurals := map[schema.GroupKind]string{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		crd := struct {
			Spec struct {
				Group string `json:"group"`
				Names struct {
					Kind   string `json:"kind"`
					Plural string `json:"plural"`
				} `json:"names"`
			} `json:"spec"`
		}{}
		if err := yaml.Unmarshal(raw, &crd); err != nil {
			t.Fatalf("cannot read %s: %v", file, err)
		}
		plurals[schema.GroupKind{Group: crd.Spec.Group, Kind: crd.Spec.Names.Kind}] = crd.Spec.Names.Plural
	}
	return plurals
}

func TestActivationFindings(t *testing.T) {
	composed := []string{"queues.sqs.aws.upbound.io", "vpcs.ec2.aws.upbound.io"}
	cases := map[string]struct {
		reason    string
		activated []string
		want      []string
	}{
		"Fits":     {reason: "Each composed kind is activated.", activated: composed},
		"Missing":  {reason: "A composed kind is not.", activated: composed[:1], want: []string{"vpcs.ec2.aws.upbound.io is composed and not activated: the provider would not run its controller"}},
		"Needless": {reason: "A kind is that no function composes.", activated: append(slices.Clone(composed), "eips.ec2.aws.upbound.io"), want: []string{"eips.ec2.aws.upbound.io is activated, and no function composes it: remove it"}},
		"Wildcard": {reason: "A star activates kinds that no function composes.", activated: append(slices.Clone(composed), "*.sqs.aws.upbound.io"), want: []string{"*.sqs.aws.upbound.io activates more than is composed: name each kind"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, activationFindings(composed, tc.activated)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestActivate(t *testing.T) {
	const head = "apiVersion: apiextensions.crossplane.io/v1alpha1\nkind: ManagedResourceActivationPolicy\nspec:\n  activate:\n"
	got, err := activate([]byte(head+"    - x\n"), []string{"b.c", "a.b"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(head+"    - a.b\n    - b.c\n", string(got)); diff != "" {
		t.Errorf("the list is replaced, what is before it stays: -want, +got:\n%s", diff)
	}
	names, err := activated(got)
	if diff := cmp.Diff([]string{"a.b", "b.c"}, names); err != nil || diff != "" {
		t.Errorf("activated: %v, -want, +got:\n%s", err, diff)
	}
	for name, manifest := range map[string]string{"another kind": "apiVersion: v1\nkind: ConfigMap\n", "no YAML": "{"} {
		if _, err := activated([]byte(manifest)); err == nil {
			t.Errorf("%s must not be taken for an activation policy", name)
		}
	}
	if _, err := activate([]byte("kind: x\n"), nil); err == nil {
		t.Error("a manifest without a list must not be written")
	}
}
