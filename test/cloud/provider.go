package cloud

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/cloud/awsapi"
	"github.com/ausmart/platform/test/controlplane/manifest"
)

// Account is the account id of every imitation, and the one that the provider assumes when it does not ask AWS.
const Account = "000000000000"

// poll is how often the provider checks Ready resources; its default of ten minutes respects AWS's rate limits.
const poll = "30s"

// nowhere is an address where nothing listens: requests to it fail at once.
const nowhere = "http://127.0.0.1:1"

var _ Grade = RealProvider{}

// A RealProvider is the grade with the unmodified controllers of provider-aws, against programs
// that imitate AWS's APIs.
type RealProvider struct {
	// Provider is the program of provider-aws, AWSAPI that of ./test/cloud/cmd/awsapi.
	Provider string `json:"provider"`
	AWSAPI   string `json:"awsAPI"`

	// Ministack and Moto are the programs behind AWSAPI.
	Ministack string `json:"ministack"`
	Moto      string `json:"moto"`

	// Simulator simulates the other providers: releases and objects in clusters that an imitation made up.
	Simulator string `json:"simulator"`
}

// Name returns which parts are real.
func (RealProvider) Name() string { return "real provider-aws, with imitations of AWS behind it" }

// Processes are the imitations, the router before them, and the provider. The provider's
// ProviderConfigs are applied first.
func (r RealProvider) Processes(ctx context.Context, p ControlPlane) ([]Process, error) {
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the cloud's folder: %w", err)
	}
	found, err := freeAddresses(5)
	if err != nil {
		return nil, err
	}
	ministack, moto, api, metrics, probe := found[0], found[1], found[2], found[3], found[4]
	if err := applyProviderConfig(ctx, p, "http://"+api); err != nil {
		return nil, err
	}
	return []Process{
		r.ministack(p, ministack),
		r.moto(moto),
		{
			Name: "awsapi", Path: r.AWSAPI,
			Args:  []string{"--listen=" + api, "--ministack=http://" + ministack, "--moto=http://" + moto},
			Ready: answers("http://"+api, http.StatusNotImplemented), // For a request that no service signed.
		},
		r.provider(p, metrics, probe),
		r.others(p),
	}, nil
}

func (r RealProvider) others(p ControlPlane) Process {
	return Process{
		Name: "cloud", Path: r.Simulator,
		Args: []string{
			"--kubeconfig=" + p.Kubeconfig, "--control=" + socket(p), "--groups=.kubernetes.crossplane.io,.helm.crossplane.io",
		},
		Ready: func(ctx context.Context) error {
			_, err := Simulator{}.Client(p).Faults(ctx)
			return err
		},
	}
}

func (r RealProvider) ministack(p ControlPlane, address string) Process {
	_, port, _ := net.SplitHostPort(address) // A listener's address has a port.
	return Process{
		Name: "ministack", Path: r.Ministack,
		Env: []string{
			"BIND_HOST=127.0.0.1", "GATEWAY_PORT=" + port, "MINISTACK_ACCOUNT_ID=" + Account, "LOG_LEVEL=WARNING",
			"IOT_MTLS_ENABLED=0",              // It would open another port, on every address.
			"DOCKER_HOST=unix:///nonexistent", // A database or a cluster is a record only, and no container.
			"S3_DATA_DIR=" + filepath.Join(p.Dir, "s3"),
		},
		Ready: answers("http://"+address+"/_ministack/health", http.StatusOK),
	}
}

func (r RealProvider) moto(address string) Process {
	host, port, _ := net.SplitHostPort(address) // A listener's address has a port.
	return Process{
		Name: "moto", Path: r.Moto, Args: []string{"--host=" + host, "--port=" + port},
		Env:   []string{"MOTO_ACCOUNT_ID=" + Account, "DOCKER_HOST=unix:///nonexistent"},
		Ready: answers("http://"+address+"/moto-api/", http.StatusOK),
	}
}

func (r RealProvider) provider(p ControlPlane, metrics, probe string) Process {
	return Process{
		Name: "provider-aws", Path: r.Provider,
		Args: []string{
			"--certs-dir=" + p.Certs, "--webhook-port=" + strconv.Itoa(p.Webhook),
			"--metrics-bind-address=" + metrics, "--health-probe-bind-addr=" + probe, "--poll=" + poll,
		},
		Env:   append([]string{"KUBECONFIG=" + p.Kubeconfig}, noAWS()...),
		Ready: answers("http://"+probe+"/readyz", http.StatusOK),
	}
}

// noAWS keeps a program away from AWS, in any environment of the caller: the program finds no
// credentials, and a call to an endpoint that is not imitated fails at once, also on a machine
// without network namespaces. Go never uses a proxy for loopback.
func noAWS() []string {
	return []string{
		"HTTP_PROXY=" + nowhere, "HTTPS_PROXY=" + nowhere, "NO_PROXY=",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"AWS_PROFILE=", "AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_SESSION_TOKEN=",
	}
}

// providerConfigs are the default of a claim, and those of the examples' accounts. All of them
// reach the same account.
func providerConfigs() []string { return []string{"default", "dev", "prod"} }

// providerConfig sends requests for every service of the platform to one address, with credentials
// that are not valid in AWS.
func providerConfig(url string) []*unstructured.Unstructured {
	const namespace, secretName, key = "crossplane-system", "aws-credentials", "credentials"
	services := []any{}
	for _, s := range awsapi.Services() {
		services = append(services, s.Endpoint)
	}
	secret := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret",
		"stringData": map[string]any{key: "[default]\naws_access_key_id = test\naws_secret_access_key = test\n"},
	}}
	secret.SetNamespace(namespace)
	secret.SetName(secretName)
	all := []*unstructured.Unstructured{secret}
	config := unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "aws.upbound.io/v1beta1", "kind": "ProviderConfig",
		"spec": map[string]any{
			"credentials": map[string]any{
				"source": "Secret", "secretRef": map[string]any{"namespace": namespace, "name": secretName, "key": key},
			},
			"endpoint": map[string]any{
				"hostnameImmutable": true, "services": services,
				"url": map[string]any{"type": "Static", "static": url},
			},
			"s3_use_path_style": true, "skip_credentials_validation": true, "skip_metadata_api_check": true,
			"skip_region_validation": true, "skip_requesting_account_id": true,
		},
	}}
	for _, name := range providerConfigs() {
		named := config.DeepCopy()
		named.SetName(name)
		all = append(all, named)
	}
	return all
}

func applyProviderConfig(ctx context.Context, p ControlPlane, url string) error {
	config, err := clientcmd.BuildConfigFromFlags("", p.Kubeconfig)
	if err != nil {
		return fmt.Errorf("cannot read the kubeconfig: %w", err)
	}
	c, err := client.New(config, client.Options{})
	if err != nil {
		return fmt.Errorf("cannot reach the control plane: %w", err)
	}
	return manifest.Apply(ctx, c, providerConfig(url)...)
}

// answers returns a readiness check: the URL must answer with that status.
func answers(url string, want int) func(context.Context) error {
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		rsp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = rsp.Body.Close() }()
		if rsp.StatusCode != want {
			return errors.New(url + " answers " + rsp.Status)
		}
		return nil
	}
}

// freeAddresses finds addresses on loopback that are not in use.
func freeAddresses(n int) ([]string, error) {
	found := make([]string, 0, n)
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("cannot find a free port: %w", err)
		}
		defer func() { _ = l.Close() }() // Closed at the end, or the same port could be found twice.
		found = append(found, l.Addr().String())
	}
	return found, nil
}
