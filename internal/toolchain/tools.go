package toolchain

import (
	"fmt"
	"strings"
)

// A tool is one binary that a nested module builds.
type tool struct {
	name    string
	module  string   // its folder below modulesDir
	pkg     string   // the main package
	version []string // variables that the linker sets, as variable=value
	asset   bool     // taken from KUBEBUILDER_ASSETS when that is set
	flags   []string // of go build, when the defaults do not fit
}

// tools lists what can be built, in the order in which a newcomer needs them. Versions are those of
// the modules' go.mod files; where a program prints or uses its version, the linker must set it,
// because a build of a dependency has no git tag.
func tools() []tool {
	return []tool{
		{
			name: "crossplane-cli", module: "crossplane-cli", pkg: "github.com/crossplane/crossplane/v2/cmd/crank",
			version: []string{"github.com/crossplane/crossplane/v2/internal/version.version=v2.2.1"},
		},
		{name: "function-auto-ready", module: "function-auto-ready", pkg: "github.com/crossplane/function-auto-ready"},
		{name: "etcd", module: "etcd", pkg: "go.etcd.io/etcd/server/v3", asset: true},
		{
			name: "kube-apiserver", module: "kubernetes", pkg: "k8s.io/kubernetes/cmd/kube-apiserver",
			version: kubernetesVersion(), asset: true,
		},
		{
			name: "golangci-lint", module: "golangci-lint", pkg: "github.com/golangci/golangci-lint/v2/cmd/golangci-lint",
			version: []string{"main.version=v2.6.2"},
		},
		{
			name: "kube-controller-manager", module: "kubernetes", pkg: "k8s.io/kubernetes/cmd/kube-controller-manager",
			version: kubernetesVersion(),
		},
		{
			// The package manager checks a package's version constraint against this.
			name: "crossplane", module: "crossplane", pkg: "github.com/crossplane/crossplane/v2/cmd/crossplane",
			version: []string{"github.com/crossplane/crossplane-runtime/v2/pkg/version.version=v2.4.0"},
		},
		{
			name: "kubectl", module: "kubernetes", pkg: "k8s.io/kubernetes/cmd/kubectl",
			version: kubernetesVersion(), asset: true,
		},
		{
			// v1.2.1: the next version needs a module that Go's proxy does not have, and the one after it Go 1.27.
			name: "provider-kubernetes", module: "provider-kubernetes", pkg: "github.com/crossplane-contrib/provider-kubernetes/cmd/provider",
		},
		{
			// Every component of Argo CD is in one program; ARGOCD_BINARY_NAME selects the component.
			name: "argocd", module: "argocd", pkg: "github.com/argoproj/argo-cd/v3/cmd",
			version: []string{"github.com/argoproj/argo-cd/v3/common.version=3.5.6"},
		},
		{
			// Crossplane 2.4 reads the signatures of cosign's second version; the third can still write them.
			name: "cosign", module: "cosign", pkg: "github.com/sigstore/cosign/v3/cmd/cosign",
			version: []string{"sigs.k8s.io/release-utils/version.gitVersion=v3.1.3"},
		},
		{
			name: "syft", module: "syft", pkg: "github.com/anchore/syft/cmd/syft",
			version: []string{"main.version=1.57.1"},
		},
		{
			// The controllers of every AWS service in one program. Its link needs 16.4 GB; with one
			// package at a time, and so one compiler beside it at most, it fits a machine of 24.
			name: "provider-aws", module: "provider-aws", pkg: "github.com/upbound/provider-aws/v2/cmd/provider/monolith",
			version: []string{"github.com/upbound/provider-aws/v2/internal/version.Version=v2.4.0"}, flags: []string{"-p=1"},
		},
	}
}

// kubernetesVersion makes the API server report a version that clients can parse; without it, that
// is v0.0.0-master.
func kubernetesVersion() []string {
	const pkg = "k8s.io/component-base/version."
	return []string{pkg + "gitVersion=v1.35.8", pkg + "gitMajor=1", pkg + "gitMinor=35", pkg + "gitTreeState=clean"}
}

// Names lists the tools.
func Names() []string {
	all := tools()
	names := make([]string, 0, len(all))
	for _, t := range all {
		names = append(names, t.name)
	}
	return names
}

func find(name string) (tool, error) {
	for _, t := range tools() {
		if t.name == name {
			return t, nil
		}
	}
	return tool{}, fmt.Errorf("cannot find tool %q: there are %s", name, strings.Join(Names(), ", "))
}
