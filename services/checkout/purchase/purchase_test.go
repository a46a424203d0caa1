package purchase_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ausmart/platform/services/checkout/purchase"
)

func request(city, token string) purchase.Request {
	r := purchase.Request{Items: []purchase.Line{{ID: "a", Name: "A", Quantity: 1, Price: 10}}, DeliveryOptionToken: token}
	if city != "" {
		r.ShippingAddress = &purchase.Address{City: city, Email: "a@example.com"}
	}
	return r
}

// bought is a purchase of one item that has been priced under the ids of the given letter.
func bought(letter, city, token string) purchase.Purchase {
	ids := purchase.IDs{Payment: letter, Token: letter, Shipment: letter}
	return purchase.Purchase{Checkout: purchase.Price(request(city, token), ids, purchase.StandardRates(""))}
}

func placing(p purchase.Purchase) purchase.Purchase {
	p.Placing = true
	return p
}

func ordered(p purchase.Purchase) purchase.Purchase {
	return placing(p).Finish(p.Key(), "o1")
}

func TestUpdate(t *testing.T) {
	type want struct {
		purchase purchase.Purchase
		err      error
	}
	cases := map[string]struct {
		reason  string
		before  purchase.Purchase
		request purchase.Request
		want    want
	}{
		"First": {
			reason:  "the first update starts a purchase",
			request: request("", ""),
			want:    want{purchase: bought("fresh", "", "")},
		},
		"Again": {
			reason:  "a purchase keeps its ids, and with them the key of its one order",
			before:  bought("old", "Perth", ""),
			request: request("Perth", "priority-mail"),
			want:    want{purchase: bought("old", "Perth", "priority-mail")},
		},
		"AddressTakenBack": {
			reason:  "each update says everything",
			before:  bought("old", "Perth", "priority-mail"),
			request: request("", ""),
			want:    want{purchase: bought("old", "", "")},
		},
		"AfterOrder": {
			reason:  "after an order the next purchase starts, with a key of its own",
			before:  ordered(bought("old", "Perth", "")),
			request: request("Perth", ""),
			want:    want{purchase: bought("fresh", "Perth", "")},
		},
		"SameWhilePlacing": {
			reason:  "sending a form again after a failed submit must not get in the way of submitting again",
			before:  placing(bought("old", "Perth", "priority-mail")),
			request: request("Perth", ""),
			want:    want{purchase: placing(bought("old", "Perth", "priority-mail"))},
		},
		"OtherWhilePlacing": {
			reason:  "an order that may exist already cannot go elsewhere",
			before:  placing(bought("old", "Perth", "")),
			request: request("Hobart", ""),
			want:    want{err: purchase.ErrPlacing},
		},
		"MoreWhilePlacing": {
			reason: "nor can it hold more",
			before: placing(bought("old", "Perth", "")),
			request: purchase.Request{
				Items: []purchase.Line{{ID: "a", Quantity: 2, Price: 10}},
			},
			want: want{err: purchase.ErrPlacing},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			fresh := purchase.IDs{Payment: "fresh", Token: "fresh", Shipment: "fresh"}
			got, err := tc.before.Update(tc.request, fresh, purchase.StandardRates(""))
			opts := []cmp.Option{cmp.AllowUnexported(want{}), cmpopts.EquateErrors()}
			// A shipment that is added later has its own id.
			ignore := cmpopts.IgnoreFields(purchase.ShippingRates{}, "ShipmentID")
			if diff := cmp.Diff(tc.want, want{got, err}, append(opts, ignore)...); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestBegin(t *testing.T) {
	type want struct {
		purchase purchase.Purchase
		err      error
	}
	cases := map[string]struct {
		reason string
		before purchase.Purchase
		want   want
	}{
		"Nothing":   {reason: "there is nothing to submit", want: want{err: purchase.ErrNotFound}},
		"NoAddress": {reason: "an order must go somewhere", before: bought("a", "", ""), want: want{err: purchase.ErrNoAddress}},
		"Ready":     {reason: "from now on an order may exist", before: bought("a", "Perth", ""), want: want{purchase: placing(bought("a", "Perth", ""))}},
		"Again":     {reason: "submitting again goes on where it stopped", before: placing(bought("a", "Perth", "")), want: want{purchase: placing(bought("a", "Perth", ""))}},
		"Ordered":   {reason: "what is an order is not ordered again", before: ordered(bought("a", "Perth", "")), want: want{purchase: ordered(bought("a", "Perth", ""))}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := tc.before.Begin()
			if diff := cmp.Diff(tc.want, want{got, err}, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFinish(t *testing.T) {
	before := placing(bought("a", "Perth", "priority-mail"))
	receipt := &purchase.Receipt{
		OrderID: "o1", Email: "a@example.com",
		Items:    []purchase.Item{{ID: "a", Name: "A", Quantity: 1, Price: 10, TotalCost: 10}},
		Subtotal: 10, Shipping: 10, Tax: 5, Total: 25,
	}
	done := before
	done.Placing, done.Receipt = false, receipt
	cases := map[string]struct {
		reason  string
		before  purchase.Purchase
		key, id string
		want    purchase.Purchase
	}{
		"Own":     {reason: "the receipt says what was bought", before: before, key: before.Key(), id: "o1", want: done},
		"Other":   {reason: "a late answer must not touch the next purchase", before: before, key: "checkout-z", id: "o1", want: before},
		"Already": {reason: "the first answer stands", before: done, key: before.Key(), id: "o2", want: done},
		"Expired": {reason: "there is nothing left to finish", before: purchase.Purchase{}, key: before.Key(), id: "o1", want: purchase.Purchase{}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.before.Finish(tc.key, tc.id)); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRelease(t *testing.T) {
	p := bought("a", "Perth", "")
	if diff := cmp.Diff(p, placing(p).Release(p.Key())); diff != "" {
		t.Errorf("a refused order can be changed: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff(placing(p), placing(p).Release("checkout-z")); diff != "" {
		t.Errorf("the next purchase is none of the refused one's business: -want, +got:\n%s", diff)
	}
}

func TestValidate(t *testing.T) {
	line := purchase.Line{ID: "a", Name: "A", Quantity: 1, Price: 1}
	home := purchase.Address{FirstName: "A", LastName: "B", Address1: "C", City: "D", State: "E", Zip: "F"}
	withEmail := home
	withEmail.Email = "not an email"
	cases := map[string]struct {
		reason  string
		request purchase.Request
		want    string
	}{
		"Valid":   {reason: "address2 and email are optional", request: purchase.Request{Items: []purchase.Line{line}, ShippingAddress: &home}},
		"NoItems": {reason: "nothing cannot be bought", want: "items must have 1 to 100 entries, not 0"},
		"Line": {
			reason:  "each mistake is a line of its own",
			request: purchase.Request{Items: []purchase.Line{line, {Price: -1}}},
			want:    "items.1.id should not be empty\nitems.1.quantity must be a number from 1 to 1000000\nitems.1.price must be a number from 0 to 1000000",
		},
		"Address": {
			reason:  "every field that is missing is named",
			request: purchase.Request{Items: []purchase.Line{line}, ShippingAddress: &purchase.Address{City: "D\x00"}},
			want: "shippingAddress.firstName should not be empty\nshippingAddress.lastName should not be empty\n" +
				"shippingAddress.address1 should not be empty\nshippingAddress.city must be text of at most 255 bytes\n" +
				"shippingAddress.state should not be empty\nshippingAddress.zip should not be empty",
		},
		"Email": {
			reason:  "a receipt must be able to arrive",
			request: purchase.Request{Items: []purchase.Line{line}, ShippingAddress: &withEmail},
			want:    "shippingAddress.email must be an email",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got string
			if err := tc.request.Validate(); err != nil {
				got = err.Error()
				if !errors.Is(err, purchase.ErrInvalid) {
					t.Errorf("%s: a handler could not tell that this is the client's mistake: %v", tc.reason, err)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
