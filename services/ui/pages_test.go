package ui

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/ui/shop"
)

// outcome is what a test compares: the status, where the answer redirects to, and which expected
// texts the page lacks.
type outcome struct {
	Status   int
	Location string
	Missing  []string // Of what the page should say.
}

func outcomeOf(w *httptest.ResponseRecorder, says ...string) outcome {
	o := outcome{Status: w.Code, Location: w.Header().Get("Location")}
	for _, text := range says {
		if !strings.Contains(w.Body.String(), text) {
			o.Missing = append(o.Missing, text)
		}
	}
	return o
}

func TestPages(t *testing.T) {
	cases := map[string]struct {
		reason string
		path   string
		says   []string
		want   outcome
	}{
		"Home": {
			reason: "The home page has the hooks that public browser tests use.",
			path:   "/home", says: []string{`id="menu-home"`, `id="menu-catalog"`, `id="shop-now"`, "Campfire Mug", "Accessories"}, want: outcome{Status: 200},
		},
		"RootForBrowsers": {
			reason: "A browser that asks for / gets the home page.",
			path:   "/", says: []string{`id="shop-now"`}, want: outcome{Status: 200},
		},
		"Catalog": {
			reason: "Cards carry the classes that public browser tests use.",
			path:   "/catalog", says: []string{`class="product-card"`, `class="product-name"`, `class="add-to-cart`, "2 products", "$10,000"}, want: outcome{Status: 200},
		},
		"CatalogNonsense": {
			reason: "A query that makes no sense shows the first page instead of an error.",
			path:   "/catalog?page=minus&size=-5&order=random", says: []string{"Campfire Mug"}, want: outcome{Status: 200},
		},
		"Product": {
			reason: "A product's page names it, describes its picture and offers it.",
			path:   "/catalog/" + mug.ID, says: []string{`id="add-to-cart"`, "Enamel.", `alt="A speckled enamel mug`, "Travels well with", "Dinghy"}, want: outcome{Status: 200},
		},
		"ProductUnknown": {
			reason: "A product that does not exist is a friendly 404.",
			path:   "/catalog/nothing", says: []string{"Nothing here but spinifex", `id="menu-catalog"`}, want: outcome{Status: 404},
		},
		"Search": {
			reason: "A search repeats the keyword and tells how much was found.",
			path:   "/catalog/search?keyword=m%C3%BCg", says: []string{"Showing results for “müg”", "1 product found", "Clear", `value="müg"`}, want: outcome{Status: 200},
		},
		"SearchForNothing": {
			reason: "An empty search is no search.",
			path:   "/catalog/search?keyword=%20", want: outcome{Status: 303, Location: "/catalog"},
		},
		"SearchForScript": {
			reason: "What people type is text, never markup.",
			path:   "/catalog/search?keyword=%3Cscript%3Ealert(1)%3C/script%3E", says: []string{"&lt;script&gt;alert(1)&lt;/script&gt;"}, want: outcome{Status: 200},
		},
		"Cart": {
			reason: "The cart has the classes that public browser tests use.",
			path:   "/cart", says: []string{`class="cart-item"`, `class="item-name"`, `class="cart-subtotal">$80<`, `id="checkout"`, `class="badge">2<`}, want: outcome{Status: 200},
		},
		"Address": {
			reason: "The address form comes filled in.",
			path:   "/checkout", says: []string{`value="John"`, `value="john_doe@example.com"`, `value="100 Main Street"`, `value="11111"`, `id="checkout-submit"`}, want: outcome{Status: 200},
		},
		"Delivery": {
			reason: "A way of delivery is chosen already.",
			path:   "/checkout/delivery", says: []string{`value="priority-mail" checked`, `id="checkout-submit"`}, want: outcome{Status: 200},
		},
		"Payment": {
			reason: "The payment form comes filled in and tells the total.",
			path:   "/checkout/payment", says: []string{`value="1234567890123456"`, "Place the order: $95", `id="checkout-submit"`}, want: outcome{Status: 200},
		},
		"OrderElsewhere": {
			reason: "Another browser sees the goods, but not what only the receipt tells.",
			path:   "/orders/o-1", says: []string{"Thank you, John!", "4 March 2026", `id="order-subtotal">$80<`, "in the browser that placed the order"}, want: outcome{Status: 200},
		},
		"OrderUnknown": {
			reason: "An order that does not exist is a 404.",
			path:   "/orders/o-2", want: outcome{Status: 404},
		},
		"OrderStrange": {
			reason: "What cannot be an order's id is not even asked for.",
			path:   "/orders/..%2f..%2fcarts", want: outcome{Status: 404},
		},
		"Information": {
			reason: "The information page names the process.",
			path:   "/info", says: []string{"Up for", "Theme"}, want: outcome{Status: 200},
		},
		"Unknown": {
			reason: "An unknown page looks like the shop.",
			path:   "/does/not/exist", says: []string{"Nothing here but spinifex"}, want: outcome{Status: 404},
		},
		"DoubleSlash": {
			reason: "A path with tricks in it is not found, rather than cleaned.",
			path:   "/catalog//search", want: outcome{Status: 404},
		},
	}
	h := serve(t, working())
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := outcomeOf(get(h, tc.path), tc.says...)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestBanner(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	w := httptest.NewRecorder()
	serve(t, working()).ServeHTTP(w, r)
	if kind := w.Header().Get("Content-Type"); kind != "text/plain; charset=utf-8" || !strings.Contains(w.Body.String(), "AusMart") {
		t.Errorf("what is no browser gets a banner: got %s\n%s", kind, w.Body)
	}
}

// TestOutage lets one backend fail at a time and checks every page.
func TestOutage(t *testing.T) {
	catalog := fakeCatalog{
		products: func(shop.Query) ([]shop.Product, error) { return nil, down("catalog") },
		product:  func(string) (shop.Product, error) { return shop.Product{}, down("catalog") },
		size:     func(string) (int, error) { return 0, down("catalog") },
		tags:     func() ([]shop.Tag, error) { return nil, down("catalog") },
		search:   func(string, int) ([]shop.Product, error) { return nil, down("catalog") },
	}
	carts := fakeCarts{
		cart:   func(string) (shop.Cart, error) { return shop.Cart{}, down("carts") },
		add:    func(string, shop.CartItem) error { return down("carts") },
		remove: func(string, string) error { return down("carts") },
		clear:  func(string) error { return down("carts") },
	}
	checkouts := fakeCheckouts{
		checkout: func(string) (shop.Checkout, error) { return shop.Checkout{}, down("checkout") },
		update:   func(string, shop.CheckoutUpdate) (shop.Checkout, error) { return shop.Checkout{}, down("checkout") },
		submit:   func(string) (shop.Submitted, error) { return shop.Submitted{}, down("checkout") },
	}
	orders := fakeOrders{order: func(string) (shop.Order, error) { return shop.Order{}, down("orders") }}

	noCatalog, noCarts, noCheckouts, noOrders := working(), working(), working(), working()
	noCatalog.Catalog, noCarts.Carts, noCheckouts.Checkouts, noOrders.Orders = catalog, carts, checkouts, orders
	noTags, noSize := working(), working()
	partial := working().Catalog.(fakeCatalog)
	partial.tags = catalog.tags
	noTags.Catalog = partial
	partial = working().Catalog.(fakeCatalog)
	partial.size = catalog.size
	noSize.Catalog = partial

	cases := map[string]struct {
		reason   string
		backends Backends
		path     string
		says     []string
		want     int
	}{
		"HomeWithoutCatalog":     {"The home page lives without products.", noCatalog, "/home", []string{`class="notice"`, `id="shop-now"`}, 200},
		"CatalogWithoutCatalog":  {"There is nothing to show without products.", noCatalog, "/catalog", []string{"Back in a moment", "The catalog is not answering", `href="/catalog">Try again`}, 503},
		"ProductWithoutCatalog":  {"An outage is no 404.", noCatalog, "/catalog/" + mug.ID, []string{"Back in a moment"}, 503},
		"SearchWithoutCatalog":   {"An outage is not an empty result.", noCatalog, "/catalog/search?keyword=mug", []string{"Back in a moment"}, 503},
		"CartWithoutCatalog":     {"A cart can be paid for without names.", noCatalog, "/cart", []string{"Product 631a3db5", `class="cart-subtotal">$80<`, `id="checkout"`, `class="notice"`}, 200},
		"CheckoutWithoutCatalog": {"A checkout goes by ids.", noCatalog, "/checkout", []string{`id="checkout-submit"`}, 200},
		"CatalogWithoutTags":     {"Categories are a convenience.", noTags, "/catalog", []string{"Campfire Mug", `class="notice"`}, 200},
		"CatalogWithoutSize":     {"The number of products is a convenience.", noSize, "/catalog", []string{"Campfire Mug"}, 200},
		"CatalogWithoutCarts":    {"People can look around without a cart.", noCarts, "/catalog", []string{"Campfire Mug", "Your cart is not answering"}, 200},
		"CartWithoutCarts":       {"A cart page without a cart says so.", noCarts, "/cart", []string{"Back in a moment", "Your cart is not answering"}, 503},
		"AddressWithoutCheckout": {"A checkout page without the service says so.", noCheckouts, "/checkout", []string{"an order is never placed twice"}, 503},
		"OrderWithoutOrders":     {"Without a receipt there is nothing to show.", noOrders, "/orders/o-1", []string{"The order desk is not answering"}, 503},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := get(serve(t, tc.backends), tc.path)
			if diff := cmp.Diff(outcome{Status: tc.want}, outcomeOf(w, tc.says...)); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
			if strings.Contains(w.Body.String(), "10.9.8.7") || strings.Contains(w.Body.String(), "EOF") {
				t.Errorf("%s\nthe page tells what is inside:\n%s", tc.reason, w.Body)
			}
			if again := w.Header().Get("Retry-After"); (tc.want == 503) != (again != "") {
				t.Errorf("%s\nRetry-After: got %q for status %d", tc.reason, again, tc.want)
			}
		})
	}
}

// hanging is a cart service that takes requests and never answers.
type hanging struct{ fakeCarts }

func (hanging) Cart(ctx context.Context, _ string) (shop.Cart, error) {
	<-ctx.Done()
	return shop.Cart{}, ctx.Err()
}

// TestHangingCart would only end after half a minute, and with an error, if the page waited for the
// cart as long as it may itself.
func TestHangingCart(t *testing.T) {
	b := working()
	b.Carts = hanging{}
	if diff := cmp.Diff(outcome{Status: 200}, outcomeOf(get(serve(t, b), "/catalog"), "Campfire Mug", "Your cart is not answering")); diff != "" {
		t.Errorf("a page does not wait for a cart that hangs\n-want +got:\n%s", diff)
	}
}

func TestPager(t *testing.T) {
	number := func(label, url string) choice { return choice{Label: label, URL: url} }
	current := func(label, url string) choice { return choice{Label: label, URL: url, Current: true} }
	cases := map[string]struct {
		reason      string
		query       shop.Query
		shown, size int
		want        pager
	}{
		"Single": {
			reason: "One page leads nowhere.",
			query:  shop.Query{Page: 1, Size: 6}, shown: 6, size: 6,
			want: pager{Pages: []choice{current("1", "/catalog")}},
		},
		"First": {
			reason: "The first page of two leads on, and keeps filter and order.",
			query:  shop.Query{Page: 1, Size: 6, Tag: "a&b", Order: "price_asc"}, shown: 6, size: 12,
			want: pager{
				Next:  "/catalog?order=price_asc&page=2&tag=a%26b",
				Pages: []choice{current("1", "/catalog?order=price_asc&tag=a%26b"), number("2", "/catalog?order=price_asc&page=2&tag=a%26b")},
			},
		},
		"UnknownSize": {
			reason: "Without a size, a full page may have a next one.",
			query:  shop.Query{Page: 2, Size: 6}, shown: 6, size: -1,
			want: pager{Previous: "/catalog", Next: "/catalog?page=3"},
		},
		"UnknownSizeLast": {
			reason: "Without a size, a page with room left is the last.",
			query:  shop.Query{Page: 2, Size: 6}, shown: 3, size: -1,
			want: pager{Previous: "/catalog"},
		},
		"Middle": {
			reason: "Of many pages only the near ones are shown.",
			query:  shop.Query{Page: 50, Size: 6}, shown: 6, size: 600,
			want: pager{
				Previous: "/catalog?page=49", Next: "/catalog?page=51",
				Pages: []choice{
					number("48", "/catalog?page=48"), number("49", "/catalog?page=49"), current("50", "/catalog?page=50"),
					number("51", "/catalog?page=51"), number("52", "/catalog?page=52"),
				},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, pagerOf(tc.query, tc.shown, tc.size)); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestSearchPages(t *testing.T) {
	found := make([]shop.Product, 13)
	for i := range found {
		found[i].ID = string(rune('a' + i))
	}
	b := results("a b", found, 3)
	want := searchBody{
		Products: found[12:], Count: 13,
		Pager: pager{Previous: "/catalog/search?keyword=a+b&page=2", Pages: []choice{
			{Label: "1", URL: "/catalog/search?keyword=a+b&page=1"}, {Label: "2", URL: "/catalog/search?keyword=a+b&page=2"},
			{Label: "3", URL: "/catalog/search?keyword=a+b&page=3", Current: true},
		}},
	}
	if diff := cmp.Diff(want, b); diff != "" {
		t.Errorf("the last page holds the rest\n-want +got:\n%s", diff)
	}
	if got := len(results("a", nil, 60).Products); got != 0 {
		t.Errorf("a page past the end of nothing is empty: got %d products", got)
	}
}
