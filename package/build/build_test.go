package build

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"

	"github.com/ausmart/platform/internal/toolchain"
)

// TestPackages builds everything twice, pushes it to its own registry, and reads back what a
// cluster would pull.
func TestPackages(t *testing.T) {
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	cli, err := toolchain.Path(t.Context(), t.Output(), "crossplane-cli")
	if err != nil {
		t.Fatal(err)
	}
	host := startRegistry(t)
	b := Builder{Root: root, Output: t.TempDir(), CLI: cli, Platforms: []string{"amd64", "arm64"}, Registry: host + "/ausmart", Version: "v1.2.3", Progress: t.Output()}

	packages, err := b.Build(t.Context())
	if err != nil {
		t.Fatalf("Build(...): %v", err)
	}
	pushed, err := b.Push(t.Context(), packages)
	if err != nil {
		t.Fatalf("Push(...): %v", err)
	}

	t.Run("Digests", func(t *testing.T) {
		want := make([]string, 0, len(packages))
		for _, p := range packages {
			want = append(want, digest(t, b, p))
		}
		if diff := cmp.Diff(want, pushed); diff != "" {
			t.Errorf("The signed and installed packages are the pushed ones: -want, +got:\n%s", diff)
		}
		written, err := os.ReadFile(filepath.Join(b.Output, digestsFile))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, strings.Fields(string(written))); diff != "" {
			t.Errorf("The release workflow reads the file: -want, +got:\n%s", diff)
		}
	})

	t.Run("Objects", func(t *testing.T) {
		want := map[string][]string{
			"function-cluster":  {"Function function-cluster"},
			"function-database": {"Function function-database"},
			"function-network":  {"Function function-network"},
			"function-service":  {"Function function-service"},
			"platform": {
				"Configuration ausmart-platform",
				"CompositeResourceDefinition xclusters.platform.ausmart.io",
				"CompositeResourceDefinition xdatabases.platform.ausmart.io",
				"CompositeResourceDefinition xnetworks.platform.ausmart.io",
				"CompositeResourceDefinition xservices.platform.ausmart.io",
				"Composition xclusters.platform.ausmart.io",
				"Composition xdatabases.platform.ausmart.io",
				"Composition xnetworks.platform.ausmart.io",
				"Composition xservices.platform.ausmart.io",
			},
		}
		got := map[string][]string{}
		for _, p := range packages {
			for _, img := range pull(t, b, p) {
				got[p.Name] = names(objects(t, img))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("A package holds exactly these objects: -want, +got:\n%s", diff)
		}
	})

	t.Run("Images", func(t *testing.T) {
		type runtime struct {
			Platform   string
			User       string
			Entrypoint []string
			Binary     bool // exists, and is executable by everyone
		}
		for _, p := range packages {
			if p.Name == configuration {
				continue
			}
			var got []runtime
			for _, img := range pull(t, b, p) {
				config, err := img.ConfigFile()
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, runtime{
					Platform:   config.OS + "/" + config.Architecture,
					User:       config.Config.User,
					Entrypoint: config.Config.Entrypoint,
					Binary:     len(file(t, img, p.Name)) > 0,
				})
			}
			want := []runtime{
				{Platform: "linux/amd64", User: "65532:65532", Entrypoint: []string{"/" + p.Name}, Binary: true},
				{Platform: "linux/arm64", User: "65532:65532", Entrypoint: []string{"/" + p.Name}, Binary: true},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", p.Name, diff)
			}
		}
	})

	t.Run("Dependencies", func(t *testing.T) {
		installed := map[string]bool{}
		var called []string
		for _, p := range packages {
			if p.Name != configuration {
				continue
			}
			for _, o := range objects(t, pull(t, b, p)[0]) {
				for _, d := range slice(o, "spec", "dependsOn") {
					if d["kind"] == "Function" {
						installed[installedName(fmt.Sprint(d["package"]))] = true
					}
				}
				for _, s := range slice(o, "spec", "pipeline") {
					called = append(called, fmt.Sprint(s["functionRef"].(map[string]any)["name"]))
				}
			}
		}
		for _, name := range called {
			if !installed[name] {
				t.Errorf("A Composition calls function %q, which no dependency of the Configuration installs: %v", name, installed)
			}
		}
		if len(called) == 0 {
			t.Errorf("No Composition calls a function")
		}
	})

	// For one platform: each takes as long as the other, and is built in the same way.
	t.Run("Reproducible", func(t *testing.T) {
		again := b
		again.Output, again.Platforms = t.TempDir(), []string{"amd64"}
		second, err := again.Build(t.Context())
		if err != nil {
			t.Fatalf("Build(...): %v", err)
		}
		first := digests(t, packages)
		maps.DeleteFunc(first, func(file, _ string) bool { return strings.HasSuffix(file, "-arm64.xpkg") })
		if diff := cmp.Diff(first, digests(t, second)); diff != "" {
			t.Errorf("Built twice, the same checkout is the same packages: -first, +second:\n%s", diff)
		}
	})
}

// startRegistry starts a registry on loopback and returns its host and port.
func startRegistry(t *testing.T) string {
	t.Helper()
	srv := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(srv.Close)
	return strings.TrimPrefix(srv.URL, "http://")
}

// digest of a package in the registry, computed from its bytes.
func digest(t *testing.T, b Builder, p Package) string {
	t.Helper()
	repository := b.Registry + "/" + p.Name
	ref, err := name.NewTag(repository + ":" + b.Version)
	if err != nil {
		t.Fatal(err)
	}
	d, err := remote.Get(ref, remote.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	sum, _, err := v1.SHA256(bytes.NewReader(d.Manifest))
	if err != nil {
		t.Fatal(err)
	}
	return repository + "@" + sum.String()
}

// pull the images of a package, by platform when there are several.
func pull(t *testing.T, b Builder, p Package) []v1.Image {
	t.Helper()
	ref, err := name.NewTag(fmt.Sprintf("%s/%s:%s", b.Registry, p.Name, b.Version))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Files) == 1 {
		img, err := remote.Image(ref, remote.WithContext(t.Context()))
		if err != nil {
			t.Fatalf("cannot pull %s: %v", ref, err)
		}
		return []v1.Image{img}
	}

	index, err := remote.Index(ref, remote.WithContext(t.Context()))
	if err != nil {
		t.Fatalf("cannot pull %s: %v", ref, err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	var images []v1.Image
	for _, arch := range b.Platforms {
		i := slices.IndexFunc(manifest.Manifests, func(d v1.Descriptor) bool {
			return d.Platform != nil && d.Platform.OS == "linux" && d.Platform.Architecture == arch
		})
		if i < 0 {
			t.Fatalf("%s has no image for linux/%s", ref, arch)
		}
		img, err := index.Image(manifest.Manifests[i].Digest)
		if err != nil {
			t.Fatal(err)
		}
		images = append(images, img)
	}
	return images
}

// objects in the layer that Crossplane reads. The annotation on the layer is how
// it finds it.
func objects(t *testing.T, img v1.Image) []*unstructured.Unstructured {
	t.Helper()
	manifest, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(manifest.Layers, func(d v1.Descriptor) bool { return d.Annotations["io.crossplane.xpkg"] == "base" })
	if i < 0 {
		t.Fatalf("no layer is annotated io.crossplane.xpkg: base")
	}
	layer, err := img.LayerByDigest(manifest.Layers[i].Digest)
	if err != nil {
		t.Fatal(err)
	}

	var out []*unstructured.Unstructured
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(untar(t, layer, "package.yaml")), 4096)
	for {
		o := &unstructured.Unstructured{}
		if err := decoder.Decode(&o.Object); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		if o.Object != nil {
			out = append(out, o)
		}
	}
}

// file in any layer of the image.
func file(t *testing.T, img v1.Image, path string) []byte {
	t.Helper()
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		if content := untar(t, l, path); content != nil {
			return content
		}
	}
	return nil
}

// untar a file that everyone may read.
func untar(t *testing.T, layer v1.Layer, path string) []byte {
	t.Helper()
	archive, err := layer.Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	r := tar.NewReader(archive)
	for {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Name != path {
			continue
		}
		if header.Mode&0o444 != 0o444 {
			t.Errorf("%s has mode %o: a user who is not root cannot read it", path, header.Mode)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
}

// digests of the images in the package files.
func digests(t *testing.T, packages []Package) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range packages {
		for _, f := range p.Files {
			img, err := tarball.ImageFromPath(f, nil)
			if err != nil {
				t.Fatal(err)
			}
			digest, err := img.Digest()
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.Base(f)] = digest.String()
		}
	}
	return out
}

func names(objects []*unstructured.Unstructured) []string {
	var out []string
	for _, o := range objects {
		out = append(out, o.GetKind()+" "+o.GetName())
	}
	// The Configuration or Function comes first; the order of the rest is the walk's.
	slices.Sort(out[1:])
	return out
}

func slice(o *unstructured.Unstructured, path ...string) []map[string]any {
	items, _, _ := unstructured.NestedSlice(o.Object, path...)
	var out []map[string]any
	for _, i := range items {
		out = append(out, i.(map[string]any))
	}
	return out
}

func TestRelocate(t *testing.T) {
	type object = map[string]any

	cases := map[string]struct {
		reason       string
		registry     string
		dependencies []any
		want         []any
		renamed      map[string]string
		err          string
	}{
		"SamePath": {
			reason:       "On another host, functions keep their names: these come from the path.",
			registry:     "127.0.0.1:5000/ausmart",
			dependencies: []any{object{"package": "ghcr.io/ausmart/function-network", "version": "v0.1.0"}},
			want:         []any{object{"package": "127.0.0.1:5000/ausmart/function-network", "version": "v9.0.0"}},
			renamed:      map[string]string{"ausmart-function-network": "ausmart-function-network"},
		},
		"OtherPath": {
			reason:       "On another path they get other names, which the pipelines must use.",
			registry:     "example.org/mirror/of.ours",
			dependencies: []any{object{"package": "ghcr.io/ausmart/function-network", "version": "v0.1.0"}},
			want:         []any{object{"package": "example.org/mirror/of.ours/function-network", "version": "v9.0.0"}},
			renamed:      map[string]string{"ausmart-function-network": "mirror-of-ours-function-network"},
		},
		"Foreign": {
			reason:   "Packages of others keep their names.",
			registry: "example.org/a",
			dependencies: []any{
				object{"package": "ghcr.io/ausmart/function-network", "version": "v0.1.0"},
				object{"package": "example.net/contrib/function-auto-ready", "version": ">=v0.5.0"},
			},
			want: []any{
				object{"package": "example.org/a/function-network", "version": "v9.0.0"},
				object{"package": "example.net/contrib/function-auto-ready", "version": ">=v0.5.0"},
			},
			renamed: map[string]string{"ausmart-function-network": "a-function-network"},
		},
		"Forgotten": {
			reason:   "A function that the Configuration does not depend on would never be installed.",
			registry: "example.org/a",
			err:      "crossplane.yaml: spec.dependsOn names 0 of our 1 functions (function-network): add the others",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			meta := &unstructured.Unstructured{Object: object{"spec": object{"dependsOn": tc.dependencies}}}
			renamed, err := Builder{Registry: tc.registry, Version: "v9.0.0"}.relocate(meta, []string{"function-network"})
			if tc.err != "" {
				if diff := cmp.Diff(tc.err, fmt.Sprint(err)); diff != "" {
					t.Errorf("%s\nrelocate(...): -want, +got:\n%s", tc.reason, diff)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s\nrelocate(...): %v", tc.reason, err)
			}
			got, _, _ := unstructured.NestedSlice(meta.Object, "spec", "dependsOn")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\ndependsOn: -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.renamed, renamed); diff != "" {
				t.Errorf("%s\nrelocate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRename(t *testing.T) {
	type object = map[string]any
	composition := func(names ...string) *unstructured.Unstructured {
		var steps []any
		for _, n := range names {
			steps = append(steps, object{"functionRef": object{"name": n}})
		}
		return &unstructured.Unstructured{Object: object{"spec": object{"pipeline": steps}}}
	}

	got := composition("ausmart-function-network", "contrib-function-auto-ready")
	if err := rename(got, map[string]string{"ausmart-function-network": "mirror-function-network"}); err != nil {
		t.Fatalf("rename(...): %v", err)
	}
	want := composition("mirror-function-network", "contrib-function-auto-ready")
	if diff := cmp.Diff(want.Object, got.Object); diff != "" {
		t.Errorf("Only our functions are renamed: -want, +got:\n%s", diff)
	}
}

func TestCheck(t *testing.T) {
	both := []string{"amd64", "arm64"}

	cases := map[string]struct {
		reason    string
		platforms []string
		registry  string
		version   string
		want      string
	}{
		"Loopback":  {reason: "A host with a port, and a path.", platforms: both, registry: "127.0.0.1:5000/ausmart", version: "v0.1.0"},
		"Candidate": {reason: "A version before a release.", platforms: both, registry: "ghcr.io/ausmart", version: "v1.0.0-rc.1"},
		"NoHost": {
			reason: "A path alone would go to a registry that no one named.", platforms: both, registry: "ausmart", version: "v0.1.0",
			want: `registry "ausmart" is not a host and a path: use one such as 127.0.0.1:5000/ausmart`,
		},
		"Scheme": {
			reason: "A registry is no URL.", platforms: both, registry: "http://example.org/ausmart", version: "v0.1.0",
			want: `registry "http://example.org/ausmart" is not a host and a path: use one such as 127.0.0.1:5000/ausmart`,
		},
		"Latest": {
			reason: "Crossplane resolves dependencies by semantic versions only.", platforms: both, registry: "ghcr.io/ausmart", version: "latest",
			want: `version "latest" is not a semantic one: use one such as v0.1.0`,
		},
		"NoPlatform": {
			reason: "A function without an image could not run.", registry: "ghcr.io/ausmart", version: "v0.1.0",
			want: "there is no platform to build for: use amd64, arm64 or both",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			err := Builder{Platforms: tc.platforms, Registry: tc.registry, Version: tc.version}.check()
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\ncheck(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	ctx := context.Background()
	empty := t.TempDir()
	if err := os.MkdirAll(filepath.Join(empty, "package", "function-none"), 0o750); err != nil {
		t.Fatal(err)
	}

	b := Builder{Root: empty, Output: t.TempDir(), CLI: "true", Platforms: []string{"amd64"}, Registry: "example.org/a", Version: "v1.0.0", Progress: io.Discard}
	_, err := b.Build(ctx)
	want := fmt.Sprintf("cannot build the Configuration: open %s: no such file or directory", filepath.Join(empty, "crossplane.yaml"))
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("Build(...) outside a checkout: -want, +got:\n%s", diff)
	}

	broken := b
	broken.CLI = "false"
	_, err = broken.Push(ctx, []Package{{Name: "p", Files: []string{"p.xpkg"}}})
	want = "cannot push example.org/a/p:v1.0.0: crossplane xpkg push: exit status 1: "
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("Push(...) that fails: -want, +got:\n%s", diff)
	}
}
