package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/services/cart"
	"github.com/ausmart/platform/services/catalog"
	"github.com/ausmart/platform/services/checkout"
	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/service"
	"github.com/ausmart/platform/services/orders"
	"github.com/ausmart/platform/services/ui"
)

// TestClaims builds each service with the variables that its claim in examples/ ends up with in a
// pod. The service must accept them, use a real store, and read every variable that the claim sets:
// a misspelt one would be ignored without an error.
func TestClaims(t *testing.T) {
	builds := map[string]service.Build{"cart": cart.Build, "catalog": catalog.Build, "checkout": checkout.Build, "orders": orders.Build, "ui": ui.Build}
	for _, environment := range []string{"au-dev", "au-prod"} {
		for name, build := range builds {
			t.Run(environment+"/"+name, func(t *testing.T) {
				vars := variables(t, environment, name)
				t.Setenv("AWS_REGION", vars["AWS_REGION"]) // The AWS SDK reads it by itself.
				read := map[string]bool{}
				e := env.New(func(key string) string {
					read[key] = true
					return vars[key]
				})
				k, err := service.NewKit(t.Context(), name, e, io.Discard)
				if err != nil {
					t.Fatal(err)
				}
				app, err := build(t.Context(), k)
				if err != nil {
					t.Fatal(err)
				}
				if err := e.Err(); err != nil {
					t.Error(err)
				}
				if app.Close != nil {
					t.Cleanup(func() { _ = app.Close(t.Context()) }) // It has connected to nothing.
				}
				for key, value := range vars {
					if strings.HasPrefix(key, "RETAIL_") && !read[key] {
						t.Errorf("the claim sets %s, which %s does not read", key, name)
					}
					if strings.HasSuffix(key, "_PROVIDER") && value == "in-memory" {
						t.Errorf("%s is %s: nothing would be kept", key, value)
					}
				}
			})
		}
	}
}

// variables of the container that a claim becomes.
func variables(t *testing.T, environment, name string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("../../../functions/service/testdata", environment+"-"+name, "03-all-ready/response.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	type variable struct{ Name, Value string }
	type object struct {
		Resource struct {
			Spec struct {
				ForProvider struct {
					Manifest struct {
						Spec struct {
							Template struct {
								Spec struct {
									Containers []struct{ Env []variable }
								}
							}
						}
					}
				}
			}
		}
	}
	var rsp struct {
		Desired struct{ Resources map[string]json.RawMessage }
	}
	if err := yaml.Unmarshal(raw, &rsp); err != nil {
		t.Fatal(err)
	}
	var d object
	if err := yaml.Unmarshal(rsp.Desired.Resources["deployment"], &d); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, v := range d.Resource.Spec.ForProvider.Manifest.Spec.Template.Spec.Containers[0].Env {
		out[v.Name] = v.Value
	}
	return out
}
