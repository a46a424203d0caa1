package e2e

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/e2e/harness"
)

// A credential gives access to a cluster until it expires: the kubeconfig in the secret of the
// cluster's ClusterAuth.
type credential struct {
	kubeconfig *clientcmdapi.Config
	ends       time.Time
}

// firstCredential is the credential of the environment's cluster when the test first reads it.
func (e *environment) firstCredential() credential {
	e.t.Helper()
	var first credential
	e.eventually("has a kubeconfig", func(ctx context.Context) (err error) {
		first, err = e.credential(ctx)
		return err
	})
	return first
}

// outlivesCredential checks that after a credential has expired, and the cluster refuses it, an
// edit inside the cluster is still reverted, and a changed claim still reaches the cluster.
func (e *environment) outlivesCredential(first credential) {
	e.t.Helper()
	if *options.ControlPlane != "" {
		e.t.Logf("its credential is valid until %s; the test does not wait for that on a control plane that runs already", first.ends)
	} else {
		e.waitForExpiry(first)
	}
	e.healsItsDeployment()
	e.takesChanges()
}

// waitForExpiry waits until a credential has expired and a newer one exists.
func (e *environment) waitForExpiry(first credential) {
	e.t.Helper()
	e.eventually("has a newer credential", func(ctx context.Context) error {
		now, err := e.credential(ctx)
		switch {
		case err != nil:
			return err
		case !now.ends.After(first.ends):
			return errors.New("it still has the first one")
		case time.Now().Before(first.ends):
			return fmt.Errorf("the first one is valid until %s", first.ends)
		}
		return nil
	})
	e.refuses(first)
}

// credential returns the current credential in the environment's Secret.
func (e *environment) credential(ctx context.Context) (credential, error) {
	_, xr, err := e.read(ctx, e.claim("Cluster "+e.name))
	if err != nil {
		return credential{}, err
	}
	for _, ref := range harness.ComposedBy(xr) {
		if ref.GetKind() != "ClusterAuth" {
			continue
		}
		auth, err := e.get(ctx, ref)
		if err != nil {
			return credential{}, err
		}
		to, _, _ := unstructured.NestedStringMap(auth.Object, "spec", "writeConnectionSecretToRef")
		secret := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Secret"}}
		secret.SetNamespace(to["namespace"])
		secret.SetName(to["name"])
		if secret, err = e.get(ctx, secret); err != nil {
			return credential{}, err
		}
		encoded, _, _ := unstructured.NestedString(secret.Object, "data", "kubeconfig")
		return readCredential(encoded)
	}
	return credential{}, errors.New("its Cluster has no ClusterAuth yet")
}

func readCredential(encoded string) (credential, error) {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return credential{}, err
	}
	config, err := clientcmd.Load(raw)
	if err != nil {
		return credential{}, err
	}
	for _, user := range config.AuthInfos {
		block, _ := pem.Decode(user.ClientCertificateData)
		if block == nil {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return credential{}, err
		}
		return credential{config, cert.NotAfter}, nil
	}
	return credential{}, errors.New("its kubeconfig has no certificate")
}

// refuses checks that the cluster refuses an expired credential.
func (e *environment) refuses(old credential) {
	e.t.Helper()
	// From outside the control plane's network the cluster is reached through the proxy of the
	// users' kubeconfig.
	file, err := e.clusterKubeconfig(e.t.Context())
	if err != nil {
		e.t.Fatal(err)
	}
	people, err := clientcmd.LoadFromFile(file)
	if err != nil {
		e.t.Fatal(err)
	}
	for name, cluster := range old.kubeconfig.Clusters {
		cluster.ProxyURL = people.Clusters[name].ProxyURL
	}
	config, err := clientcmd.NewDefaultClientConfig(*old.kubeconfig, nil).ClientConfig()
	if err != nil {
		e.t.Fatal(err)
	}
	// A client first asks which kinds there are.
	c, err := client.New(config, client.Options{})
	if err == nil {
		err = c.List(e.t.Context(), &appsv1.DeploymentList{})
	}
	if !kerrors.IsUnauthorized(err) {
		e.t.Errorf("%s: want an expired credential refused, got: %v", e.name, err)
	}
}

// takesChanges checks that a change of a claim reaches its cluster.
func (e *environment) takesChanges() {
	e.t.Helper()
	const service, image = "ui", "ghcr.io/ausmart/ui:another"
	inside := e.inside()
	patch := client.RawPatch("application/merge-patch+json", fmt.Appendf(nil, `{"spec":{"image":%q}}`, image))
	if err := e.client.Patch(e.t.Context(), e.claim("Service "+service).DeepCopy(), patch); err != nil {
		e.t.Fatal(err)
	}
	d := &appsv1.Deployment{}
	e.eventually("its cluster has the image of the changed claim", func(ctx context.Context) error {
		if err := inside.Get(ctx, client.ObjectKey{Namespace: store, Name: service}, d); err != nil {
			return err
		}
		if now := d.Spec.Template.Spec.Containers[0].Image; now != image {
			return fmt.Errorf("its image is %s", now)
		}
		return nil
	})
}
