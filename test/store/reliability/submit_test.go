package reliability_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/ausmart/platform/test/store/servers"
)

// Each customer submits twice at once, to two replicas of checkout. Both submits answer the same order, and there is no other.
func TestTwoSubmitsOneOrder(t *testing.T) {
	database := postgres(t)
	orders := start(t, "orders", database...)
	vars := []string{
		"RETAIL_CHECKOUT_ENDPOINTS_ORDERS=" + orders.url, "RETAIL_CHECKOUT_PERSISTENCE_PROVIDER=redis",
		"RETAIL_CHECKOUT_PERSISTENCE_REDIS_URL=redis://" + servers.Redis(t, "").Addr,
	}
	replicas := []*replica{start(t, "checkout", vars...), start(t, "checkout", vars...)}
	client := newClient(t)
	for range *submits {
		customer := uuid.NewString()
		if got := send(client, http.MethodPost, replicas[0].url+"/checkout/"+customer+"/update", newCheckout); got.status != http.StatusCreated {
			t.Fatalf("update got %v", got)
		}
		var got [2]reply
		var wg sync.WaitGroup
		for i, r := range replicas {
			wg.Go(func() { got[i] = send(client, http.MethodPost, r.url+"/checkout/"+customer+"/submit", "") })
		}
		wg.Wait()
		if got[0] != got[1] || got[0].status != http.StatusCreated {
			t.Errorf("two submits got different answers: %v; %v", got[0], got[1])
		}
	}
	kept := len(listOrders(t, client, orders.url))
	t.Logf("2 parallel submits times %d: %d orders", *submits, kept)
	if kept != *submits {
		t.Errorf("%d checkouts became %d orders", *submits, kept)
	}
}
