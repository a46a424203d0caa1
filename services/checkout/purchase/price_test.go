package purchase_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/checkout/purchase"
)

func TestPrice(t *testing.T) {
	rates := purchase.StandardRates("")
	home := &purchase.Address{FirstName: "Ada", City: "Perth"}
	shipping := &purchase.ShippingRates{ShipmentID: "s", Rates: purchase.Rates{
		{Name: "Priority Mail", Amount: 10, Token: "priority-mail", EstimatedDays: 10},
		{Name: "Priority Mail Express", Amount: 25, Token: "priority-mail-express", EstimatedDays: 5},
	}}
	lines := []purchase.Line{{ID: "a", Name: "A", Quantity: 2, Price: 100}, {ID: "b", Name: "B", Quantity: 1, Price: 7}}
	items := []purchase.Item{
		{ID: "a", Name: "A", Quantity: 2, Price: 100, TotalCost: 200}, {ID: "b", Name: "B", Quantity: 1, Price: 7, TotalCost: 7},
	}
	cases := map[string]struct {
		reason  string
		request purchase.Request
		want    purchase.Checkout
	}{
		"ItemsOnly": {
			reason:  "without an address neither tax nor shipping can be told, and both count as nothing",
			request: purchase.Request{Items: lines},
			want:    purchase.Checkout{Items: items, Subtotal: 207, Shipping: -1, Tax: -1, Total: 207},
		},
		"Address": {
			reason:  "an address brings tax and rates; shipping waits for a choice",
			request: purchase.Request{Items: lines, ShippingAddress: home},
			want: purchase.Checkout{
				Items: items, ShippingAddress: home, ShippingRates: shipping, Subtotal: 207, Shipping: -1, Tax: 5, Total: 212,
			},
		},
		"Standard": {
			reason:  "the chosen rate is what shipping costs",
			request: purchase.Request{Items: lines, ShippingAddress: home, DeliveryOptionToken: "priority-mail"},
			want: purchase.Checkout{
				Items: items, ShippingAddress: home, ShippingRates: shipping, DeliveryOptionToken: "priority-mail",
				Subtotal: 207, Shipping: 10, Tax: 5, Total: 222,
			},
		},
		"Express": {
			reason:  "so is the other one",
			request: purchase.Request{Items: lines, ShippingAddress: home, DeliveryOptionToken: "priority-mail-express"},
			want: purchase.Checkout{
				Items: items, ShippingAddress: home, ShippingRates: shipping, DeliveryOptionToken: "priority-mail-express",
				Subtotal: 207, Shipping: 25, Tax: 5, Total: 237,
			},
		},
		"UnknownToken": {
			reason:  "what is no rate is no choice",
			request: purchase.Request{Items: lines, ShippingAddress: home, DeliveryOptionToken: "by-owl"},
			want: purchase.Checkout{
				Items: items, ShippingAddress: home, ShippingRates: shipping, DeliveryOptionToken: "by-owl",
				Subtotal: 207, Shipping: -1, Tax: 5, Total: 212,
			},
		},
		"TokenWithoutAddress": {
			reason:  "a choice among rates that are not there yet costs nothing yet",
			request: purchase.Request{Items: lines, DeliveryOptionToken: "priority-mail"},
			want: purchase.Checkout{
				Items: items, DeliveryOptionToken: "priority-mail", Subtotal: 207, Shipping: -1, Tax: -1, Total: 207,
			},
		},
		"Free": {
			reason:  "zero is an amount, not a missing one",
			request: purchase.Request{Items: []purchase.Line{{ID: "a", Quantity: 3}}},
			want: purchase.Checkout{
				Items: []purchase.Item{{ID: "a", Quantity: 3}}, Shipping: -1, Tax: -1,
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.want.PaymentID, tc.want.PaymentToken = "p", "t"
			got := purchase.Price(tc.request, purchase.IDs{Payment: "p", Token: "t", Shipment: "s"}, rates)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
