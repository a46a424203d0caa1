package xpkg

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const meta = `apiVersion: meta.pkg.crossplane.io/v1
kind: Function
metadata:
  name: function-test
spec:
  dependsOn:
    - apiVersion: pkg.crossplane.io/v1
      kind: Provider
      package: xpkg.crossplane.io/some/provider-new
      version: ">=v2.4.0, <v3.0.0"
    - function: xpkg.crossplane.io/some/function-old
      version: ">=v0.5.0"
---
apiVersion: v1
kind: ConfigMap
`

func TestRoundTrip(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(binary, []byte("#!/bin/true"), 0o600); err != nil {
		t.Fatal(err)
	}
	built, err := Build([]byte(meta), binary)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "test.xpkg")
	tag, err := name.NewTag("example.org/test:v1")
	if err != nil {
		t.Fatal(err)
	}
	if err := tarball.WriteToFile(file, tag, built.Image); err != nil {
		t.Fatal(err)
	}

	got, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	want := Package{Kind: "Function", Name: "function-test", Dependencies: []Dependency{
		{Kind: "Provider", Source: "xpkg.crossplane.io/some/provider-new", Version: ">=v2.4.0, <v3.0.0"},
		{Source: "xpkg.crossplane.io/some/function-old", Version: ">=v0.5.0"},
	}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Package{}, "Image")); diff != "" {
		t.Errorf("a package that was built, written and opened: -want, +got:\n%s", diff)
	}
	program, err := Program(got.Image)
	if err != nil || string(program) != "#!/bin/true" {
		t.Errorf("want the program unchanged, got %q, %v", program, err)
	}
}

func TestRegistryMirrorsPublicNames(t *testing.T) {
	r, err := NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p, err := Empty("Provider", "provider-test")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Push(t.Context(), p, "xpkg.crossplane.io/some/provider-test", "v2.4.0"); err != nil {
		t.Fatal(err)
	}
	ref, err := name.ParseReference(r.Host + "/some/provider-test:v2.4.0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := remote.Head(ref); err != nil {
		t.Errorf("want the package under its public repository's path: %v", err)
	}
}
