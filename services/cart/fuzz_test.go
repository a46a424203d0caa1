package cart_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzItems adds and changes arbitrary items: no answer is a 5xx, and an added line can be read back.
func FuzzItems(f *testing.F) {
	f.Add(`{"itemId":"mug","quantity":1,"unitPrice":40}`)
	f.Add(`{"itemId":"mug","quantity":-1,"unitPrice":1e400}`)
	f.Add(`{"itemId":"a:b","quantity":null}`)
	f.Add(`[{"itemId":"mug"}]{`)
	f.Fuzz(func(t *testing.T, body string) {
		h := handler(t, nil) // One for each: memory would be full in the end.
		send := func(method, path string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
			return w
		}
		if w := send(http.MethodPatch, "/carts/c/items"); w.Code != http.StatusBadRequest && w.Code != http.StatusNotFound {
			t.Errorf("changing an empty cart was answered with %d: %s", w.Code, w.Body)
		}
		added := send(http.MethodPost, "/carts/c/items")
		switch added.Code {
		case http.StatusBadRequest:
		case http.StatusCreated:
			var cart struct{ Items []json.RawMessage }
			if err := json.Unmarshal(send(http.MethodGet, "/carts/c").Body.Bytes(), &cart); err != nil {
				t.Fatal(err)
			}
			if len(cart.Items) != 1 || string(cart.Items[0]) != strings.TrimSpace(added.Body.String()) {
				t.Errorf("added %s, and the cart has %s", added.Body, cart.Items)
			}
		default:
			t.Errorf("adding was answered with %d: %s", added.Code, added.Body)
		}
	})
}
