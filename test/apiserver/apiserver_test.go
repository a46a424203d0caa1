package apiserver_test

import (
	"os"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/apiserver"
)

var server = apiserver.Shared{Setup: func(s *apiserver.Server) error { return s.Install(thingCRD()) }}

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

func TestStrictValidation(t *testing.T) {
	cases := map[string]struct {
		reason  string
		spec    map[string]any
		refused bool
	}{
		"Valid":        {reason: "An object that fits its schema is accepted.", spec: map[string]any{"size": int64(3)}},
		"UnknownField": {reason: "A field that the schema does not have is refused, not dropped.", spec: map[string]any{"sise": int64(3)}, refused: true},
		"OutOfBounds":  {reason: "The schema's bounds hold.", spec: map[string]any{"size": int64(30)}, refused: true},
	}
	c, err := client.New(server.Get(t).Config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			thing := &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "test.platform.ausmart.io/v1", "kind": "Thing",
				"metadata": map[string]any{"name": "a"}, "spec": tc.spec,
			}}
			err := c.Create(t.Context(), thing, client.DryRunAll, client.FieldValidation(metav1.FieldValidationStrict))
			if refused := err != nil; refused != tc.refused {
				t.Errorf("%s\nwant refused: %t, got error: %v", tc.reason, tc.refused, err)
			}
		})
	}
}

func thingCRD() *apiextensionsv1.CustomResourceDefinition {
	most := 10.0
	spec := apiextensionsv1.JSONSchemaProps{Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{
		"size": {Type: "integer", Maximum: &most},
	}}
	return &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: "things.test.platform.ausmart.io"},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: "test.platform.ausmart.io",
			Names: apiextensionsv1.CustomResourceDefinitionNames{Plural: "things", Kind: "Thing"},
			Scope: apiextensionsv1.ClusterScoped,
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{
				Name: "v1", Served: true, Storage: true,
				Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{
					Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{"spec": spec},
				}},
			}},
		},
	}
}
