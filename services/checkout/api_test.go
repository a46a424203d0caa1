package checkout_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/checkout"
	"github.com/ausmart/platform/services/checkout/purchase"
	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/server"
	"github.com/ausmart/platform/services/internal/service"
	"github.com/ausmart/platform/test/store/servers"
)

const (
	items   = `"items":[{"id":"a","name":"A","quantity":2,"price":100}]`
	address = `"shippingAddress":{"firstName":"Ada","lastName":"L","address1":"1 A St","city":"Perth","state":"WA","zip":"6000","email":"a@example.com"}`
	full    = `{` + items + `,` + address + `,"deliveryOptionToken":"priority-mail"}`
)

// newHandler returns the service as its clients see it.
func newHandler(t testing.TB, vars map[string]string) http.Handler {
	t.Helper()
	app, err := build(t, vars)
	if err != nil {
		t.Fatal(err)
	}
	return app.Handler
}

func build(t testing.TB, vars map[string]string) (server.App, error) {
	t.Helper()
	k, err := service.NewKit(t.Context(), "checkout", env.Map(vars), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	app, err := checkout.Build(t.Context(), k)
	return app, errors.Join(k.Env.Err(), err)
}

func call(t testing.TB, h http.Handler, method, path, body string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
	return w.Code, strings.TrimSpace(w.Body.String())
}

// answer is a status with a body that is compared as JSON: the order of fields is not part of the contract.
type answer struct {
	Status int
	Body   any
}

func ask(t testing.TB, h http.Handler, method, path, body string) answer {
	t.Helper()
	status, text := call(t, h, method, path, body)
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, text)
	}
	return answer{status, v}
}

func parse(t testing.TB, status int, text string) answer {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return answer{status, v}
}

// anonymous replaces what is random.
func anonymous(a answer) answer {
	hide := func(m map[string]any, key string) {
		if s, ok := m[key].(string); ok && len(s) >= 16 {
			m[key] = "random"
		}
	}
	if m, ok := a.Body.(map[string]any); ok {
		for _, key := range []string{"paymentId", "paymentToken", "orderId"} {
			hide(m, key)
		}
		if rates, ok := m["shippingRates"].(map[string]any); ok {
			hide(rates, "shipmentId")
		}
	}
	return a
}

// The wire format is what clients of the sample rely on.
func TestContract(t *testing.T) {
	const (
		random  = `"paymentId":"random","paymentToken":"random"`
		priced  = `"items":[{"id":"a","name":"A","quantity":2,"price":100,"totalCost":200}]`
		rates   = `{"shipmentId":"random","rates":[{"name":"Priority Mail","amount":10,"token":"priority-mail","estimatedDays":10},{"name":"Priority Mail Express","amount":25,"token":"priority-mail-express","estimatedDays":5}]}`
		missing = `{"message":"Checkout not found","error":"Not Found","statusCode":404}`
		done    = `{"orderId":"random","email":"a@example.com",` + priced + `,"subtotal":200,"shipping":10,"tax":5,"total":215}`
	)
	h := newHandler(t, nil)
	for _, step := range []struct {
		reason, method, path, body string
		status                     int
		want                       string
	}{
		{"nothing is there yet", "GET", "/checkout/c", "", 404, missing},
		{"nothing can be submitted", "POST", "/checkout/c/submit", "", 404, missing},
		{
			"without an address rates are null and amounts unknown", "POST", "/checkout/c/update", `{` + items + `}`, 201,
			`{"shippingRates":null,` + priced + `,` + random + `,"subtotal":200,"shipping":-1,"tax":-1,"total":200}`,
		},
		{
			"an order must go somewhere", "POST", "/checkout/c/submit", "", 400,
			`{"message":["shippingAddress is missing: update the checkout with one, then submit it"],"error":"Bad Request","statusCode":400}`,
		},
		{
			"everything is priced", "POST", "/checkout/c/update", full, 201,
			`{"shippingRates":` + rates + `,` + address + `,"deliveryOptionToken":"priority-mail",` + priced + `,` + random + `,"subtotal":200,"shipping":10,"tax":5,"total":215}`,
		},
		{
			"and can be read again", "GET", "/checkout/c", "", 200,
			`{"shippingRates":` + rates + `,` + address + `,"deliveryOptionToken":"priority-mail",` + priced + `,` + random + `,"subtotal":200,"shipping":10,"tax":5,"total":215}`,
		},
		{"submitting makes the order", "POST", "/checkout/c/submit", "", 201, done},
		{"submitting again answers the same", "POST", "/checkout/c/submit", "", 201, done},
		{"what has become an order is no checkout any more", "GET", "/checkout/c", "", 404, missing},
		{"another customer has nothing of it", "GET", "/checkout/d", "", 404, missing},
	} {
		got := anonymous(ask(t, h, step.method, step.path, step.body))
		if diff := cmp.Diff(parse(t, step.status, step.want), got); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", step.reason, diff)
		}
	}
}

func TestRefusals(t *testing.T) {
	bad := func(messages ...string) string {
		return `{"message":["` + strings.Join(messages, `","`) + `"],"error":"Bad Request","statusCode":400}`
	}
	cases := map[string]struct {
		reason, path, body string
		want               string
	}{
		"NotJSON": {
			reason: "the parser's own message is not shown", path: "/checkout/c/update", body: `{`,
			want: bad("body is not valid JSON for this request: send one JSON value"),
		},
		"Invalid": {
			reason: "each mistake is an entry of the list", path: "/checkout/c/update", body: `{"items":[{"id":"a"}],"shippingAddress":{"firstName":"A","lastName":"B","address1":"C","city":"D","state":"E"}}`,
			want: bad("items.0.quantity must be a number from 1 to 1000000", "shippingAddress.zip should not be empty"),
		},
		"LongCustomer": {
			reason: "keys are bounded", path: "/checkout/" + strings.Repeat("c", 256) + "/submit",
			want: bad("this cannot be checked out: the customer's id has more than 255 bytes"),
		},
	}
	h := newHandler(t, nil)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(parse(t, 400, tc.want), ask(t, h, http.MethodPost, tc.path, tc.body)); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestHealth(t *testing.T) {
	h := newHandler(t, nil)
	want := parse(t, 200, `{"status":"ok","info":{"chaos":{"status":"up"}},"error":{},"details":{"chaos":{"status":"up"}}}`)
	if diff := cmp.Diff(want, ask(t, h, http.MethodGet, "/health", "")); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if status, _ := call(t, h, http.MethodPost, "/chaos/health", ""); status != http.StatusCreated {
		t.Errorf("POST /chaos/health answers %d, the sample's checkout 201", status)
	}
	want = parse(t, 503, `{"status":"error","info":{},"error":{"chaos":{"status":"down"}},"details":{"chaos":{"status":"down"}}}`)
	if diff := cmp.Diff(want, ask(t, h, http.MethodGet, "/health", "")); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestTopology(t *testing.T) {
	cases := map[string]struct {
		reason string
		vars   map[string]string
		want   string
	}{
		"Default": {
			reason: "a mock of the orders service is clearly named",
			want:   `{"persistenceProvider":"in-memory","databaseEndpoint":"N/A","ordersEndpoint":"MOCK: orders are made up and kept nowhere"}`,
		},
		"Real": {
			reason: "endpoints are shown, passwords never",
			vars: map[string]string{
				"RETAIL_CHECKOUT_PERSISTENCE_PROVIDER":  "redis",
				"RETAIL_CHECKOUT_PERSISTENCE_REDIS_URL": "rediss://user:hunter2@127.0.0.1:1/3",
				"RETAIL_CHECKOUT_ENDPOINTS_ORDERS":      "http://user:hunter2@127.0.0.1:2/",
			},
			want: `{"persistenceProvider":"redis","databaseEndpoint":"127.0.0.1:1","ordersEndpoint":"http://127.0.0.1:2"}`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := ask(t, newHandler(t, tc.vars), http.MethodGet, "/topology", "")
			if diff := cmp.Diff(parse(t, 200, tc.want), got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestMisconfigured(t *testing.T) {
	cases := map[string]struct {
		reason string
		vars   map[string]string
		want   string
	}{
		"Provider": {
			reason: "a typing mistake must not end in memory",
			vars:   map[string]string{"RETAIL_CHECKOUT_PERSISTENCE_PROVIDER": "reddis"},
			want:   `cannot use RETAIL_CHECKOUT_PERSISTENCE_PROVIDER: "reddis" is not one of in-memory, redis`,
		},
		"RedisURL": {
			reason: "a URL may hold a password, so the message does not repeat it",
			vars:   map[string]string{"RETAIL_CHECKOUT_PERSISTENCE_PROVIDER": "redis", "RETAIL_CHECKOUT_PERSISTENCE_REDIS_URL": "http://:hunter2@x"},
			want:   "cannot use Redis URL: it must look like redis://host:6379/0 or rediss://host:6379/0",
		},
		"Orders": {
			reason: "a submit is too late to find out",
			vars:   map[string]string{"RETAIL_CHECKOUT_ENDPOINTS_ORDERS": "orders:80"},
			want:   "cannot use RETAIL_CHECKOUT_ENDPOINTS_ORDERS: it must look like http://orders",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := build(t, tc.vars)
			if diff := cmp.Diff(tc.want, fmt.Sprint(err)); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// Without Redis the answer is 503 with a message for the customer.
func TestRedisDown(t *testing.T) {
	h := newHandler(t, map[string]string{
		"RETAIL_CHECKOUT_PERSISTENCE_PROVIDER":  "redis",
		"RETAIL_CHECKOUT_PERSISTENCE_REDIS_URL": "redis://:hunter2@127.0.0.1:1",
	})
	want := parse(t, 503, `{"message":"checkouts cannot be stored or read at the moment","error":"Service Unavailable","statusCode":503}`)
	for _, c := range []struct{ method, path, body string }{
		{http.MethodGet, "/checkout/c", ""}, {http.MethodPost, "/checkout/c/update", full}, {http.MethodPost, "/checkout/c/submit", ""},
	} {
		if diff := cmp.Diff(want, ask(t, h, c.method, c.path, c.body)); diff != "" {
			t.Errorf("%s %s: -want, +got:\n%s", c.method, c.path, diff)
		}
	}
}

// ordersServer is an orders service that remembers the keys it was asked for.
type ordersServer struct {
	answer func(call int, w http.ResponseWriter)

	mu   sync.Mutex
	keys []string
	body []string
}

func (s *ordersServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // What is missing shows in the comparison.
	s.mu.Lock()
	s.keys = append(s.keys, r.Header.Get("Idempotency-Key"))
	s.body = append(s.body, string(body))
	n := len(s.keys)
	s.mu.Unlock()
	s.answer(n, w)
}

func withOrders(t *testing.T, answer func(call int, w http.ResponseWriter)) (*ordersServer, http.Handler) {
	t.Helper()
	s := &ordersServer{answer: answer}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return s, newHandler(t, map[string]string{"RETAIL_CHECKOUT_ENDPOINTS_ORDERS": srv.URL})
}

func ok(_ int, w http.ResponseWriter) { _, _ = io.WriteString(w, `{"id":"order-1"}`) }

func TestSubmitPostsTheOrder(t *testing.T) {
	s, h := withOrders(t, ok)
	ask(t, h, http.MethodPost, "/checkout/c/update", full)
	ask(t, h, http.MethodPost, "/checkout/c/submit", "")
	want := []string{`{"shippingAddress":{"firstName":"Ada","lastName":"L","email":"a@example.com","address1":"1 A St","address2":"",` +
		`"city":"Perth","zipCode":"6000","state":"WA"},"items":[{"productId":"a","quantity":2,"unitCost":100,"totalCost":200}]}`}
	if diff := cmp.Diff(want, s.body); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// A submit can fail at the orders service in several ways. The next one always uses the same key.
func TestSubmitAgain(t *testing.T) {
	unavailable := `{"message":"the order cannot be placed at the moment, submit again in a moment","error":"Service Unavailable","statusCode":503}`
	cases := map[string]struct {
		reason string
		first  func(w http.ResponseWriter)
		status int
		want   string
	}{
		"Unavailable": {
			reason: "orders has lost its database",
			first:  func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) },
			status: 503, want: unavailable,
		},
		"Cut": {
			reason: "orders was killed before it answered, so it is unknown whether there is an order",
			first:  func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
			status: 503, want: unavailable,
		},
		"Nonsense": {
			reason: "something else answered in its place",
			first:  func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>") },
			status: 503, want: unavailable,
		},
		"Rejected": {
			reason: "orders will never take this, and says why",
			first: func(w http.ResponseWriter) {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, `{"code":400,"message":"too heavy"}`)
			},
			status: 400, want: `{"message":["the order was not accepted: too heavy"],"error":"Bad Request","statusCode":400}`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var back atomic.Bool
			s, h := withOrders(t, func(call int, w http.ResponseWriter) {
				if back.Load() {
					ok(call, w)
					return
				}
				tc.first(w)
			})
			ask(t, h, http.MethodPost, "/checkout/c/update", full)
			if diff := cmp.Diff(parse(t, tc.status, tc.want), ask(t, h, http.MethodPost, "/checkout/c/submit", "")); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
			back.Store(true)
			if got := ask(t, h, http.MethodPost, "/checkout/c/submit", ""); got.Status != http.StatusCreated {
				t.Errorf("%s: submitting again answers %v", tc.reason, got)
			}
			for _, key := range s.keys {
				if key != s.keys[0] || key == "" {
					t.Errorf("%s: posted under the keys %q, want one", tc.reason, s.keys)
				}
			}
		})
	}
}

// The order is made, but Redis is gone before that is recorded, as after a crash at that point. The
// customer still has the order: submitting again finds it instead of making another.
func TestReceiptLost(t *testing.T) {
	store := servers.Redis(t, "")
	orders := &ordersServer{answer: func(call int, w http.ResponseWriter) {
		if call == 1 {
			store.Stop()
		}
		ok(call, w)
	}}
	srv := httptest.NewServer(orders)
	defer srv.Close()
	h := newHandler(t, map[string]string{
		"RETAIL_CHECKOUT_ENDPOINTS_ORDERS":      srv.URL,
		"RETAIL_CHECKOUT_PERSISTENCE_PROVIDER":  "redis",
		"RETAIL_CHECKOUT_PERSISTENCE_REDIS_URL": "redis://" + store.Addr,
	})
	ask(t, h, http.MethodPost, "/checkout/c/update", full)
	first := ask(t, h, http.MethodPost, "/checkout/c/submit", "")
	store.Start()
	eventually(t, func() error {
		if status, text := call(t, h, http.MethodGet, "/readyz", ""); status != http.StatusOK {
			return errors.New(text)
		}
		return nil
	})
	again := ask(t, h, http.MethodPost, "/checkout/c/submit", "")
	if diff := cmp.Diff(first, again); diff != "" || first.Status != http.StatusCreated {
		t.Errorf("both submits answer the order: status %d, -first, +again:\n%s", first.Status, diff)
	}
	if len(orders.keys) != 2 || orders.keys[0] != orders.keys[1] {
		t.Errorf("the order was posted under the keys %q, want one key twice", orders.keys)
	}
}

// Once an order may exist, its content cannot be changed any more. An order that the orders service
// refused can be.
func TestUpdateAfterFailedSubmit(t *testing.T) {
	changed := strings.Replace(full, "Perth", "Hobart", 1)
	cases := map[string]struct {
		reason  string
		refusal int
		body    string
		want    int
	}{
		"SameAgain": {reason: "the form is sent again", refusal: 503, body: full, want: 201},
		"Changed":   {reason: "an order to the old address may exist", refusal: 503, body: changed, want: 409},
		"Refused":   {reason: "there is no order", refusal: 400, body: changed, want: 201},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, h := withOrders(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(tc.refusal) })
			ask(t, h, http.MethodPost, "/checkout/c/update", full)
			ask(t, h, http.MethodPost, "/checkout/c/submit", "")
			if got := ask(t, h, http.MethodPost, "/checkout/c/update", tc.body); got.Status != tc.want {
				t.Errorf("%s: update answers %v, want status %d", tc.reason, got, tc.want)
			}
		})
	}
}

// Each purchase is an order of its own.
func TestTwoPurchasesTwoOrders(t *testing.T) {
	s, h := withOrders(t, ok)
	for range 2 {
		ask(t, h, http.MethodPost, "/checkout/c/update", full)
		ask(t, h, http.MethodPost, "/checkout/c/submit", "")
	}
	if len(s.keys) != 2 || s.keys[0] == s.keys[1] {
		t.Errorf("two purchases were posted under the keys %q", s.keys)
	}
}

// FuzzUpdate sends arbitrary bodies: the answer is a checkout whose sums are right, or a 400 that a
// client can read.
func FuzzUpdate(f *testing.F) {
	h := newHandler(f, nil)
	f.Add([]byte(full))
	f.Add([]byte(`{` + items + `}`))
	f.Add([]byte(`{"items":[{"quantity":1e400}],"shippingAddress":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		status, text := call(t, h, http.MethodPost, "/checkout/c/update", string(body))
		switch status {
		case http.StatusBadRequest:
			if strings.Contains(text, "purchase.") || strings.Contains(text, "json:") {
				t.Errorf("message is not for a client: %s", text)
			}
		case http.StatusCreated:
			var c purchase.Checkout
			if err := json.Unmarshal([]byte(text), &c); err != nil {
				t.Fatal(err)
			}
			sum := 0
			for _, i := range c.Items {
				sum += i.TotalCost
			}
			if sum != c.Subtotal || sum < 0 || c.Total != sum+max(c.Shipping, 0)+max(c.Tax, 0) {
				t.Errorf("sums are wrong in %s", text)
			}
			if _, got := call(t, h, http.MethodGet, "/checkout/c", ""); got != text {
				t.Errorf("answered %s, then %s", text, got)
			}
		default:
			t.Errorf("status %d for %q", status, body)
		}
	})
}
