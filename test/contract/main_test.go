// Package contract_test tests the claims' schemas against a real API server: each rule accepts and
// refuses what it should, with the message of the Go types.
//
// It also sends the resources and the status of the functions' responses to that server, strictly,
// with the provider's own CRDs: those of the newest release that crossplane.yaml allows, and those
// of the release whose Go types the functions use.
//
// It reads apis/*/definition.yaml, examples/ and the functions' golden files,
// starts an API server with the CRDs that Crossplane makes of those definitions,
// and never runs Crossplane or a function.
package contract_test

import (
	"context"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/apiserver"
	"github.com/ausmart/platform/test/cloud/conversion"
	"github.com/ausmart/platform/test/crds"
)

const (
	// namespace holds all claims of the tests.
	namespace = "shop"

	// providerAWS is the end of the API groups of provider-aws.
	providerAWS = ".aws.upbound.io"
)

var (
	server = apiserver.Shared{Setup: setUp}

	// typed has the CRDs of provider-aws that its Go types belong to.
	typed = apiserver.Shared{Setup: setUpTyped}
)

func TestMain(m *testing.M) { os.Exit(server.Main(m, &typed)) }

func setUp(s *apiserver.Server) error {
	s.Config.QPS = -1 // The client's own limit would make up most of the tests' time.

	ctx := context.Background() // A test's context ends before the server does.
	claims, err := (&crds.Finder{Root: "../.."}).Derived(ctx)
	if err != nil {
		return err
	}
	composed, err := newestCRDs()
	if err != nil {
		return err
	}
	if err := s.Install(append(claims, convertible(composed)...)...); err != nil {
		return err
	}
	c, err := client.New(s.Config, client.Options{})
	if err != nil {
		return err
	}
	return c.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})
}

func setUpTyped(s *apiserver.Server) error {
	s.Config.QPS = -1
	composed, err := typedCRDs()
	if err != nil {
		return err
	}
	return s.Install(convertible(composed)...)
}

// convertible CRDs of provider-aws, by a webhook that serves for as long as the tests run, as the
// provider's package has them.
func convertible(shared []*extv1.CustomResourceDefinition) []*extv1.CustomResourceDefinition {
	crds := make([]*extv1.CustomResourceDefinition, len(shared))
	for i, crd := range shared {
		crds[i] = crd.DeepCopy()
	}
	schemas := map[schema.GroupVersionKind]extv1.JSONSchemaProps{}
	webhook := httptest.NewTLSServer(conversion.Webhook{
		Schema: func(_ context.Context, gvk schema.GroupVersionKind) (extv1.JSONSchemaProps, error) {
			return schemas[gvk], nil
		},
	})
	for _, crd := range crds {
		if len(crd.Spec.Versions) < 2 || !strings.HasSuffix(crd.Spec.Group, providerAWS) {
			continue
		}
		for _, v := range crd.Spec.Versions {
			schemas[schema.GroupVersionKind{Group: crd.Spec.Group, Version: v.Name, Kind: crd.Spec.Names.Kind}] = *v.Schema.OpenAPIV3Schema
		}
		crd.Spec.Conversion = &extv1.CustomResourceConversion{Strategy: extv1.WebhookConverter, Webhook: &extv1.WebhookConversion{
			ConversionReviewVersions: []string{"v1"},
			ClientConfig: &extv1.WebhookClientConfig{
				URL:      &webhook.URL,
				CABundle: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: webhook.Certificate().Raw}),
			},
		}}
	}
	return crds
}

func connect(t *testing.T) client.Client { return connectTo(t, &server) }

func connectTo(t *testing.T, s *apiserver.Shared) client.Client {
	t.Helper()

	c, err := client.New(s.Get(t).Config, client.Options{})
	if err != nil {
		t.Fatalf("cannot make a client: %v", err)
	}
	return client.NewNamespacedClient(client.WithFieldValidation(c, metav1.FieldValidationStrict), namespace)
}
