// Package guardrails_test tests argocd/guardrails with a real API server: who may do what, by which
// route, and what a refusal says.
//
// It reads argocd/guardrails, apis/*/definition.yaml and examples/, starts an API server and the
// controllers that delete what is in a namespace, and runs the kubectl commands that refusals name.
// With -update it writes the table in docs/guardrails.md. It never runs Crossplane or Argo CD: it
// uses their service accounts.
package guardrails_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/apiserver"
	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/crds"
)

const (
	// guardrails is the tested folder.
	guardrails = "../../argocd/guardrails"

	// patience is how long the API server may take to apply a policy, a role or a label.
	patience = 30 * time.Second

	poll = 20 * time.Millisecond
)

var (
	update = flag.Bool("update", false, "rewrite the table in docs/guardrails.md")
	server = apiserver.Shared{Setup: setUp}
)

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

func setUp(s *apiserver.Server) error {
	s.Config.QPS = -1           // The client's own limit would make up most of the tests' time.
	ctx := context.Background() // A test's context ends before the server does.
	if err := installCRDs(ctx, s); err != nil {
		return err
	}
	err := s.StartControllers(ctx, os.Stderr, "namespace-controller", "serviceaccount-controller", "validatingadmissionpolicy-status-controller")
	if err != nil {
		return err
	}
	root, err := client.New(s.Config, client.Options{})
	if err != nil {
		return err
	}
	return install(ctx, root, s.Config)
}

func installCRDs(ctx context.Context, s *apiserver.Server) error {
	claims, err := (&crds.Finder{Root: "../.."}).Derived(ctx)
	if err != nil {
		return err
	}
	if err := s.Install(claims...); err != nil {
		return err
	}
	crossplane, err := toolchain.Source(ctx, "crossplane", "github.com/crossplane/crossplane/v2")
	if err != nil {
		return err
	}
	return s.InstallFiles(filepath.Join(crossplane, "cluster", "crds"))
}

// install the guardrails and the role bindings, and wait until they are in force.
func install(ctx context.Context, root client.Client, config *rest.Config) error {
	if err := manifest.Apply(ctx, root, object("v1", "Namespace", "", "crossplane-system")); err != nil {
		return err
	}
	if err := applyByHand(ctx, config); err != nil {
		return err
	}
	bindings, err := manifest.Parse([]byte(bindings))
	if err != nil {
		return err
	}
	if err := manifest.Apply(ctx, root, bindings...); err != nil {
		return err
	}
	return waitUntilInForce(ctx, root)
}

// manifests of a kustomization's folder, without the kustomization.
func manifests(dir string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, "*.yaml")) // The pattern is valid.
	var out []string
	for _, file := range files {
		if filepath.Base(file) != "kustomization.yaml" {
			out = append(out, file)
		}
	}
	return out
}

// waitUntilInForce adds one more policy and waits until it refuses a request: the API server
// applies policies in the order of their creation.
func waitUntilInForce(ctx context.Context, root client.Client) error {
	last, err := manifest.Parse([]byte(lastPolicy))
	if err != nil {
		return err
	}
	if err := manifest.Apply(ctx, root, last...); err != nil {
		return err
	}
	probe := object("v1", "ConfigMap", "default", "in-force")
	return eventually(ctx, func() error {
		if err := root.Create(ctx, probe.DeepCopy(), client.DryRunAll); !apierrors.IsForbidden(err) {
			return fmt.Errorf("the policies are not in force: %w", err)
		}
		return nil
	})
}

// eventually repeats ask until it returns nil.
func eventually(ctx context.Context, ask func() error) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, poll, patience, true, func(context.Context) (bool, error) {
		last = ask()
		return last == nil, nil
	})
	return cmp.Or(last, err)
}

func object(apiVersion, kind, namespace, name string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetAPIVersion(apiVersion)
	u.SetKind(kind)
	u.SetNamespace(namespace)
	u.SetName(name)
	return u
}

// as returns the configuration for another person.
func as(config *rest.Config, who person) *rest.Config {
	out := rest.CopyConfig(config)
	out.Impersonate = rest.ImpersonationConfig{UserName: who.name, Groups: append([]string{"system:authenticated"}, who.groups...)}
	return out
}

const lastPolicy = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: last}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
  validations: [{expression: object.metadata.name != 'in-force', reason: Forbidden}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: last}
spec: {policyName: last, validationActions: [Deny]}
`
