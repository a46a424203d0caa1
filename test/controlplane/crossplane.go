package controlplane

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/controlplane/pki"
	"github.com/ausmart/platform/test/controlplane/process"
)

// The names of the secrets that Crossplane's init fills. Nothing here reads them: the control
// plane's certificates are files.
var secretNames = []string{ //nolint:gochecknoglobals // A constant.
	"TLS_CA_SECRET_NAME=crossplane-root-ca", "TLS_CLIENT_SECRET_NAME=crossplane-tls-client", "TLS_SERVER_SECRET_NAME=crossplane-tls-server",
}

// Crossplane stops watching the resources of a composite that change too often, and then polls
// every 30 seconds. Its defaults, a burst of 100 and one a second, are for composites of a dozen
// resources: each of our resources passes through creation, references, synced and ready, with two
// tokens for an update, so a Network of 104 resources uses about 800 until it is Ready. An
// installation of the platform sets the same arguments.
const (
	circuitBreakerBurst  = "--circuit-breaker-burst=2000"
	circuitBreakerRefill = "--circuit-breaker-refill-rate=20"
)

// A Configuration pins its functions by exact version. Without these flags Crossplane leaves an
// installed dependency at its version, and the Configuration's next one waits for ever: "existing
// package ... is incompatible with constraint" (v2.4.0, internal/controller/pkg,
// revision/dependency.go and resolver/reconciler.go). Both are alpha. The second, for downgrades,
// includes the first.
const (
	dependencyUpgrades   = "--enable-dependency-version-upgrades"
	dependencyDowngrades = "--enable-dependency-version-downgrades"
)

func crossplaneInit(binary string, dir Dir, crds string) process.Spec {
	return process.Spec{
		Name: "crossplane-init", Path: binary, Args: []string{"core", "init", "--cr-ds-path=" + crds},
		// Init would point the webhooks at a Service, which needs a cluster network;
		// installWebhooks points them at the process.
		Env: append([]string{"KUBECONFIG=" + dir.internalKubeconfig(), "POD_NAMESPACE=" + namespace, "ENABLE_WEBHOOKS=false"}, secretNames...),
	}
}

func crossplaneStart(binary string, dir Dir, webhook, metrics, probe int) process.Spec {
	return process.Spec{
		Name: "crossplane", Path: binary,
		Args: []string{
			"core", "start", "--package-runtime=External", "--cache-dir=" + dir.path("xpkg"), circuitBreakerBurst, circuitBreakerRefill,
			dependencyUpgrades, dependencyDowngrades,
			"--webhook-port=" + strconv.Itoa(webhook), "--metrics-port=" + strconv.Itoa(metrics), "--health-probe-port=" + strconv.Itoa(probe),
		},
		Env: []string{
			"KUBECONFIG=" + dir.internalKubeconfig(), "POD_NAMESPACE=" + namespace,
			"TLS_CLIENT_CERTS_DIR=" + dir.pki("crossplane"), "TLS_SERVER_CERTS_DIR=" + dir.pki("crossplane"),
		},
		Ready: answers(http.DefaultClient, "http://"+loopback(probe)+"/readyz"),
	}
}

// installWebhooks makes the API server ask Crossplane before it deletes an object that a Usage
// protects. The manifest names a Service; without a cluster network the webhook is called by its
// address.
func installWebhooks(ctx context.Context, c client.Client, file string, ca *pki.Authority, port int) error {
	objs, err := manifest.Read(file)
	if err != nil {
		return err
	}
	for _, o := range objs {
		hooks, _, err := unstructured.NestedSlice(o.Object, "webhooks")
		if err != nil {
			return fmt.Errorf("cannot read the webhooks in %s: %w", file, err)
		}
		for _, h := range hooks {
			hook, _ := h.(map[string]any)
			path, _, _ := unstructured.NestedString(hook, "clientConfig", "service", "path")
			hook["clientConfig"] = clientConfig(port, path, ca)
		}
		if err := unstructured.SetNestedSlice(o.Object, hooks, "webhooks"); err != nil {
			return fmt.Errorf("cannot change the webhooks in %s: %w", file, err)
		}
	}
	return manifest.Apply(ctx, c, objs...)
}

// clientConfig of a webhook that is called by its address.
func clientConfig(port int, path string, ca *pki.Authority) map[string]any {
	return map[string]any{"url": "https://" + loopback(port) + path, "caBundle": base64.StdEncoding.EncodeToString(ca.PEM)}
}

// convert sets the conversion webhook in the provider's CRDs with several versions, as the
// provider's package does. The real provider watches versions that are not stored, and packages of
// an older release compose them. Without the webhook the API server would return an object as
// another version with the fields that have the same form in both, and no others.
func convert(crds []*unstructured.Unstructured, ca *pki.Authority, port int) {
	for _, crd := range crds {
		versions, _, _ := unstructured.NestedSlice(crd.Object, "spec", "versions")
		group, _, _ := unstructured.NestedString(crd.Object, "spec", "group")
		if len(versions) < 2 || !strings.HasSuffix(group, ".aws.upbound.io") {
			continue
		}
		crd.Object["spec"].(map[string]any)["conversion"] = map[string]any{ //nolint:forcetypeassert // It has a group.
			"strategy": "Webhook",
			"webhook": map[string]any{
				"conversionReviewVersions": []any{"v1"},
				"clientConfig":             clientConfig(port, "/convert", ca),
			},
		}
	}
}

// installCRDs applies CRDs and waits until the API server serves them.
func installCRDs(ctx context.Context, c client.Client, crds []*unstructured.Unstructured) error {
	if err := manifest.Apply(ctx, c, crds...); err != nil {
		return err
	}
	return manifest.WaitFor(ctx, c, crds, "Established")
}

func makeDirs(dirs ...string) error {
	for _, d := range dirs {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return fmt.Errorf("cannot make a folder: %w", err)
		}
	}
	return nil
}
