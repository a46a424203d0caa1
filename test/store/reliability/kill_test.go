package reliability_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	amqp "github.com/rabbitmq/amqp091-go"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/ausmart/platform/test/store/servers"
)

const newOrder = `{"shippingAddress":{"firstName":"Ada","city":"Perth"},"items":[{"productId":"p1","quantity":1,"unitCost":5,"totalCost":5}]}`

// Replicas of orders are killed without notice, again and again, while customers order and try again when they get no
// answer. Every order that was answered exists, once, and its event was delivered at least once.
func TestOrdersKilled(t *testing.T) {
	broker := servers.RabbitMQ(t)
	vars := append(postgres(t), "RETAIL_ORDERS_MESSAGING_PROVIDER=rabbitmq", "RETAIL_ORDERS_MESSAGING_RABBITMQ_ADDRESSES="+broker.Addr)
	replicas := []*replica{start(t, "orders", vars...), start(t, "orders", vars...)}
	delivered := listen(t, broker.Addr)
	client := newClient(t)

	var mu sync.Mutex
	orders, answered, tries := map[string]bool{}, 0, 0 // Orders are known by their ids.
	stop := background(4, func(worker int, stopped func() bool) {
		for n := 0; !stopped(); n++ {
			key := fmt.Sprintf("%d-%d", worker, n)
			id, tried := orderUntilAnswered(t, client, replicas, key)
			mu.Lock()
			orders[id], answered, tries = true, answered+1, tries+tried
			mu.Unlock()
		}
	})
	for n := range *kills {
		time.Sleep(rand.N(100 * time.Millisecond)) // So that it dies at any point of its work.
		victim := replicas[n%len(replicas)]
		victim.kill()
		victim.run()
		victim.waitReady()
	}
	stop()

	kept := listOrders(t, client, replicas[0].url)
	waitFor(t, "every event", func() bool { return delivered.has(orders) })
	lost, doubled := 0, len(kept)-answered
	for id := range orders {
		if !kept[id] {
			lost++
		}
	}
	events, copies := delivered.count()
	t.Logf("%d kills: %d orders in %d tries, %d lost, %d doubled; %d events delivered, %d of them again",
		*kills, answered, tries, lost, doubled, events, copies-events)
	if lost != 0 || doubled != 0 {
		t.Errorf("%d orders were lost and %d doubled", lost, doubled)
	}
	if events != len(kept) {
		t.Errorf("%d events for %d orders", events, len(kept))
	}
}

// orderUntilAnswered posts an order until there is an answer, as checkout does for a customer who
// submits repeatedly.
func orderUntilAnswered(t *testing.T, client *http.Client, replicas []*replica, key string) (id string, tries int) {
	t.Helper()
	for {
		tries++
		url := replicas[rand.IntN(len(replicas))].url
		got := send(client, http.MethodPost, url+"/orders", newOrder, "Idempotency-Key", key)
		if got.status == http.StatusOK && got.err == nil {
			return idOf(t, got.body), tries
		}
		if got.status != 0 && got.status != http.StatusServiceUnavailable {
			t.Errorf("a customer got %v", got)
			return "", tries
		}
	}
}

// Replicas of checkout are killed while customers submit and try again when they get no answer.
// Each of them has one order.
func TestCheckoutKilled(t *testing.T) {
	orders := start(t, "orders", postgres(t)...)
	vars := []string{
		"RETAIL_CHECKOUT_ENDPOINTS_ORDERS=" + orders.url, "RETAIL_CHECKOUT_PERSISTENCE_PROVIDER=redis",
		"RETAIL_CHECKOUT_PERSISTENCE_REDIS_URL=redis://" + servers.Redis(t, "").Addr,
	}
	replicas := []*replica{start(t, "checkout", vars...), start(t, "checkout", vars...)}
	client := newClient(t)

	var mu sync.Mutex
	customers, tries := 0, 0
	stop := background(4, func(_ int, stopped func() bool) {
		for !stopped() {
			customer := uuid.NewString()
			tried := untilCreated(t, client, replicas, customer, "update", newCheckout) +
				untilCreated(t, client, replicas, customer, "submit", "")
			mu.Lock()
			customers, tries = customers+1, tries+tried
			mu.Unlock()
		}
	})
	for n := range *kills {
		time.Sleep(rand.N(100 * time.Millisecond))
		victim := replicas[n%len(replicas)]
		victim.kill()
		victim.run()
		victim.waitReady()
	}
	stop()
	kept := len(listOrders(t, client, orders.url))
	t.Logf("%d kills: %d customers submitted in %d requests, %d orders", *kills, customers, tries, kept)
	if kept != customers {
		t.Errorf("%d customers have %d orders", customers, kept)
	}
}

const newCheckout = `{"items":[{"id":"p1","name":"P","quantity":1,"price":5}],"deliveryOptionToken":"priority-mail",` +
	`"shippingAddress":{"firstName":"Ada","lastName":"L","address1":"1 A St","city":"Perth","state":"WA","zip":"6000"}}`

func untilCreated(t *testing.T, client *http.Client, replicas []*replica, customer, action, body string) (tries int) {
	t.Helper()
	for {
		tries++
		url := replicas[rand.IntN(len(replicas))].url + "/checkout/" + customer + "/" + action
		got := send(client, http.MethodPost, url, body)
		if got.status == http.StatusCreated && got.err == nil {
			return tries
		}
		if got.status != 0 && got.status != http.StatusServiceUnavailable {
			t.Errorf("%s got %v", action, got)
			return tries
		}
	}
}

// postgres returns the variables of an orders service on a database of its own.
func postgres(t *testing.T) []string {
	t.Helper()
	return on(servers.PostgreSQL(t))
}

func on(server *servers.SQL) []string {
	server.NewDatabase("orders", "secret")
	return []string{
		"RETAIL_ORDERS_PERSISTENCE_PROVIDER=postgres", "RETAIL_ORDERS_PERSISTENCE_ENDPOINT=" + server.Addr,
		"RETAIL_ORDERS_PERSISTENCE_USERNAME=orders", "RETAIL_ORDERS_PERSISTENCE_PASSWORD=secret",
	}
}

func idOf(t *testing.T, body string) string {
	t.Helper()
	var answer struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(strings.NewReader(body)).Decode(&answer); err != nil || answer.ID == "" {
		t.Errorf("an order has no id: %s", body)
	}
	return answer.ID
}

// listOrders returns the ids of all orders.
func listOrders(t *testing.T, client *http.Client, url string) map[string]bool {
	t.Helper()
	got := send(client, http.MethodGet, url+"/orders", "")
	var orders []struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(got.body), &orders); err != nil {
		t.Fatalf("cannot list orders: %v: %v", err, got)
	}
	ids := map[string]bool{}
	for _, o := range orders {
		ids[o.ID] = true
	}
	if len(ids) != len(orders) {
		t.Errorf("%d orders have %d ids", len(orders), len(ids))
	}
	return ids
}

// deliveries counts the events that came out of the broker, by order.
type deliveries struct {
	mu      sync.Mutex
	byOrder map[string]int
}

// listen consumes the queue that the sample's consumers listen to.
func listen(t *testing.T, addr string) *deliveries {
	t.Helper()
	conn, err := amqp.Dial("amqp://guest:guest@" + addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // The server ends too.
	channel, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := channel.QueueDeclare("orders-orders-queue", true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	messages, err := channel.Consume("orders-orders-queue", "", true, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &deliveries{byOrder: map[string]int{}}
	go func() {
		for m := range messages {
			d.add(t, m.Body)
		}
	}()
	return d
}

func (d *deliveries) add(t *testing.T, body []byte) {
	t.Helper()
	var event struct {
		Order struct {
			ID string `json:"id"`
		} `json:"order"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		t.Errorf("an event cannot be read: %v", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.byOrder[event.Order.ID]++
}

// has reports whether the event of each order has come.
func (d *deliveries) has(orders map[string]bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id := range orders {
		if d.byOrder[id] == 0 {
			return false
		}
	}
	return true
}

// count returns how many orders had an event, and how many events that were in all.
func (d *deliveries) count() (orders, events int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range d.byOrder {
		events += n
	}
	return len(d.byOrder), events
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, time.Minute, true, func(context.Context) (bool, error) { return done(), nil })
	if err != nil {
		t.Errorf("waited too long for %s: %v", what, err)
	}
}
