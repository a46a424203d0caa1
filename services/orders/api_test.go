package orders_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/service"
	"github.com/ausmart/platform/services/orders"
	"github.com/ausmart/platform/services/orders/order"
)

const posted = `{"shippingAddress":{"firstName":"Ada","lastName":"L","email":"a@example.com","address1":"1 A St","address2":"",` +
	`"city":"Perth","zipCode":"6000","state":"WA"},"items":[{"productId":"p1","quantity":2,"unitCost":10,"totalCost":20}]}`

// newHandler returns the service as its clients see it.
func newHandler(t testing.TB, vars map[string]string) http.Handler {
	t.Helper()
	k, err := service.NewKit(t.Context(), "orders", env.Map(vars), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	app, err := orders.Build(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Env.Err(); err != nil {
		t.Fatal(err)
	}
	return app.Handler
}

func call(t testing.TB, h http.Handler, method, path, body string, headers ...string) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, strings.TrimSpace(w.Body.String())
}

// post creates an order and returns it.
func post(t testing.TB, h http.Handler, body string, headers ...string) order.Order {
	t.Helper()
	status, answer := call(t, h, http.MethodPost, "/orders", body, headers...)
	var o order.Order
	if err := json.Unmarshal([]byte(answer), &o); status != http.StatusOK || err != nil {
		t.Fatalf("status %d, body %s", status, answer)
	}
	return o
}

// The wire format is what clients of the sample rely on.
func TestContract(t *testing.T) {
	h := newHandler(t, nil)
	status, answer := call(t, h, http.MethodPost, "/orders", posted)
	var id struct{ ID, CreatedDate string }
	if err := json.Unmarshal([]byte(answer), &id); err != nil || status != http.StatusOK {
		t.Fatalf("status %d, %v: %s", status, err, answer)
	}
	if _, err := time.Parse(time.RFC3339, id.CreatedDate); err != nil || uuid.Validate(id.ID) != nil {
		t.Errorf("id %q, createdDate %q: want a UUID and RFC 3339", id.ID, id.CreatedDate)
	}
	want := fmt.Sprintf(`%s,"id":%q,"createdDate":%q}`, strings.TrimSuffix(posted, "}"), id.ID, id.CreatedDate)
	cases := map[string]struct{ reason, path, want string }{
		"Posted": {reason: "the answer is the order, its id and its date", path: "", want: want},
		"One":    {reason: "an order can be read again", path: "/orders/" + id.ID, want: want},
		"All":    {reason: "the bare list is an array", path: "/orders", want: "[" + want + "]"},
		"Page":   {reason: "a page has the same shape", path: "/orders?page=1&size=1", want: "[" + want + "]"},
		"Past":   {reason: "past the end there is nothing, which is no error", path: "/orders?page=2&size=1", want: "[]"},
		"First":  {reason: "a page before the first is the first", path: "/orders?page=-3", want: "[" + want + "]"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, status := answer, http.StatusOK
			if tc.path != "" {
				status, got = call(t, h, http.MethodGet, tc.path, "")
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || status != http.StatusOK {
				t.Errorf("%s: status %d, -want, +got:\n%s", tc.reason, status, diff)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	type want struct {
		Status  int    `json:"-"`
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	page := want{400, 400, "page and size must be numbers, size from 1 to 1000"}
	cases := map[string]struct {
		reason, method, path, body string
		headers                    []string
		want                       want
	}{
		"Missing": {
			reason: "404 is for what does not exist", method: http.MethodGet, path: "/orders/" + uuid.NewString(),
			want: want{404, 404, "no such order"},
		},
		"NotAnID": {
			reason: "what cannot be an id does not exist either", method: http.MethodGet, path: "/orders/%00",
			want: want{404, 404, "no such order"},
		},
		"PageNotANumber": {reason: "guessing would hide a mistake", method: http.MethodGet, path: "/orders?page=x", want: page},
		"SizeTooLarge":   {reason: "memory is bounded", method: http.MethodGet, path: "/orders?size=1001", want: page},
		"PageTooLarge":   {reason: "offsets must not overflow", method: http.MethodGet, path: "/orders?page=9223372036854775807", want: page},
		"NotJSON": {
			reason: "the parser's own message is not shown", method: http.MethodPost, path: "/orders", body: "{",
			want: want{400, 400, "body is not valid JSON for this request: send one JSON value"},
		},
		"Invalid": {
			reason: "everything that is wrong is named", method: http.MethodPost, path: "/orders", body: `{"items":[{}]}`,
			want: want{400, 400, "this cannot be ordered: shippingAddress is missing; items[0].productId is missing"},
		},
		"LongKey": {
			reason: "keys are stored, so they are bounded", method: http.MethodPost, path: "/orders", body: posted,
			headers: []string{"Idempotency-Key", strings.Repeat("k", 256)},
			want:    want{400, 400, "this cannot be ordered: Idempotency-Key must have at most 255 bytes, not 256"},
		},
	}
	h := newHandler(t, nil)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got want
			status, answer := call(t, h, tc.method, tc.path, tc.body, tc.headers...)
			if err := json.Unmarshal([]byte(answer), &got); err != nil {
				t.Fatalf("%v: %s", err, answer)
			}
			got.Status = status
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestIdempotencyKey(t *testing.T) {
	h := newHandler(t, nil)
	first := post(t, h, posted, "Idempotency-Key", "k")
	again := post(t, h, strings.Replace(posted, "Perth", "Hobart", 1), "Idempotency-Key", "k")
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("a repetition returns the first order, even with another body: -want, +got:\n%s", diff)
	}
}

// The list without a page has no limit, so it is sent in pieces; the body must be the same as if it
// were sent at once.
func TestListOfEverything(t *testing.T) {
	for _, n := range []int{0, 1, 999, 1000, 1001, 2000, 2500} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			h := newHandler(t, nil)
			want := []order.Order{}
			for range n {
				want = append(want, post(t, h, posted))
			}
			_, answer := call(t, h, http.MethodGet, "/orders", "")
			var got []order.Order
			if err := json.Unmarshal([]byte(answer), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
		})
	}
}

// Without a database the answer is 503 with a message for the customer.
func TestDatabaseDown(t *testing.T) {
	h := newHandler(t, map[string]string{
		"RETAIL_ORDERS_PERSISTENCE_PROVIDER": "postgres",
		"RETAIL_ORDERS_PERSISTENCE_ENDPOINT": "127.0.0.1:1",
		"RETAIL_ORDERS_PERSISTENCE_PASSWORD": "hunter2",
	})
	const want = `{"code":503,"message":"orders cannot be stored or read at the moment"}`
	for _, c := range []struct{ method, path, body string }{
		{http.MethodPost, "/orders", posted},
		{http.MethodGet, "/orders", ""},
		{http.MethodGet, "/orders?page=1", ""},
		{http.MethodGet, "/orders/" + uuid.NewString(), ""},
	} {
		status, got := call(t, h, c.method, c.path, c.body)
		if diff := cmp.Diff(want, got); diff != "" || status != http.StatusServiceUnavailable {
			t.Errorf("%s %s: status %d, -want, +got:\n%s", c.method, c.path, status, diff)
		}
	}
	if status, _ := call(t, h, http.MethodGet, "/livez", ""); status != http.StatusOK {
		t.Errorf("/livez answers %d: a restart would not bring the database back", status)
	}
	if status, _ := call(t, h, http.MethodGet, "/health", ""); status != http.StatusServiceUnavailable {
		t.Errorf("/health answers %d without a database, want 503", status)
	}
}

func TestTopology(t *testing.T) {
	cases := map[string]struct {
		reason string
		vars   map[string]string
		want   string
	}{
		"Default": {
			reason: "nothing is needed to run it",
			want:   `{"persistenceProvider":"in-memory","databaseEndpoint":"N/A","messagingProvider":"in-memory","messagingEndpoint":"N/A"}`,
		},
		"Real": {
			reason: "endpoints are shown, passwords never",
			vars: map[string]string{
				"RETAIL_ORDERS_PERSISTENCE_PROVIDER":         "postgres",
				"RETAIL_ORDERS_PERSISTENCE_ENDPOINT":         "127.0.0.1:1",
				"RETAIL_ORDERS_PERSISTENCE_PASSWORD":         "hunter2",
				"RETAIL_ORDERS_MESSAGING_PROVIDER":           "rabbitmq",
				"RETAIL_ORDERS_MESSAGING_RABBITMQ_ADDRESSES": "127.0.0.1:2",
				"RETAIL_ORDERS_MESSAGING_RABBITMQ_PASSWORD":  "hunter2",
			},
			want: `{"persistenceProvider":"postgres","databaseEndpoint":"127.0.0.1:1","messagingProvider":"rabbitmq","messagingEndpoint":"127.0.0.1:2"}`,
		},
		"SQS": {
			reason: "the queue is the endpoint",
			vars:   map[string]string{"RETAIL_ORDERS_MESSAGING_PROVIDER": "sqs", "RETAIL_ORDERS_MESSAGING_SQS_TOPIC": "q"},
			want:   `{"persistenceProvider":"in-memory","databaseEndpoint":"N/A","messagingProvider":"sqs","messagingEndpoint":"q"}`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, got := call(t, newHandler(t, tc.vars), http.MethodGet, "/topology", "")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// An event carries on the trace of the request that made its order.
func TestEventIsTraced(t *testing.T) {
	const trace = "0af7651916cd43dd8448eb211c80319c"
	var log bytes.Buffer
	k, err := service.NewKit(t.Context(), "orders", env.Map(map[string]string{"LOG_LEVEL": "debug"}), &log)
	if err != nil {
		t.Fatal(err)
	}
	app, err := orders.Build(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	post(t, app.Handler, posted, "Traceparent", "00-"+trace+"-b7ad6b7169203331-01")
	log.Reset()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, task := range app.Tasks {
		_ = task(stopped) // It delivers pending events before it checks its context.
	}
	if !strings.Contains(log.String(), `"traceparent":"00-`+trace+"-") {
		t.Errorf("no event of trace %s in the log:\n%s", trace, log.String())
	}
}

// The names and labels are those of the sample's dashboards; the number of series does not grow with what clients invent.
func TestMetrics(t *testing.T) {
	h := newHandler(t, nil)
	post(t, h, posted, "Idempotency-Key", "k")
	post(t, h, posted, "Idempotency-Key", "k")
	for i := range 200 {
		post(t, h, strings.Replace(posted, `"p1"`, fmt.Sprintf(`"invented-%d"`, i), 1))
	}
	_, got := call(t, h, http.MethodGet, "/metrics", "")
	for _, line := range []string{
		`watch_orders_total{productId="*"} 201`,
		`watch_orders_total{productId="p1"} 2`,
		`watch_orders_total{productId="other"} 302`,
		`watch_orderTotal 4020`,
	} {
		if !strings.Contains(got+"\n", line+"\n") {
			t.Errorf("/metrics has no line %s", line)
		}
	}
	if n := strings.Count(got, "\nwatch_orders_total{"); n != 52 {
		t.Errorf("%d series of watch_orders_total, want 52", n)
	}
}

// FuzzCreate posts arbitrary bodies: the answer is an order that can be read again, or a 400 that a
// client can read.
func FuzzCreate(f *testing.F) {
	f.Add([]byte(posted), "")
	f.Add([]byte(posted), "key")
	f.Add([]byte(`{"shippingAddress":null,"items":[{"quantity":1e400}]}`), "\x00")
	f.Fuzz(func(t *testing.T, body []byte, key string) {
		h := newHandler(t, nil) // One for each: memory would be full in the end.
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/orders", strings.NewReader(string(body)))
		r.Header["Idempotency-Key"] = []string{key}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusBadRequest:
			if s := w.Body.String(); strings.Contains(s, "order.") || strings.Contains(s, "json:") {
				t.Errorf("message is not for a client: %s", s)
			}
		case http.StatusOK:
			var o order.Order
			if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil {
				t.Fatal(err)
			}
			if o.Total() < 0 {
				t.Errorf("total overflows: %d", o.Total())
			}
			if e, err := order.NewEvent("e", "", o); err != nil || len(e.Body) > 256<<10 {
				t.Errorf("event has %d bytes, %v: no broker takes it", len(e.Body), err)
			}
			if _, got := call(t, h, http.MethodGet, "/orders/"+o.ID, ""); got != strings.TrimSpace(w.Body.String()) {
				t.Errorf("answered %s, then %s", w.Body, got)
			}
		default:
			t.Errorf("status %d for %q", w.Code, body)
		}
	})
}
