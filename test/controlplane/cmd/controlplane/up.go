package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/controlplane"
)

// clusterCredential is how long a token of EKS is valid at most (sigs.k8s.io/aws-iam-authenticator,
// pkg/token, read 2026-11-30).
const clusterCredential = 15 * time.Minute

// A list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return fmt.Sprint(*l) }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func up(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("up", flag.ContinueOnError)
	dir, err := dirFlag(flags)
	if err != nil {
		return err
	}
	var claims list
	flags.Var(&claims, "claim", "a file, or a folder of files, with claims to apply; may be given several times")
	packages := flags.String("packages", "", "the folder with the .xpkg files that make packages writes")
	grade := flags.String("cloud", simulator, "the cloud: "+simulator+" (simulated AWS), or "+provider+" (the real provider-aws against imitations of AWS)")
	credential := flags.Duration("cluster-credential", clusterCredential, "how long the credential for an EKS cluster is valid")
	bare := flags.Bool("bare", false, "leave the packages in the registry, and install none")
	var crossplaneArgs, crossplaneEnv list
	flags.Var(&crossplaneArgs, "crossplane-arg", "an additional argument for Crossplane; may be given several times")
	flags.Var(&crossplaneEnv, "crossplane-env", "a variable for Crossplane, as NAME=value; may be given several times")
	if err := flags.Parse(args); err != nil {
		return err
	}

	start := time.Now()
	cfg, err := configure(ctx, os.Stdout, *packages, *grade)
	if err != nil {
		return err
	}
	cfg.ClusterCredential, cfg.Bare, cfg.CrossplaneArgs, cfg.CrossplaneEnv = *credential, *bare, crossplaneArgs, crossplaneEnv
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find this program: %w", err)
	}
	fmt.Println("starting the platform on this machine")
	if err := controlplane.Up(ctx, controlplane.Dir(*dir), cfg, []string{self, "serve"}, os.Stdout); err != nil {
		return err
	}
	if err := show(ctx, os.Stdout, controlplane.Dir(*dir), claims, start); err != nil {
		return err
	}
	return nil
}

// providerCRDs lists the kinds that the platform composes, one a line, as in the names of the
// provider's CRD files. All 2,015 would make the API server take a minute to start and two
// gigabytes.
//
//go:embed crds.txt
var providerCRDs string

// configure builds the missing programs and finds everything that the control plane runs.
func configure(ctx context.Context, progress io.Writer, packages, grade string) (controlplane.Config, error) {
	root, err := toolchain.Root()
	if err != nil {
		return controlplane.Config{}, err
	}
	binaries, err := toolchain.Paths(ctx, progress, "etcd", "kube-apiserver", "kube-controller-manager", "crossplane", "function-auto-ready", "provider-kubernetes")
	if err != nil {
		return controlplane.Config{}, err
	}
	crossplane, err := toolchain.Source(ctx, "crossplane", "github.com/crossplane/crossplane/v2")
	if err != nil {
		return controlplane.Config{}, err
	}
	autoReady, err := toolchain.Source(ctx, "function-auto-ready", "github.com/crossplane/function-auto-ready")
	if err != nil {
		return controlplane.Config{}, err
	}
	// Simulated AWS has the newest CRDs, and the real controllers those of their own release.
	release := "provider-aws-crds"
	if grade == provider {
		release = "provider-aws"
	}
	aws, err := toolchain.Source(ctx, release, "github.com/upbound/provider-aws/v2")
	if err != nil {
		return controlplane.Config{}, err
	}
	kubernetes, err := toolchain.Source(ctx, "provider-kubernetes", "github.com/crossplane-contrib/provider-kubernetes")
	if err != nil {
		return controlplane.Config{}, err
	}
	own := filepath.Join(root, "test", "controlplane", "crds")
	crds := []string{filepath.Join(crossplane, "cluster", "crds"), filepath.Join(own, "provider-helm")}
	for _, name := range []string{"objects", "providerconfigs", "providerconfigusages"} {
		crds = append(crds, filepath.Join(kubernetes, "package", "crds", "kubernetes.crossplane.io_"+name+".yaml"))
	}
	for name := range strings.FieldsSeq(providerCRDs) {
		crds = append(crds, filepath.Join(aws, "package", "crds", name+".yaml"))
	}
	if packages == "" {
		packages = filepath.Join(root, "_output", "packages")
	}
	built, err := findPackages(packages)
	if err != nil {
		return controlplane.Config{}, err
	}
	cfg := controlplane.Config{
		Charts:        filepath.Join(own, "charts"),
		Binaries:      binaries,
		CRDs:          crds,
		Webhooks:      filepath.Join(crossplane, "cluster", "webhookconfigurations"),
		Configuration: built.configuration,
		Version:       built.version,
		Functions:     built.functions,
		Community: []controlplane.Community{
			{Binary: binaries["function-auto-ready"], Meta: filepath.Join(autoReady, "package", "crossplane.yaml")},
		},
	}
	err = configureCloud(ctx, progress, root, grade, &cfg)
	return cfg, err
}

type packageFiles struct {
	version       string
	configuration string
	functions     []string
}

// findPackages finds the files of make packages: one Configuration, and the functions of its
// version for this processor.
func findPackages(dir string) (packageFiles, error) {
	const prefix, suffix = "platform-", ".xpkg"
	found, err := filepath.Glob(filepath.Join(dir, prefix+"*"+suffix))
	if err != nil {
		return packageFiles{}, err
	}
	if len(found) != 1 {
		return packageFiles{}, fmt.Errorf("cannot choose the platform's package: want one %s*%s in %s, found %d: remove that folder, then make packages", prefix, suffix, dir, len(found))
	}
	version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(found[0]), prefix), suffix)
	functions, err := filepath.Glob(filepath.Join(dir, "function-*-"+version+"-"+runtime.GOARCH+suffix))
	return packageFiles{version, found[0], functions}, err
}
