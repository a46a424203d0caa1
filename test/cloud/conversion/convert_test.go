package conversion

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

type (
	object = map[string]any
	list   = []any
)

func objects(fields map[string]extv1.JSONSchemaProps) extv1.JSONSchemaProps {
	return extv1.JSONSchemaProps{Type: "object", Properties: fields}
}

func lists(of extv1.JSONSchemaProps) extv1.JSONSchemaProps {
	return extv1.JSONSchemaProps{Type: "array", Items: &extv1.JSONSchemaPropsOrArray{Schema: &of}}
}

// older and newer are the forms of a cluster and of its encryption in two versions.
func older() extv1.JSONSchemaProps {
	return objects(map[string]extv1.JSONSchemaProps{
		"name":       {Type: "string"},
		"encryption": lists(objects(map[string]extv1.JSONSchemaProps{"provider": lists(objects(nil)), "resources": lists(extv1.JSONSchemaProps{Type: "string"})})),
	})
}

func newer() extv1.JSONSchemaProps {
	return objects(map[string]extv1.JSONSchemaProps{
		"name":       {Type: "string"},
		"encryption": objects(map[string]extv1.JSONSchemaProps{"provider": objects(nil), "resources": lists(extv1.JSONSchemaProps{Type: "string"})}),
	})
}

func TestTo(t *testing.T) {
	old := object{"name": "n", "encryption": list{object{"provider": list{object{"key": "k"}}, "resources": list{"a", "b"}}}}
	today := object{"name": "n", "encryption": object{"provider": object{"key": "k"}, "resources": list{"a", "b"}}}
	cases := map[string]struct {
		reason string
		schema extv1.JSONSchemaProps
		value  any
		want   any
		err    string
	}{
		"Newer":   {reason: "Lists of one become objects at every depth.", schema: newer(), value: old, want: today},
		"Older":   {reason: "The way back loses nothing.", schema: older(), value: today, want: old},
		"Same":    {reason: "What has the form already stays.", schema: newer(), value: today, want: today},
		"Empty":   {reason: "An empty list has no object.", schema: newer(), value: object{"name": "n", "encryption": list{}}, want: object{"name": "n"}},
		"Null":    {reason: "A null is none of both.", schema: newer(), value: object{"encryption": nil}, want: object{"encryption": nil}},
		"Unknown": {reason: "A field that the schema does not have stays: the API server prunes it.", schema: newer(), value: object{"new": list{object{"a": 1}}}, want: object{"new": list{object{"a": 1}}}},
		"Two":     {reason: "Two objects cannot become one.", schema: newer(), value: object{"encryption": list{object{}, object{}}}, err: ".encryption is an object in the wanted version, and a list of 2 here"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := To(tc.schema, tc.value)
			message := ""
			if err != nil {
				got, message = nil, err.Error()
			}
			if diff := cmp.Diff([]any{tc.want, tc.err}, []any{got, message}); diff != "" {
				t.Errorf("%s\nTo(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestWebhook sends reviews as the API server does.
func TestWebhook(t *testing.T) {
	w := Webhook{Schema: func(_ context.Context, gvk schema.GroupVersionKind) (extv1.JSONSchemaProps, error) {
		if gvk.Version == "v9" {
			return extv1.JSONSchemaProps{}, errors.New("no such version")
		}
		return objects(map[string]extv1.JSONSchemaProps{"spec": newer()}), nil
	}}
	ask := func(version, body string) extv1.ConversionResponse {
		review := extv1.ConversionReview{Request: &extv1.ConversionRequest{
			UID: "u", DesiredAPIVersion: "eks.aws.upbound.io/" + version, Objects: []runtime.RawExtension{{Raw: []byte(body)}},
		}}
		content, err := json.Marshal(review)
		if err != nil {
			t.Fatal(err)
		}
		rsp := httptest.NewRecorder()
		w.ServeHTTP(rsp, httptest.NewRequest(http.MethodPost, "/convert", bytes.NewReader(content)))
		got := extv1.ConversionReview{}
		if err := json.Unmarshal(rsp.Body.Bytes(), &got); err != nil || got.Response == nil {
			t.Fatalf("cannot read the response: %v: %s", err, rsp.Body)
		}
		return *got.Response
	}
	const old = `{"apiVersion":"eks.aws.upbound.io/v1beta1","kind":"Cluster","metadata":{"name":"n"},"spec":{"encryption":[{"provider":[{"key":"k"}]}]}}`
	got := ask("v1beta2", old)
	want := `{"apiVersion":"eks.aws.upbound.io/v1beta2","kind":"Cluster","metadata":{"name":"n"},"spec":{"encryption":{"provider":{"key":"k"}}}}`
	if got.UID != "u" || got.Result.Status != "Success" || len(got.ConvertedObjects) != 1 || string(got.ConvertedObjects[0].Raw) != want {
		t.Errorf("want %s, got %+v: %s", want, got.Result, got.ConvertedObjects)
	}
	if got := ask("v9", old); got.Result.Status != "Failure" || got.Result.Message != "no such version" {
		t.Errorf("want the failure of a version that does not exist, got %+v", got.Result)
	}
}
