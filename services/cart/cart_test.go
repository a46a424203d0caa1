package cart_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/cart"
	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/service"
)

type request struct{ method, path, body string }

type answer struct {
	Status int
	Body   any
}

func TestRoutes(t *testing.T) {
	mug := map[string]any{"itemId": "mug", "quantity": 2.0, "unitPrice": 40.0}
	add := request{http.MethodPost, "/carts/c/items", `{"itemId":"mug","quantity":2,"unitPrice":40,"name":"ignored"}`}
	invalid := func(message string) answer {
		return answer{400, map[string]any{"code": 400.0, "message": "invalid cart request: " + message}}
	}
	missing := answer{404, map[string]any{"code": 404.0, "message": "item is not in the cart"}}
	accepted := answer{202, nil}

	cases := map[string]struct {
		reason string
		before []request
		request
		want answer
	}{
		"EmptyCart": {
			reason:  "An unknown customer has an empty cart.",
			request: request{http.MethodGet, "/carts/c", ""},
			want:    answer{200, map[string]any{"customerId": "c", "items": []any{}}},
		},
		"EmptyItems": {
			reason:  "A cart without items has an empty list, not null.",
			request: request{http.MethodGet, "/carts/c/items", ""},
			want:    answer{200, []any{}},
		},
		"Add": {
			reason:  "The new line is answered.",
			request: add,
			want:    answer{201, mug},
		},
		"AddOne": {
			reason:  "Without a quantity it is one.",
			request: request{http.MethodPost, "/carts/c/items", `{"itemId":"mug","unitPrice":40}`},
			want:    answer{201, map[string]any{"itemId": "mug", "quantity": 1.0, "unitPrice": 40.0}},
		},
		"AddMore": {
			reason:  "The quantity of a line that is there grows.",
			before:  []request{add},
			request: add,
			want:    answer{201, map[string]any{"itemId": "mug", "quantity": 4.0, "unitPrice": 40.0}},
		},
		"AddNothing": {
			reason:  "A quantity below one is a mistake.",
			request: request{http.MethodPost, "/carts/c/items", `{"itemId":"mug","quantity":0,"unitPrice":40}`},
			want:    invalid("quantity must be from 1 to 10000"),
		},
		"AddWithoutID": {
			reason:  "An item has an id.",
			request: request{http.MethodPost, "/carts/c/items", `{"quantity":1}`},
			want:    invalid("itemId must have 1 to 100 printable characters"),
		},
		"NegativePrice": {
			reason:  "A price is not negative.",
			request: request{http.MethodPost, "/carts/c/items", `{"itemId":"mug","unitPrice":-1}`},
			want:    invalid("unitPrice must be from 0 to 100000000"),
		},
		"NotJSON": {
			reason:  "A body that is no JSON is a mistake of the client.",
			request: request{http.MethodPost, "/carts/c/items", `{"itemId":`},
			want:    answer{400, map[string]any{"code": 400.0, "message": "body is not valid JSON for this request: send one JSON value"}},
		},
		"WrongType": {
			reason:  "The answer says which field is wrong.",
			request: request{http.MethodPost, "/carts/c/items", `{"itemId":"mug","quantity":"two"}`},
			want:    answer{400, map[string]any{"code": 400.0, "message": `body is not valid JSON for this request: "quantity" must be of type int`}},
		},
		"HugeBody": {
			reason:  "A body is read up to a limit.",
			request: request{http.MethodPost, "/carts/c/items", `{"itemId":"` + strings.Repeat("x", 1<<20) + `"}`},
			want:    answer{413, "the body is too large\n"},
		},
		"BadCustomer": {
			reason:  "An id that could be taken for another's line is refused.",
			request: request{http.MethodGet, "/carts/c:mug", ""},
			want:    invalid("an id must have 1 to 100 printable characters, without a colon"),
		},
		"Get": {
			reason:  "A cart has its items.",
			before:  []request{add},
			request: request{http.MethodGet, "/carts/c", ""},
			want:    answer{200, map[string]any{"customerId": "c", "items": []any{mug}}},
		},
		"GetItem": {
			reason:  "A line can be read alone.",
			before:  []request{add},
			request: request{http.MethodGet, "/carts/c/items/mug", ""},
			want:    answer{200, mug},
		},
		"GetMissing": {
			reason:  "A line that is not there is not found.",
			request: request{http.MethodGet, "/carts/c/items/mug", ""},
			want:    missing,
		},
		"Change": {
			reason:  "A change is accepted without a body.",
			before:  []request{add},
			request: request{http.MethodPatch, "/carts/c/items", `{"itemId":"mug","quantity":9}`},
			want:    accepted,
		},
		"ChangeMissing": {
			reason:  "A line that is not there cannot be changed.",
			request: request{http.MethodPatch, "/carts/c/items", `{"itemId":"mug","quantity":9}`},
			want:    missing,
		},
		"Remove": {
			reason:  "A line is removed.",
			before:  []request{add},
			request: request{http.MethodDelete, "/carts/c/items/mug", ""},
			want:    accepted,
		},
		"RemoveMissing": {
			reason:  "A line that is not there cannot be removed.",
			request: request{http.MethodDelete, "/carts/c/items/mug", ""},
			want:    missing,
		},
		"Clear": {
			reason:  "A deleted cart is answered as in the sample: without a customer.",
			before:  []request{add},
			request: request{http.MethodDelete, "/carts/c", ""},
			want:    answer{202, map[string]any{"customerId": nil, "items": []any{}}},
		},
		"Merge": {
			reason:  "A merge is accepted without a body.",
			before:  []request{{http.MethodPost, "/carts/session/items", `{"itemId":"mug"}`}},
			request: request{http.MethodGet, "/carts/c/merge?sessionId=session", ""},
			want:    accepted,
		},
		"MergeNothing": {
			reason:  "A merge names a session.",
			request: request{http.MethodGet, "/carts/c/merge", ""},
			want:    invalid("an id must have 1 to 100 printable characters, without a colon"),
		},
		"Merged": {
			reason: "What was merged is in the cart.",
			before: []request{
				{http.MethodPost, "/carts/session/items", `{"itemId":"mug","quantity":2,"unitPrice":40}`},
				{http.MethodGet, "/carts/c/merge?sessionId=session", ""},
			},
			request: request{http.MethodGet, "/carts/c", ""},
			want:    answer{200, map[string]any{"customerId": "c", "items": []any{mug}}},
		},
		"Topology": {
			reason:  "The topology names the store.",
			request: request{http.MethodGet, "/topology", ""},
			want:    answer{200, map[string]any{"persistenceProvider": "in-memory", "databaseEndpoint": "N/A"}},
		},
		"Actuator": {
			reason:  "The sample's charts probe this path.",
			request: request{http.MethodGet, "/actuator/health/readiness", ""},
			want:    answer{200, map[string]any{"status": "UP"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			h := handler(t, nil)
			for _, r := range tc.before {
				do(t, h, r)
			}
			if diff := cmp.Diff(tc.want, do(t, h, tc.request)); diff != "" {
				t.Errorf("%s\nanswer: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestTopologyHoldsNoLogin checks that a password in a URL stays inside.
func TestTopologyHoldsNoLogin(t *testing.T) {
	h := handler(t, map[string]string{
		"RETAIL_CART_PERSISTENCE_PROVIDER":  "redis",
		"RETAIL_CART_PERSISTENCE_REDIS_URL": "rediss://user:secret@cache.example:6379/1",
	})
	want := answer{200, map[string]any{"persistenceProvider": "redis", "databaseEndpoint": "cache.example:6379"}}
	if diff := cmp.Diff(want, do(t, h, request{http.MethodGet, "/topology", ""})); diff != "" {
		t.Errorf("topology: -want +got:\n%s", diff)
	}
}

func TestRedisDown(t *testing.T) {
	h := handler(t, map[string]string{
		"RETAIL_CART_PERSISTENCE_PROVIDER":  "redis",
		"RETAIL_CART_PERSISTENCE_REDIS_URL": "redis://127.0.0.1:1", // Nothing listens there.
	})
	want := answer{503, map[string]any{"code": 503.0, "message": "carts are not available at the moment, try again later"}}
	if diff := cmp.Diff(want, do(t, h, request{http.MethodGet, "/carts/c", ""})); diff != "" {
		t.Errorf("A cart that cannot be read is not said to be empty.\nanswer: -want +got:\n%s", diff)
	}
	want = answer{503, map[string]any{"status": "DOWN"}}
	if diff := cmp.Diff(want, do(t, h, request{http.MethodGet, "/actuator/health", ""})); diff != "" {
		t.Errorf("Health does not claim UP meanwhile.\nanswer: -want +got:\n%s", diff)
	}
}

func handler(t *testing.T, vars map[string]string) http.Handler {
	t.Helper()
	k, err := service.NewKit(t.Context(), "cart", env.Map(vars), io.Discard)
	if err != nil {
		t.Fatalf("cannot make kit: %v", err)
	}
	app, err := cart.Build(t.Context(), k)
	if err != nil {
		t.Fatalf("cannot build: %v", err)
	}
	return app.Handler
}

func do(t *testing.T, h http.Handler, r request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), r.method, r.path, strings.NewReader(r.body)))
	got := answer{Status: w.Code}
	switch {
	case w.Header().Get("Content-Type") == "application/json":
		if err := json.Unmarshal(w.Body.Bytes(), &got.Body); err != nil {
			t.Fatalf("cannot read answer: %v", err)
		}
	case w.Body.Len() > 0:
		got.Body = w.Body.String()
	}
	return got
}
