package simulator

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/cloud/catalog"
)

// fieldOwner is the field manager of the objects that this package applies.
const fieldOwner = "simulator"

// errNoCluster means that the API server of an EKS cluster is still starting.
var errNoCluster = errors.New("the cluster's API server does not answer yet")

// authPoll is how often the simulator checks for a newer kubeconfig. The provider's own interval is
// one minute, for a credential that is valid for 15 minutes; here it may be valid for one minute
// only.
const authPoll = 5 * time.Second

func clusterAuth() catalog.GroupKind { return catalog.GroupKind{Service: "eks", Kind: "ClusterAuth"} }

// publish writes the connection secret of a ClusterAuth, the only kind whose secret is used here.
func (t turn) publish(ctx context.Context, r account.Resource) error {
	ref := xpv1.SecretReference{}
	if t.kind.GroupKind != clusterAuth() {
		return nil
	}
	if err := t.mg.get("spec.writeConnectionSecretToRef", &ref); err != nil {
		return nil //nolint:nilerr // The object asks for no secret.
	}
	name, _ := r.Params["clusterName"].(string)
	data, err := connection(filepath.Join(t.clusters, r.Region, name+".kubeconfig"))
	if err != nil {
		return fmt.Errorf("cannot get the kubeconfig of EKS cluster %s: %w", name, err)
	}
	s := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Secret", "type": "connection.crossplane.io/v1alpha1", "data": data}}
	s.SetName(ref.Name)
	s.SetNamespace(ref.Namespace)
	if err := meta.AddControllerReference(s, meta.AsController(meta.TypedReferenceTo(t.mg, t.kind.gvk))); err != nil {
		return fmt.Errorf("cannot own the connection secret: %w", err)
	}
	if err := t.writer.Apply(ctx, client.ApplyConfigurationFromUnstructured(s), client.FieldOwner(fieldOwner), client.ForceOwnership); err != nil {
		return fmt.Errorf("cannot write the connection secret: %w", err)
	}
	return nil
}

// connection details under the keys that provider-aws uses.
func connection(file string) (map[string]any, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoCluster
	}
	if err != nil {
		return nil, err
	}
	config, err := clientcmd.Load(raw)
	if err != nil {
		return nil, err
	}
	data := map[string]any{xpv1.ResourceCredentialsSecretKubeconfigKey: base64.StdEncoding.EncodeToString(raw)}
	for _, c := range config.Clusters {
		data[xpv1.ResourceCredentialsSecretEndpointKey] = base64.StdEncoding.EncodeToString([]byte(c.Server))
		data[xpv1.ResourceCredentialsSecretCAKey] = base64.StdEncoding.EncodeToString(c.CertificateAuthorityData)
	}
	return data, nil
}
