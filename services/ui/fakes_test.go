package ui

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/service"
	"github.com/ausmart/platform/services/ui/session"
	"github.com/ausmart/platform/services/ui/shop"
)

var (
	_ Catalog   = fakeCatalog{}
	_ Carts     = fakeCarts{}
	_ Checkouts = fakeCheckouts{}
	_ Orders    = fakeOrders{}
)

type fakeCatalog struct {
	products func(q shop.Query) ([]shop.Product, error)
	product  func(id string) (shop.Product, error)
	size     func(tag string) (int, error)
	tags     func() ([]shop.Tag, error)
	search   func(keyword string, limit int) ([]shop.Product, error)
}

func (f fakeCatalog) Products(_ context.Context, q shop.Query) ([]shop.Product, error) {
	return f.products(q)
}
func (f fakeCatalog) Product(_ context.Context, id string) (shop.Product, error) {
	return f.product(id)
}
func (f fakeCatalog) Size(_ context.Context, tag string) (int, error) { return f.size(tag) }
func (f fakeCatalog) Tags(context.Context) ([]shop.Tag, error)        { return f.tags() }
func (f fakeCatalog) Search(_ context.Context, k string, n int) ([]shop.Product, error) {
	return f.search(k, n)
}

type fakeCarts struct {
	cart   func(customer string) (shop.Cart, error)
	add    func(customer string, item shop.CartItem) error
	remove func(customer, item string) error
	clear  func(customer string) error
}

func (f fakeCarts) Cart(_ context.Context, c string) (shop.Cart, error)    { return f.cart(c) }
func (f fakeCarts) Add(_ context.Context, c string, i shop.CartItem) error { return f.add(c, i) }
func (f fakeCarts) Remove(_ context.Context, c, i string) error            { return f.remove(c, i) }
func (f fakeCarts) Clear(_ context.Context, c string) error                { return f.clear(c) }

type fakeCheckouts struct {
	checkout func(customer string) (shop.Checkout, error)
	update   func(customer string, u shop.CheckoutUpdate) (shop.Checkout, error)
	submit   func(customer string) (shop.Submitted, error)
}

func (f fakeCheckouts) Checkout(_ context.Context, c string) (shop.Checkout, error) {
	return f.checkout(c)
}
func (f fakeCheckouts) Update(_ context.Context, c string, u shop.CheckoutUpdate) (shop.Checkout, error) {
	return f.update(c, u)
}
func (f fakeCheckouts) Submit(_ context.Context, c string) (shop.Submitted, error) {
	return f.submit(c)
}

type fakeOrders struct {
	order func(id string) (shop.Order, error)
}

func (f fakeOrders) Order(_ context.Context, id string) (shop.Order, error) { return f.order(id) }

// customer is the session of every test's browser.
const customer = "5f0c9a3e-3b2a-4d8e-9a57-0f6d1f1f7c11"

var (
	mug   = shop.Product{ID: "631a3db5-ac07-492c-a994-8cd56923c112", Name: "Campfire Mug", Price: 40, Description: "Enamel.", Tags: []shop.Tag{{Name: "accessories", DisplayName: "Accessories"}}}
	dingy = shop.Product{ID: "a1258cd2-176c-4507-ade6-746dab5ad625", Name: "Dinghy", Price: 10000, Tags: []shop.Tag{{Name: "vehicles", DisplayName: "Vehicles"}}}
)

// down is what a client returns for a service that does not answer. Its cause must never reach a page.
func down(service string) error {
	return &shop.Unavailable{Service: service, Err: errSecret}
}

var errSecret = &url.Error{Op: "Get", URL: "http://10.9.8.7/secret", Err: io.ErrUnexpectedEOF}

// working are backends that all answer: one product of each kind, a mug in the cart.
func working() Backends {
	cart := shop.Cart{CustomerID: customer, Items: []shop.CartItem{{ItemID: mug.ID, Quantity: 2, UnitPrice: 40}}}
	return Backends{
		Catalog: fakeCatalog{
			products: func(shop.Query) ([]shop.Product, error) { return []shop.Product{mug, dingy}, nil },
			product: func(id string) (shop.Product, error) {
				switch id {
				case mug.ID:
					return mug, nil
				case dingy.ID:
					return dingy, nil
				}
				return shop.Product{}, shop.ErrNotFound
			},
			size:   func(string) (int, error) { return 2, nil },
			tags:   func() ([]shop.Tag, error) { return []shop.Tag{mug.Tags[0], dingy.Tags[0]}, nil },
			search: func(string, int) ([]shop.Product, error) { return []shop.Product{mug}, nil },
		},
		Carts: fakeCarts{
			cart:   func(string) (shop.Cart, error) { return cart, nil },
			add:    func(string, shop.CartItem) error { return nil },
			remove: func(string, string) error { return nil },
			clear:  func(string) error { return nil },
		},
		Checkouts: fakeCheckouts{
			checkout: func(string) (shop.Checkout, error) { return paidFor(), nil },
			update:   func(string, shop.CheckoutUpdate) (shop.Checkout, error) { return paidFor(), nil },
			submit: func(string) (shop.Submitted, error) {
				return shop.Submitted{OrderID: "o-1", Email: "john_doe@example.com", Subtotal: 80, Shipping: 10, Tax: 5, Total: 95}, nil
			},
		},
		Orders: fakeOrders{order: func(id string) (shop.Order, error) {
			if id != "o-1" {
				return shop.Order{}, shop.ErrNotFound
			}
			return shop.Order{
				ID: "o-1", CreatedDate: "2026-03-04T05:06:07Z", Address: shop.OrderAddress{FirstName: "John", Email: "john_doe@example.com"},
				Items: []shop.OrderItem{{ProductID: mug.ID, Quantity: 2, UnitCost: 40, TotalCost: 80}},
			}, nil
		}},
	}
}

// paidFor is a checkout in which everything is chosen.
func paidFor() shop.Checkout {
	return shop.Checkout{
		Items: []shop.CheckoutItem{{ID: mug.ID, Name: mug.Name, Quantity: 2, Price: 40}}, Address: &shop.Address{FirstName: "John"},
		DeliveryToken: "priority-mail", Subtotal: 80, Shipping: 10, Tax: 5, Total: 95,
		ShippingRates: &shop.Rates{Rates: []shop.Rate{
			{Name: "Priority Mail", Amount: 10, Token: "priority-mail", EstimatedDays: 10},
			{Name: "Priority Mail Express", Amount: 25, Token: "priority-mail-express", EstimatedDays: 5},
		}},
	}
}

// serve returns the whole UI over b, with everything switched on.
func serve(t testing.TB, b Backends) http.Handler {
	t.Helper()
	endpoint := &url.URL{Scheme: "http", Host: "backend.invalid"}
	return serveWith(t, b, Config{Theme: "default", Debug: true, Endpoints: Endpoints{endpoint, endpoint, endpoint, endpoint}})
}

func serveWith(t testing.TB, b Backends, cfg Config) http.Handler {
	t.Helper()
	k, err := service.NewKit(t.Context(), "ui", env.Map(nil), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	base, err := sharedUI()
	if err != nil {
		t.Fatal(err)
	}
	u := *base
	u.Backends, u.config, u.mocked, u.log = b, cfg, cfg.Endpoints.mocked(), k.Log
	return u.Routes(k)
}

// sharedUI parses the pages and packs the assets once for all tests: nothing in them depends on a test.
var sharedUI = sync.OnceValues(func() (*UI, error) {
	return New(slog.New(slog.DiscardHandler), Config{Theme: "default"}, Backends{}, http.DefaultTransport)
})

// get requests a page as a browser with a session does.
func get(h http.Handler, target string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Header.Set("Accept", "text/html")
	return send(h, r, cookies...)
}

// post sends a form as a browser with a session does.
func post(h http.Handler, target string, form url.Values, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return send(h, r, cookies...)
}

func send(h http.Handler, r *http.Request, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	r.AddCookie(&http.Cookie{Name: session.Cookie, Value: customer})
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// values makes a form of pairs.
func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}
