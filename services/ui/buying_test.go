package ui

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/ui/shop"
)

func TestAddToCart(t *testing.T) {
	type call struct {
		Customer string
		Item     shop.CartItem
	}
	cases := map[string]struct {
		reason string
		form   url.Values
		added  []call
		want   outcome
	}{
		"One": {
			reason: "Load generators send the product only; that is one piece at the catalog's price.",
			form:   values("productId", mug.ID),
			added:  []call{{customer, shop.CartItem{ItemID: mug.ID, Quantity: 1, UnitPrice: 40}}},
			want:   outcome{Status: 303, Location: "/cart"},
		},
		"PriceFromForm": {
			reason: "A price in the form is ignored.",
			form:   values("productId", mug.ID, "quantity", "3", "unitPrice", "1"),
			added:  []call{{customer, shop.CartItem{ItemID: mug.ID, Quantity: 3, UnitPrice: 40}}},
			want:   outcome{Status: 303, Location: "/cart"},
		},
		"NoProduct":       {reason: "A form without a product is refused.", form: values("quantity", "1"), want: outcome{Status: 400}},
		"UnknownProduct":  {reason: "A product that does not exist cannot be bought.", form: values("productId", "nope"), want: outcome{Status: 404}},
		"NegativePieces":  {reason: "A negative quantity would be money back.", form: values("productId", mug.ID, "quantity", "-1"), want: outcome{Status: 400}},
		"TooManyPieces":   {reason: "A quantity that is too large is refused.", form: values("productId", mug.ID, "quantity", "1000000"), want: outcome{Status: 400}},
		"NoNumberAtAll":   {reason: "A quantity that is no number is refused.", form: values("productId", mug.ID, "quantity", "many"), want: outcome{Status: 400}},
		"ProductTooLong":  {reason: "A too long id is refused before any backend is asked.", form: values("productId", strings.Repeat("x", 10_000)), want: outcome{Status: 400}},
		"ProductNotUTF8":  {reason: "An id that is no text is refused.", form: values("productId", "\xff\xfe"), want: outcome{Status: 400}},
		"LargerThanKnown": {reason: "An oversized form is a 413.", form: values("productId", strings.Repeat("x", 300<<10)), want: outcome{Status: 413}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var added []call
			b := working()
			carts := b.Carts.(fakeCarts)
			carts.add = func(c string, i shop.CartItem) error { added = append(added, call{c, i}); return nil }
			b.Carts = carts
			got := outcomeOf(post(serve(t, b), "/cart", tc.form))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.added, added); diff != "" {
				t.Errorf("%s\nadded, -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRemoveTwice(t *testing.T) {
	b := working()
	carts := b.Carts.(fakeCarts)
	carts.remove = func(string, string) error { return shop.ErrNotFound }
	b.Carts = carts
	want := outcome{Status: 303, Location: "/cart"}
	if diff := cmp.Diff(want, outcomeOf(post(serve(t, b), "/cart/remove", values("productId", mug.ID)))); diff != "" {
		t.Errorf("what is gone already may be removed again\n-want +got:\n%s", diff)
	}
}

func TestCheckoutSteps(t *testing.T) {
	express := values("token", "priority-mail-express")
	cases := map[string]struct {
		reason string
		path   string
		form   url.Values
		says   []string
		update []shop.CheckoutUpdate
		want   outcome
	}{
		"UntouchedAddress": {
			reason: "An absent field keeps its default, so an empty form completes.",
			path:   "/checkout",
			update: []shop.CheckoutUpdate{{
				Items: []shop.CheckoutItem{{ID: mug.ID, Name: mug.Name, Quantity: 2, Price: 40}},
				Address: &shop.Address{
					FirstName: "John", LastName: "Doe", Email: "john_doe@example.com", Address1: "100 Main Street", City: "Anytown", State: "CA", Zip: "11111",
				},
			}},
			want: outcome{Status: 303, Location: "/checkout/delivery"},
		},
		"OldFieldName": {
			reason: "Some clients call the postcode zipCode.",
			path:   "/checkout", form: values("zipCode", "2000", "state", "NSW"),
			update: []shop.CheckoutUpdate{{
				Items: []shop.CheckoutItem{{ID: mug.ID, Name: mug.Name, Quantity: 2, Price: 40}},
				Address: &shop.Address{
					FirstName: "John", LastName: "Doe", Email: "john_doe@example.com", Address1: "100 Main Street", City: "Anytown", State: "NSW", Zip: "2000",
				},
			}},
			want: outcome{Status: 303, Location: "/checkout/delivery"},
		},
		"EmptyField": {
			reason: "An empty field is an error beside the field, and the rest stays as typed.",
			path:   "/checkout", form: values("firstName", "", "lastName", "O'Neil", "email", "no address"),
			says: []string{`id="firstName-error">Enter the first name.<`, `aria-describedby="firstName-error"`, `value="O&#39;Neil"`, `id="email-error"`, "2 fields need another look"},
			update: []shop.CheckoutUpdate{{
				Items: []shop.CheckoutItem{{ID: mug.ID, Name: mug.Name, Quantity: 2, Price: 40}},
			}},
			want: outcome{Status: 422},
		},
		"UntouchedDelivery": {
			reason: "Without a token the first way of delivery is taken.",
			path:   "/checkout/delivery",
			update: []shop.CheckoutUpdate{{Items: paidFor().Items, Address: paidFor().Address, DeliveryToken: "priority-mail"}},
			want:   outcome{Status: 303, Location: "/checkout/payment"},
		},
		"ChosenDelivery": {
			reason: "The chosen way of delivery is taken.",
			path:   "/checkout/delivery", form: express,
			update: []shop.CheckoutUpdate{{Items: paidFor().Items, Address: paidFor().Address, DeliveryToken: "priority-mail-express"}},
			want:   outcome{Status: 303, Location: "/checkout/payment"},
		},
		"UnknownDelivery": {
			reason: "An unknown way of delivery is refused.",
			path:   "/checkout/delivery", form: values("token", "teleport"), says: []string{"Choose one of the ways of delivery."},
			want: outcome{Status: 422},
		},
		"EmptyCard": {
			reason: "An empty card number is an error beside the field.",
			path:   "/checkout/payment", form: values("cardNumber", ""), says: []string{`id="cardNumber-error">Enter the card number.<`},
			want: outcome{Status: 422},
		},
		"UntouchedPayment": {
			reason: "Paying leads to the order's page by 303, so that a refresh does not order twice.",
			path:   "/checkout/payment", want: outcome{Status: 303, Location: "/orders/o-1"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var updates []shop.CheckoutUpdate
			b := working()
			checkouts := b.Checkouts.(fakeCheckouts)
			checkouts.update = func(_ string, u shop.CheckoutUpdate) (shop.Checkout, error) {
				updates = append(updates, u)
				return paidFor(), nil
			}
			b.Checkouts = checkouts
			w := post(serve(t, b), tc.path, tc.form)
			if diff := cmp.Diff(tc.want, outcomeOf(w, tc.says...)); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.update, updates); diff != "" {
				t.Errorf("%s\nsent to checkout, -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCheckoutOutOfOrder(t *testing.T) {
	missing := func(string) (shop.Checkout, error) { return shop.Checkout{}, shop.ErrNotFound }
	unaddressed := func(string) (shop.Checkout, error) { return shop.Checkout{Items: paidFor().Items}, nil }
	undelivered := func(string) (shop.Checkout, error) {
		c := paidFor()
		c.DeliveryToken = ""
		return c, nil
	}
	cases := map[string]struct {
		reason   string
		checkout func(string) (shop.Checkout, error)
		path     string
		want     string
	}{
		"DeliveryFirst":          {"Without a checkout, the address comes first.", missing, "/checkout/delivery", "/checkout"},
		"PaymentFirst":           {"Without a checkout, the address comes first.", missing, "/checkout/payment", "/checkout"},
		"PaymentWithoutAddress":  {"Without an address, the address comes first.", unaddressed, "/checkout/payment", "/checkout"},
		"PaymentWithoutDelivery": {"Without a way of delivery, the delivery comes first.", undelivered, "/checkout/payment", "/checkout/delivery"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b := working()
			checkouts := b.Checkouts.(fakeCheckouts)
			checkouts.checkout = tc.checkout
			b.Checkouts = checkouts
			want := outcome{Status: 303, Location: tc.want}
			if diff := cmp.Diff(want, outcomeOf(get(serve(t, b), tc.path))); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestEmptyCartCannotCheckOut(t *testing.T) {
	b := working()
	carts := b.Carts.(fakeCarts)
	carts.cart = func(string) (shop.Cart, error) { return shop.Cart{}, nil }
	b.Carts = carts
	if diff := cmp.Diff(outcome{Status: 303, Location: "/cart"}, outcomeOf(get(serve(t, b), "/checkout"))); diff != "" {
		t.Errorf("an empty cart leads back to the cart\n-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(outcome{Status: 409}, outcomeOf(post(serve(t, b), "/checkout", nil))); diff != "" {
		t.Errorf("an address for an empty cart is a conflict\n-want +got:\n%s", diff)
	}
}

func TestPayment(t *testing.T) {
	cookies := func(w *httptest.ResponseRecorder) []*http.Cookie { return w.Result().Cookies() }

	t.Run("Receipt", func(t *testing.T) {
		var cleared []string
		b := working()
		carts := b.Carts.(fakeCarts)
		carts.clear = func(c string) error { cleared = append(cleared, c); return nil }
		b.Carts = carts
		h := serve(t, b)
		given := cookies(post(h, "/checkout/payment", nil))
		if diff := cmp.Diff([]string{customer}, cleared); diff != "" {
			t.Errorf("paying empties the cart\n-want +got:\n%s", diff)
		}
		for _, c := range given {
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || (c.Path != "/orders/o-1" && c.Path != "/checkout") {
				t.Errorf("a receipt is for its own page only: got %v", c)
			}
		}
		says := []string{`id="order-shipping">$10<`, `id="order-tax">$5<`, `id="order-subtotal">$80<`, `id="order-total">$95<`, `id="order-email">john_doe@example.com<`}
		if diff := cmp.Diff(outcome{Status: 200}, outcomeOf(get(h, "/orders/o-1", given...), says...)); diff != "" {
			t.Errorf("the order page shows what was paid\n-want +got:\n%s", diff)
		}
	})
	t.Run("OrdersDown", func(t *testing.T) {
		b := working()
		b.Orders = fakeOrders{order: func(string) (shop.Order, error) { return shop.Order{}, down("orders") }}
		h := serve(t, b)
		given := cookies(post(h, "/checkout/payment", nil))
		says := []string{"Your order is placed", `id="order-total">$95<`}
		if diff := cmp.Diff(outcome{Status: 200}, outcomeOf(get(h, "/orders/o-1", given...), says...)); diff != "" {
			t.Errorf("with a receipt, the page lives without the orders service\n-want +got:\n%s", diff)
		}
	})
	t.Run("PressedTwice", func(t *testing.T) {
		b := working()
		checkouts := b.Checkouts.(fakeCheckouts)
		submit, presses := checkouts.submit, 0
		checkouts.submit = func(c string) (shop.Submitted, error) {
			if presses++; presses > 1 {
				return shop.Submitted{}, shop.ErrNotFound
			}
			return submit(c)
		}
		b.Checkouts = checkouts
		h := serve(t, b)
		given := cookies(post(h, "/checkout/payment", nil))
		if diff := cmp.Diff(outcome{Status: 303, Location: "/orders/o-1"}, outcomeOf(post(h, "/checkout/payment", nil, given...))); diff != "" {
			t.Errorf("a second press leads to the first order\n-want +got:\n%s", diff)
		}
		if diff := cmp.Diff(outcome{Status: 409}, outcomeOf(post(h, "/checkout/payment", nil), "not been charged twice")); diff != "" {
			t.Errorf("without the cookie it says that there is nothing to pay for\n-want +got:\n%s", diff)
		}
	})
	t.Run("CartStays", func(t *testing.T) {
		b := working()
		carts := b.Carts.(fakeCarts)
		carts.clear = func(string) error { return down("carts") }
		b.Carts = carts
		if diff := cmp.Diff(outcome{Status: 303, Location: "/orders/o-1"}, outcomeOf(post(serve(t, b), "/checkout/payment", nil))); diff != "" {
			t.Errorf("a cart that cannot be emptied does not undo an order\n-want +got:\n%s", diff)
		}
	})
	t.Run("AddressMissing", func(t *testing.T) {
		b := working()
		checkouts := b.Checkouts.(fakeCheckouts)
		checkouts.submit = func(string) (shop.Submitted, error) { return shop.Submitted{}, shop.ErrInvalid }
		b.Checkouts = checkouts
		if diff := cmp.Diff(outcome{Status: 303, Location: "/checkout"}, outcomeOf(post(serve(t, b), "/checkout/payment", nil))); diff != "" {
			t.Errorf("an order without an address goes back to the address\n-want +got:\n%s", diff)
		}
	})
}

func FuzzReceipt(f *testing.F) {
	f.Add("80.10.5")
	f.Add("-1.2.3")
	f.Add("99999999999999999999.1.1")
	f.Add("..")
	f.Fuzz(func(t *testing.T, value string) {
		r := httptest.NewRequest(http.MethodGet, "/orders/o-1", nil)
		r.Header.Set("Cookie", receiptCookie+"="+value+"; "+lastOrderCookie+"="+value)
		if paid, ok := readReceipt(r); ok && (paid.Total() < 0 || paid.Subtotal < 0 || paid.Shipping < 0 || paid.Tax < 0) {
			t.Errorf("receipt %q has a negative amount: %+v", value, paid)
		}
		if id, ok := lastOrder(r); ok && strings.ContainsAny(id, "/\\.%?# ") {
			t.Errorf("last order %q leads somewhere else", id)
		}
	})
}
