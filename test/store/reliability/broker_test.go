package reliability_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/ausmart/platform/test/store/servers"
)

// The broker goes down while customers order. All orders succeed, and once the broker is back it
// gets every event.
func TestBrokerRestarts(t *testing.T) {
	broker := servers.RabbitMQ(t)
	service := start(t, "orders", append(postgres(t),
		"RETAIL_ORDERS_MESSAGING_PROVIDER=rabbitmq", "RETAIL_ORDERS_MESSAGING_RABBITMQ_ADDRESSES="+broker.Addr)...)
	client := newClient(t)
	l := &ledger{}
	stop := background(2, func(_ int, stopped func() bool) {
		for !stopped() {
			l.request(func() reply {
				return send(client, http.MethodPost, service.url+"/orders", newOrder, "Idempotency-Key", uuid.NewString())
			})
		}
	})
	defer stop()
	l.waitForMore(t, 50)
	broker.Kill()
	l.waitForMore(t, 200)
	broker.Start()
	l.waitForMore(t, 50)
	stop()

	l.check(t, http.StatusOK, "")
	orders := listOrders(t, client, service.url)
	delivered := listen(t, broker.Addr)
	waitFor(t, "every event", func() bool { return delivered.has(orders) })
	_, events := delivered.count()
	t.Logf("1 broker restart: %d orders, every one answered; %d events delivered, %d of them again", len(orders), events, events-len(orders))
}
