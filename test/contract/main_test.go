// Package contract_test holds the promises of the claims' schemas against a
// real API server: each rule accepts what it should, refuses what it should,
// and says so in the words that the Go types give it.
//
// It holds what functions compose and report to the same server: strictly, with
// the provider's own CRDs.
//
// It reads apis/*/definition.yaml, examples/ and the functions' golden files,
// starts an API server with the CRDs that Crossplane makes of those definitions,
// and never runs Crossplane or a function.
package contract_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/apiserver"
)

// namespace holds all claims of the tests.
const namespace = "shop"

var server = apiserver.Shared{Setup: setUp}

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

func setUp(s *apiserver.Server) error {
	s.Config.QPS = -1 // The client's own limit would make up most of the tests' time.

	definitions, err := filepath.Glob("../../apis/*/definition.yaml")
	if err != nil {
		return err
	}
	ctx := context.Background() // A test's context ends before the server does.
	crds, err := derive(ctx, definitions)
	if err != nil {
		return err
	}
	composed, err := composedCRDs()
	if err != nil {
		return err
	}
	if err := s.Install(append(crds, composed...)...); err != nil {
		return err
	}
	c, err := client.New(s.Config, client.Options{})
	if err != nil {
		return err
	}
	return c.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})
}

// derive returns the CRDs that Crossplane makes of the definitions. A module of
// its own holds Crossplane's library.
func derive(ctx context.Context, definitions []string) ([]*extv1.CustomResourceDefinition, error) {
	args := []string{"-C", "../../apis/generate", "run", "./derive"}
	for _, path := range definitions {
		absolute, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		args = append(args, absolute)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	said := &bytes.Buffer{}
	cmd.Stderr = said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("cannot run go %v: %w\n%s", args, err, said)
	}
	return decodeAll[extv1.CustomResourceDefinition](out)
}

func decodeAll[T any](stream []byte) ([]*T, error) {
	var out []*T
	for document := range bytes.SplitSeq(stream, []byte("\n---\n")) {
		object := new(T)
		if err := yaml.UnmarshalStrict(document, object); err != nil {
			return nil, fmt.Errorf("cannot decode document: %w", err)
		}
		out = append(out, object)
	}
	return out, nil
}

func connect(t *testing.T) client.Client {
	t.Helper()

	c, err := client.New(server.Get(t).Config, client.Options{})
	if err != nil {
		t.Fatalf("cannot make a client: %v", err)
	}
	return client.NewNamespacedClient(client.WithFieldValidation(c, metav1.FieldValidationStrict), namespace)
}
