package controlplane

import (
	"context"
	"fmt"
	"os"
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/ausmart/platform/test/controlplane/xpkg"
)

// configurationName is the platform's.
const (
	registryPath      = "ghcr.io/ausmart/"
	configurationName = "platform"
)

// publish pushes the platform's Configuration and all its dependencies to the registry, under their
// public names, and returns these names.
func publish(ctx context.Context, r *xpkg.Registry, cfg Config) (sources []string, err error) {
	configuration, err := xpkg.Open(cfg.Configuration)
	if err != nil {
		return nil, err
	}
	available, err := openFunctions(cfg)
	if err != nil {
		return nil, err
	}
	for _, d := range configuration.Dependencies {
		p, err := choose(d, available)
		if err != nil {
			return nil, err
		}
		if err := r.Push(ctx, p, d.Source, d.Lowest()); err != nil {
			return nil, err
		}
		sources = append(sources, d.Source)
	}
	source := registryPath + configurationName
	return append(sources, source), r.Push(ctx, configuration, source, cfg.Version)
}

// choose the package for a dependency. The packages of providers are empty here: the control
// plane's cloud runs in their place, and their CRDs, with hundreds of kinds that the platform never
// composes, would take most of the start.
func choose(d xpkg.Dependency, available map[string]xpkg.Package) (xpkg.Package, error) {
	if d.Kind == "Provider" {
		return xpkg.Empty("Provider", path.Base(d.Source))
	}
	p, found := available[path.Base(d.Source)]
	if !found {
		return xpkg.Package{}, fmt.Errorf("cannot find package %s, which the Configuration depends on: run make packages", d.Source)
	}
	return p, nil
}

func openFunctions(cfg Config) (map[string]xpkg.Package, error) {
	available := map[string]xpkg.Package{}
	for _, file := range cfg.Functions {
		p, err := xpkg.Open(file)
		if err != nil {
			return nil, err
		}
		available[p.Name] = p
	}
	for _, c := range cfg.Community {
		meta, err := os.ReadFile(c.Meta)
		if err != nil {
			return nil, fmt.Errorf("cannot read a package's metadata: %w", err)
		}
		p, err := xpkg.Build(meta, c.Binary)
		if err != nil {
			return nil, err
		}
		available[p.Name] = p
	}
	return available, nil
}

// configurationAt a version, as a user would install it.
func configurationAt(version string) *unstructured.Unstructured {
	return object("pkg.crossplane.io/v1", "Configuration", configurationName, map[string]any{
		"package": registryPath + configurationName + ":" + version,
	})
}

// mirrors are ImageConfigs that send the pulls of each public registry to ours.
func mirrors(r *xpkg.Registry, sources []string) []*unstructured.Unstructured {
	var objs []*unstructured.Unstructured
	hosts := map[string]bool{}
	for _, source := range sources {
		host, _, _ := strings.Cut(source, "/")
		if hosts[host] {
			continue
		}
		hosts[host] = true
		objs = append(objs, object("pkg.crossplane.io/v1beta1", "ImageConfig", "mirror-"+host, map[string]any{
			"matchImages":  []any{map[string]any{"type": "Prefix", "prefix": host + "/"}},
			"rewriteImage": map[string]any{"prefix": r.Host + "/"},
		}))
	}
	return objs
}

func object(apiVersion, kind, name string, spec map[string]any) *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{"apiVersion": apiVersion, "kind": kind}}
	u.SetName(name)
	if spec != nil {
		u.Object["spec"] = spec
	}
	return u
}
