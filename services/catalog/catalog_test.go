package catalog_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/catalog"
	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/service"
)

func TestRoutes(t *testing.T) {
	h := handler(t, nil)
	type answer struct {
		Status int
		Body   any
	}
	mug := map[string]any{
		"id": "631a3db5-ac07-492c-a994-8cd56923c112", "name": "Campfire Mug", "price": 40.0,
		"description": "Enamel on steel, speckled by hand, chipped only by you. Goes straight onto the coals, keeps tea hot for a yarn and weighs less than an orange.",
		"tags":        []any{map[string]any{"name": "accessories", "displayName": "Accessories"}},
	}
	cases := map[string]struct {
		reason string
		method string
		path   string
		want   answer
	}{
		"Page": {
			reason: "A page of one product, whole.",
			path:   "/catalog/products?page=2&size=1",
			want:   answer{200, []any{mug}},
		},
		"PageZero": {
			reason: "A page of zero or below is the first.",
			path:   "/catalog/products?page=-3&size=1&tags=accessories&order=price_asc",
			want:   answer{200, []any{mug}},
		},
		"PastTheEnd": {
			reason: "Past the end there is an empty list, not null.",
			path:   "/catalog/products?page=2147483647&size=2147483647",
			want:   answer{200, []any{}},
		},
		"NotANumber": {
			reason: "Bad input is the client's mistake and says so.",
			path:   "/catalog/products?page=first",
			want:   answer{400, map[string]any{"code": 400.0, "message": "page and size must be numbers"}},
		},
		"Product": {
			reason: "A product by its id.",
			path:   "/catalog/products/631a3db5-ac07-492c-a994-8cd56923c112",
			want:   answer{200, mug},
		},
		"NoProduct": {
			reason: "404 is for what does not exist.",
			path:   "/catalog/products/nothing",
			want:   answer{404, map[string]any{"code": 404.0, "message": `product not found: "nothing"`}},
		},
		"Size": {
			reason: "The size counts every tag once.",
			path:   "/catalog/size?tags=clothing,,food,food",
			want:   answer{200, map[string]any{"size": 4.0}},
		},
		"Search": {
			reason: "Search looks into names and descriptions.",
			path:   "/catalog/search?keyword=CAMPFIRE+orange",
			want:   answer{200, []any{mug}},
		},
		"EmptySearch": {
			reason: "Searching for nothing is a mistake.",
			path:   "/catalog/search?keyword=%20",
			want:   answer{400, map[string]any{"code": 400.0, "message": "keyword must have 1 to 8 words and at most 100 characters"}},
		},
		"Topology": {
			reason: "The topology names the store.",
			path:   "/topology",
			want:   answer{200, map[string]any{"persistenceProvider": "in-memory", "databaseEndpoint": "N/A"}},
		},
		"Health": {
			reason: "The sample's charts look for this text.",
			path:   "/health",
			want:   answer{200, "OK"},
		},
		"WrongMethod": {
			reason: "A method that a path does not have is refused.",
			method: http.MethodPut,
			path:   "/catalog/products",
			want:   answer{405, "method not allowed\n"},
		},
		"PathTrick": {
			reason: "A path with .. is not found: it is not cleaned up and followed.",
			path:   "/catalog/../catalog/products",
			want:   answer{404, "404 page not found\n"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			method := tc.method
			if method == "" {
				method = http.MethodGet
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, tc.path, nil))
			got := answer{Status: w.Code, Body: w.Body.String()}
			if w.Header().Get("Content-Type") == "application/json" {
				got.Body = nil
				if err := json.Unmarshal(w.Body.Bytes(), &got.Body); err != nil {
					t.Fatalf("cannot read answer: %v", err)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nanswer: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestDatabaseDown checks a service whose database never answers: it runs, reports that, and names no driver.
func TestDatabaseDown(t *testing.T) {
	h := handler(t, map[string]string{
		"RETAIL_CATALOG_PERSISTENCE_PROVIDER": "mysql",
		"RETAIL_CATALOG_PERSISTENCE_ENDPOINT": "127.0.0.1:1", // Nothing listens there.
	})
	cases := map[string]struct {
		reason string
		path   string
		status int
		body   string
	}{
		"Live":     {"A restart would not help, so the process counts as alive.", "/livez", 200, "ok"},
		"NotReady": {"No requests should be sent here.", "/readyz", 503, "not ready"},
		"Health":   {"Health does not claim OK while products cannot be read.", "/health", 503, "DOWN"},
		"Product": {
			"A product that cannot be looked up is not said to be missing.",
			"/catalog/products/631a3db5-ac07-492c-a994-8cd56923c112", 503,
			`{"code":503,"message":"the catalog is not available at the moment, try again later"}` + "\n",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, tc.path, nil))
			if w.Code != tc.status || w.Body.String() != tc.body {
				t.Errorf("%s\nwant %d %s\ngot  %d %s", tc.reason, tc.status, tc.body, w.Code, w.Body.String())
			}
		})
	}
}

func TestSettings(t *testing.T) {
	k := kit(t, map[string]string{"RETAIL_CATALOG_PERSISTENCE_PROVIDER": "oracle"})
	if _, err := catalog.Build(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	const want = `cannot use RETAIL_CATALOG_PERSISTENCE_PROVIDER: "oracle" is not one of in-memory, mysql`
	if err := k.Env.Err(); err == nil || err.Error() != want {
		t.Errorf("want %s, got %v", want, err)
	}
}

func handler(t *testing.T, vars map[string]string) http.Handler {
	t.Helper()
	app, err := catalog.Build(t.Context(), kit(t, vars))
	if err != nil {
		t.Fatalf("cannot build: %v", err)
	}
	if app.Close != nil {
		t.Cleanup(func() { _ = app.Close(context.Background()) }) // Nothing is pending.
	}
	return app.Handler
}

func kit(t *testing.T, vars map[string]string) *service.Kit {
	t.Helper()
	k, err := service.NewKit(t.Context(), "catalog", env.Map(vars), io.Discard)
	if err != nil {
		t.Fatalf("cannot make kit: %v", err)
	}
	return k
}
