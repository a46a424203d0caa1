// Package crds finds the original custom resource definition of each kind that this repository
// uses: in a pinned Go module, in this repository, or in what Crossplane derives from the
// definitions in apis/.
//
// It reads the module cache and the checkout. It compiles only the generator in apis/generate, and
// applies nothing.
package crds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/ausmart/platform/internal/toolchain"
)

// ErrUnknown is the error for a kind without a known definition.
var ErrUnknown = errors.New("unknown kind")

// A Finder finds definitions in a checkout. It caches the folders, because to ask Go for a module's
// folder takes time.
type Finder struct {
	Root string // of the checkout

	// Typed takes provider-aws's definitions from the release whose Go types the functions use,
	// instead of the newest one that crossplane.yaml allows.
	Typed bool

	folders map[string]string // by group
}

// Of returns the original definition of a kind, without a conversion webhook: Crossplane sets that
// when it installs the definition.
func (f *Finder) Of(ctx context.Context, gvk schema.GroupVersionKind) (*extv1.CustomResourceDefinition, error) {
	folder, err := f.folder(ctx, gvk.Group)
	if err != nil {
		return nil, err
	}
	plural, singular := meta.UnsafeGuessKindToResource(gvk)
	names := []string{singular.Resource + "-crd.yaml"} // Argo CD's.
	for _, resource := range []string{plural.Resource, singular.Resource + "s", singular.Resource} {
		names = append(names, gvk.Group+"_"+resource+".yaml")
	}
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		crd := &extv1.CustomResourceDefinition{}
		if err := sigsyaml.UnmarshalStrict(content, crd); err != nil {
			return nil, fmt.Errorf("cannot decode the CRD of %s: %w", gvk, err)
		}
		crd.Spec.Conversion = nil
		return crd, nil
	}
	return nil, fmt.Errorf("%w: its group has no CRD of %s", ErrUnknown, gvk.Kind)
}

func (f *Finder) folder(ctx context.Context, group string) (string, error) {
	if folder, ok := f.folders[group]; ok {
		return folder, nil
	}
	folder, err := f.find(ctx, group)
	if err != nil {
		return "", err
	}
	if f.folders == nil {
		f.folders = map[string]string{}
	}
	f.folders[group] = folder
	return folder, nil
}

func (f *Finder) find(ctx context.Context, group string) (string, error) {
	switch {
	case group == "kubernetes.crossplane.io":
		return module(ctx, "provider-kubernetes", "github.com/crossplane-contrib/provider-kubernetes", "package/crds")
	case group == "helm.crossplane.io":
		return filepath.Join(f.Root, "test/controlplane/crds/provider-helm"), nil
	case strings.HasSuffix(group, ".crossplane.io"):
		return module(ctx, "crossplane", "github.com/crossplane/crossplane/v2", "cluster/crds")
	case group == "aws.upbound.io", strings.HasSuffix(group, ".aws.upbound.io"):
		tool := "provider-aws-crds"
		if f.Typed {
			tool = ""
		}
		return module(ctx, tool, "github.com/upbound/provider-aws/v2", "package/crds")
	case group == "argoproj.io":
		return module(ctx, "argocd", "github.com/argoproj/argo-cd/v3", "manifests/crds")
	default:
		return "", fmt.Errorf("%w: add the source of the CRDs of %s to test/crds", ErrUnknown, group)
	}
}

// module is a folder in a module that a tool, or the platform itself, is built from.
func module(ctx context.Context, tool, path, folder string) (string, error) {
	dir, err := toolchain.Source(ctx, tool, path)
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, folder), nil
}

// Derived returns the definitions that Crossplane derives from the platform's own in apis/: for
// each kind that of its composites, then that of its claims. A separate module runs Crossplane's
// library.
func (f *Finder) Derived(ctx context.Context) ([]*extv1.CustomResourceDefinition, error) {
	definitions, err := filepath.Glob(filepath.Join(f.Root, "apis/*/definition.yaml"))
	if err != nil {
		return nil, err
	}
	if len(definitions) == 0 {
		return nil, fmt.Errorf("cannot find definitions in %s", filepath.Join(f.Root, "apis"))
	}
	for i := range definitions {
		if definitions[i], err = filepath.Abs(definitions[i]); err != nil {
			return nil, err
		}
	}
	args := append([]string{"-C", filepath.Join(f.Root, "apis/generate"), "run", "./derive"}, definitions...)
	cmd := exec.CommandContext(ctx, "go", args...)
	stderr := &bytes.Buffer{}
	cmd.Stderr = stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("cannot run go %v: %w\n%s", args, err, stderr)
	}
	return decode(out)
}

func decode(stream []byte) ([]*extv1.CustomResourceDefinition, error) {
	var all []*extv1.CustomResourceDefinition
	for document := range bytes.SplitSeq(stream, []byte("\n---\n")) {
		crd := &extv1.CustomResourceDefinition{}
		if err := yaml.UnmarshalStrict(document, crd); err != nil {
			return nil, fmt.Errorf("cannot decode a derived CRD: %w", err)
		}
		all = append(all, crd)
	}
	return all, nil
}
