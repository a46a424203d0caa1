package order_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/orders/order"
)

func TestValidate(t *testing.T) {
	address := order.Address{FirstName: "Ada", ZipCode: "2000"}
	item := order.Item{ProductID: "p1", Quantity: 2, UnitCost: 10, TotalCost: 20}

	cases := map[string]struct {
		reason string
		draft  order.Draft
		key    string
		want   string
	}{
		"Valid": {
			reason: "what the sample's clients post is an order",
			draft:  order.Draft{ShippingAddress: address, Items: []order.Item{item}},
			key:    "k1",
		},
		"Empty": {
			reason: "everything that is missing is named at once",
			want:   "shippingAddress is missing; items must have 1 to 100 entries, not 0",
		},
		"TooManyItems": {
			reason: "an event must fit into a message",
			draft:  order.Draft{ShippingAddress: address, Items: slices.Repeat([]order.Item{item}, 101)},
			want:   "items must have 1 to 100 entries, not 101",
		},
		"NoProduct": {
			reason: "the line that is wrong is named",
			draft:  order.Draft{ShippingAddress: address, Items: []order.Item{item, {Quantity: 1}}},
			want:   "items[1].productId is missing",
		},
		"Numbers": {
			reason: "a quantity is above zero, a price is not negative, and a sum does not overflow",
			draft: order.Draft{ShippingAddress: address, Items: []order.Item{
				{ProductID: "p1", Quantity: 0, UnitCost: -1, TotalCost: 1_000_000_000_001},
			}},
			want: "items[0].quantity must be 1 to 1000000, not 0; " +
				"items[0].unitCost must be 0 to 1000000000000, not -1; " +
				"items[0].totalCost must be 0 to 1000000000000, not 1000000000001",
		},
		"LongKey": {
			reason: "the key is kept with the order, so it is bounded",
			draft:  order.Draft{ShippingAddress: address, Items: []order.Item{item}},
			key:    strings.Repeat("k", 256),
			want:   "Idempotency-Key must have at most 255 bytes, not 256",
		},
		"NUL": {
			reason: "PostgreSQL's text has no NUL: the client hears of it, not the database",
			draft:  order.Draft{ShippingAddress: order.Address{City: "Syd\x00ney"}, Items: []order.Item{item}},
			want:   "shippingAddress.city must not contain a NUL character",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got string
			if err := tc.draft.Validate(tc.key); err != nil {
				got = strings.TrimPrefix(err.Error(), order.ErrInvalid.Error()+": ")
				if !errors.Is(err, order.ErrInvalid) {
					t.Errorf("%s: a handler could not tell that this is the client's mistake: %v", tc.reason, err)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
