package ordering_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/ausmart/platform/services/checkout/ordering"
	"github.com/ausmart/platform/services/checkout/purchase"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func checkout() purchase.Checkout {
	return purchase.Checkout{ShippingAddress: &purchase.Address{City: "Perth"}, Items: []purchase.Item{{ID: "p1", Quantity: 1}}}
}

// The mock must not make two orders of one purchase.
func TestMock(t *testing.T) {
	place := func(key string) string {
		id, err := ordering.Mock{}.Place(t.Context(), key, checkout())
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	if first, again, other := place("a"), place("a"), place("b"); first != again || first == other {
		t.Errorf("key a has the orders %s and %s, key b has %s", first, again, other)
	}
}

// FuzzPlace lets the orders service answer arbitrary bytes: Place returns an order's id, a
// rejection or an outage.
func FuzzPlace(f *testing.F) {
	f.Add(200, []byte(`{"id":"1"}`))
	f.Add(200, []byte(`{"id":7}`))
	f.Add(400, []byte(`{"code":400,"message":"no"}`))
	f.Add(503, []byte(`{"code":503,"message":"later"}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		client := ordering.NewClient("http://orders/", roundTripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Body: io.NopCloser(bytes.NewReader(body))}, nil
		}))
		id, err := client.Place(t.Context(), "k", checkout())
		placed, rejected, unknown := id != "" && err == nil, errors.Is(err, ordering.ErrRejected), errors.Is(err, ordering.ErrUnavailable)
		switch {
		case placed && status/100 == 2 && !rejected && !unknown:
		case id == "" && rejected != unknown:
		default:
			t.Errorf("id %q, error %v", id, err)
		}
	})
}
