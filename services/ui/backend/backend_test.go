package backend

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/ui/shop"
)

// sent is what a service received.
type sent struct {
	Method, Target, Body, ContentType string
}

// service answers every request with status and body, and remembers the last one.
func service(t *testing.T, status int, body string) (*url.URL, *sent) {
	t.Helper()
	last := &sent{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body) // A broken body shows in the comparison.
		*last = sent{r.Method, r.URL.String(), string(data), r.Header.Get("Content-Type")}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	base, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return base, last
}

// TestCalls checks each call against the services' HTTP contract.
func TestCalls(t *testing.T) {
	cases := map[string]struct {
		reason string
		status int
		body   string
		call   func(base *url.URL) (any, error)
		want   any
		sent   sent
	}{
		"Products": {
			reason: "A page of products is asked for by tag, order, page and size.",
			status: 200, body: `[{"id":"a","name":"A","price":5,"tags":[{"name":"t","displayName":"T"}]}]`,
			call: func(b *url.URL) (any, error) {
				return NewCatalog(b, Transport()).Products(context.Background(), shop.Query{Tag: "t", Order: "price_asc", Page: 2, Size: 6})
			},
			want: []shop.Product{{ID: "a", Name: "A", Price: 5, Tags: []shop.Tag{{Name: "t", DisplayName: "T"}}}},
			sent: sent{Method: "GET", Target: "/catalog/products?order=price_asc&page=2&size=6&tags=t"},
		},
		"Product": {
			reason: "An id cannot leave its segment of the path.",
			status: 200, body: `{"id":"a"}`,
			call: func(b *url.URL) (any, error) {
				return NewCatalog(b, Transport()).Product(context.Background(), "../../metrics?x=1")
			},
			want: shop.Product{ID: "a"}, sent: sent{Method: "GET", Target: "/catalog/products/..%2F..%2Fmetrics%3Fx=1"},
		},
		"ProductDots": {
			reason: "Not even as a whole segment.",
			status: 200, body: `{"id":"a"}`,
			call: func(b *url.URL) (any, error) {
				return NewCatalog(b, Transport()).Product(context.Background(), "..")
			},
			want: shop.Product{ID: "a"}, sent: sent{Method: "GET", Target: "/catalog/products/%2E%2E"},
		},
		"Size": {
			reason: "The size is a number in an object.", status: 200, body: `{"size":12}`,
			call: func(b *url.URL) (any, error) { return NewCatalog(b, Transport()).Size(context.Background(), "food") },
			want: 12, sent: sent{Method: "GET", Target: "/catalog/size?tags=food"},
		},
		"Search": {
			reason: "A keyword is escaped.", status: 200, body: `[]`,
			call: func(b *url.URL) (any, error) {
				return NewCatalog(b, Transport()).Search(context.Background(), "a&b", 60)
			},
			want: []shop.Product{}, sent: sent{Method: "GET", Target: "/catalog/search?keyword=a%26b&page=1&size=60"},
		},
		"Cart": {
			reason: "A cart has items.", status: 200, body: `{"customerId":"c","items":[{"itemId":"a","quantity":2,"unitPrice":40}]}`,
			call: func(b *url.URL) (any, error) { return NewCarts(b, Transport()).Cart(context.Background(), "c") },
			want: shop.Cart{CustomerID: "c", Items: []shop.CartItem{{ItemID: "a", Quantity: 2, UnitPrice: 40}}},
			sent: sent{Method: "GET", Target: "/carts/c"},
		},
		"AddToCart": {
			reason: "An item is posted with its price.", status: 201, body: `{}`,
			call: func(b *url.URL) (any, error) {
				return nil, NewCarts(b, Transport()).Add(context.Background(), "c", shop.CartItem{ItemID: "a", Quantity: 2, UnitPrice: 40})
			},
			sent: sent{Method: "POST", Target: "/carts/c/items", Body: `{"itemId":"a","quantity":2,"unitPrice":40}`, ContentType: "application/json"},
		},
		"RemoveFromCart": {
			reason: "An item is deleted by its id.", status: 202,
			call: func(b *url.URL) (any, error) {
				return nil, NewCarts(b, Transport()).Remove(context.Background(), "c", "a")
			},
			sent: sent{Method: "DELETE", Target: "/carts/c/items/a"},
		},
		"ClearCart": {
			reason: "A cart is deleted as a whole.", status: 202,
			call: func(b *url.URL) (any, error) { return nil, NewCarts(b, Transport()).Clear(context.Background(), "c") },
			sent: sent{Method: "DELETE", Target: "/carts/c"},
		},
		"Checkout": {
			reason: "Without an address there are no rates.", status: 200, body: `{"shippingRates":null,"items":[],"subtotal":5,"shipping":-1,"tax":-1,"total":5}`,
			call: func(b *url.URL) (any, error) { return NewCheckouts(b, Transport()).Checkout(context.Background(), "c") },
			want: shop.Checkout{Items: []shop.CheckoutItem{}, Subtotal: 5, Shipping: -1, Tax: -1, Total: 5},
			sent: sent{Method: "GET", Target: "/checkout/c"},
		},
		"Update": {
			reason: "What is not chosen yet is left out.", status: 201, body: `{"tax":5,"shippingRates":{"shipmentId":"s","rates":[{"name":"N","amount":10,"token":"t","estimatedDays":3}]}}`,
			call: func(b *url.URL) (any, error) {
				return NewCheckouts(b, Transport()).Update(context.Background(), "c", shop.CheckoutUpdate{Items: []shop.CheckoutItem{{ID: "a", Name: "A", Quantity: 1, Price: 5}}})
			},
			want: shop.Checkout{Tax: 5, ShippingRates: &shop.Rates{ShipmentID: "s", Rates: []shop.Rate{{Name: "N", Amount: 10, Token: "t", EstimatedDays: 3}}}},
			sent: sent{Method: "POST", Target: "/checkout/c/update", Body: `{"items":[{"id":"a","name":"A","quantity":1,"price":5}]}`, ContentType: "application/json"},
		},
		"Submit": {
			reason: "A submitted checkout is an order.", status: 201, body: `{"orderId":"o","email":"e","subtotal":1,"shipping":2,"tax":3,"total":6}`,
			call: func(b *url.URL) (any, error) { return NewCheckouts(b, Transport()).Submit(context.Background(), "c") },
			want: shop.Submitted{OrderID: "o", Email: "e", Subtotal: 1, Shipping: 2, Tax: 3, Total: 6},
			sent: sent{Method: "POST", Target: "/checkout/c/submit"},
		},
		"Order": {
			reason: "An order has unit costs.", status: 200, body: `{"id":"o","items":[{"productId":"a","quantity":2,"unitCost":40,"totalCost":80}],"shippingAddress":{"zipCode":"2000"}}`,
			call: func(b *url.URL) (any, error) { return NewOrders(b, Transport()).Order(context.Background(), "o") },
			want: shop.Order{ID: "o", Items: []shop.OrderItem{{ProductID: "a", Quantity: 2, UnitCost: 40, TotalCost: 80}}, Address: shop.OrderAddress{ZipCode: "2000"}},
			sent: sent{Method: "GET", Target: "/orders/o"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			base, last := service(t, tc.status, tc.body)
			got, err := tc.call(base)
			if err != nil {
				t.Fatalf("%s\n%v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.sent, *last); diff != "" {
				t.Errorf("%s\nsent, -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	cases := map[string]struct {
		reason      string
		status      int
		body        string
		is          error
		unavailable bool
	}{
		"NotFound":  {"A 404 is what does not exist.", 404, `{"code":404}`, shop.ErrNotFound, false},
		"Invalid":   {"A 400 is what we sent wrongly.", 400, `{}`, shop.ErrInvalid, false},
		"TooMany":   {"A 429 is a service that cannot now.", 429, ``, nil, true},
		"Down":      {"A 503 is a service that cannot now.", 503, `{"message":"driver: bad connection"}`, nil, true},
		"Redirect":  {"A redirect is not followed.", 302, ``, nil, true},
		"Nonsense":  {"An answer that is no JSON is a broken service.", 200, `<html>`, nil, true},
		"Nothing":   {"An empty answer is a broken service.", 200, ``, nil, true},
		"WrongType": {"A price that is no number is a broken service.", 200, `{"price":"free"}`, nil, true},
		"Endless":   {"An answer that is too large is not read into memory.", 200, `{"name":"` + strings.Repeat("x", maxAnswer) + `"}`, nil, true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			base, _ := service(t, tc.status, tc.body)
			_, err := NewCatalog(base, Transport()).Product(t.Context(), "a")
			var unavailable *shop.Unavailable
			if tc.is != nil && !errors.Is(err, tc.is) || errors.As(err, &unavailable) != tc.unavailable {
				t.Errorf("%s\ngot %v", tc.reason, err)
			}
			if strings.Contains(err.Error(), "driver") {
				t.Errorf("%s\nthe error repeats the body: %v", tc.reason, err)
			}
		})
	}
}

// TestNoCustomerInErrors keeps session ids out of the log.
func TestNoCustomerInErrors(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	base, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	_, err = NewCarts(base, Transport()).Cart(t.Context(), "my-session")
	if err == nil || strings.Contains(err.Error(), "my-session") {
		t.Errorf("an outage is an error without the customer: got %v", err)
	}
}

// TestEndsWithTheRequest checks that a call ends when its request is cancelled.
func TestEndsWithTheRequest(t *testing.T) {
	reached, gone := make(chan struct{}), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(reached)
		<-r.Context().Done()
		close(gone)
	}))
	defer s.Close()
	base, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	go func() { <-reached; stop() }()
	if _, err := NewCatalog(base, Transport()).Product(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want it to be canceled", err)
	}
	<-gone
}

// TestEachCallHasADeadline checks the context that the transport gets, so that the test need not
// wait for a deadline.
func TestEachCallHasADeadline(t *testing.T) {
	var without atomic.Int64
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		if _, ok := r.Context().Deadline(); !ok {
			without.Add(1)
		}
		return nil, errors.New("not today")
	})
	base := &url.URL{Scheme: "http", Host: "backend.invalid"}
	ctx := context.Background()
	_, _ = NewCatalog(base, transport).Tags(ctx)
	_, _ = NewCheckouts(base, transport).Submit(ctx, "c")
	_ = NewCarts(base, transport).Clear(ctx, "c")
	_ = NewOrders(base, transport).Status(ctx)
	if n := without.Load(); n > 0 {
		t.Errorf("calls without a deadline: got %d", n)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestConnectionsAreKept counts connections: a hundred calls need one.
func TestConnectionsAreKept(t *testing.T) {
	var opened atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/gone") {
			http.Error(w, "{}", http.StatusNotFound)
			return
		}
		_ = json.NewEncoder(w).Encode(shop.Product{ID: "a"}) // A test's own type.
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	base, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := NewCatalog(base, Transport())
	for i := range 100 {
		id := "a"
		if i%2 == 1 {
			id = "gone" // Errors must not cost a connection either.
		}
		_, _ = c.Product(t.Context(), id)
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("connections for 100 calls: got %d, want 1", n)
	}
}

func TestStatus(t *testing.T) {
	cases := map[string]struct {
		reason  string
		answers map[string]string // By path; what is not there is a 404.
		want    shop.Status
	}{
		"Healthy": {
			reason: "The store comes first, and what does not apply is left out.",
			answers: map[string]string{
				"/readyz": "ok", "/topology": `{"databaseEndpoint":"db:3306","messagingEndpoint":"N/A","persistenceProvider":"mysql","count":3}`,
			},
			want: shop.Status{Service: "catalog", Healthy: true, Facts: []shop.Fact{{Name: "store", Value: "mysql"}, {Name: "database endpoint", Value: "db:3306"}}},
		},
		"Sample": {
			reason:  "The public sample's services have /health only.",
			answers: map[string]string{"/health": "OK"},
			want:    shop.Status{Service: "catalog", Healthy: true},
		},
		"Down": {
			reason: "A service that answers nothing is not healthy.",
			want:   shop.Status{Service: "catalog"},
		},
		"Talkative": {
			reason:  "What a service tells of itself is bounded.",
			answers: map[string]string{"/readyz": "ok", "/topology": `{"persistenceProvider":"` + strings.Repeat("é", 500) + `"}`},
			want:    shop.Status{Service: "catalog", Healthy: true, Facts: []shop.Fact{{Name: "store", Value: strings.Repeat("é", maxFact) + "…"}}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answer, ok := tc.answers[r.URL.Path]
				if !ok {
					http.NotFound(w, r)
					return
				}
				_, _ = io.WriteString(w, answer)
			}))
			defer s.Close()
			base, err := url.Parse(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			got := NewCatalog(base, Transport()).Status(t.Context())
			tc.want.Endpoint = base.Host
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
