package reliability_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/ausmart/platform/test/store/servers"
)

// Replicas are stopped one after the other under load, as in every roll-out and for every spot
// instance that is taken away. A load balancer sends requests only to those that are ready. Not one
// request fails.
func TestSIGTERM(t *testing.T) {
	cases := map[string]struct {
		vars    func(t *testing.T) []string
		request func(client *http.Client, url string) reply
		good    int
	}{
		"orders": {
			vars: postgres,
			request: func(client *http.Client, url string) reply {
				return send(client, http.MethodPost, url+"/orders", newOrder)
			},
			good: http.StatusOK,
		},
		"checkout": {
			vars: func(t *testing.T) []string {
				t.Helper()
				return []string{
					"RETAIL_CHECKOUT_PERSISTENCE_PROVIDER=redis",
					"RETAIL_CHECKOUT_PERSISTENCE_REDIS_URL=redis://" + servers.Redis(t, "").Addr,
				}
			},
			request: func(client *http.Client, url string) reply {
				return send(client, http.MethodPost, url+"/checkout/"+uuid.NewString()+"/update", newCheckout)
			},
			good: http.StatusCreated,
		},
	}
	for service, tc := range cases {
		t.Run(service, func(t *testing.T) {
			vars := tc.vars(t)
			balancer := &balancer{replicas: []*replica{start(t, service, vars...), start(t, service, vars...)}}
			client := newClient(t)
			var served, failed atomic.Int64
			stop := background(4, func(_ int, stopped func() bool) {
				for !stopped() {
					if got := tc.request(client, balancer.next()); got.status != tc.good || got.err != nil {
						failed.Add(1)
						t.Errorf("a request failed: %v", got)
					}
					served.Add(1)
				}
			})
			for n := range *restarts * 2 {
				target := served.Load() + 50
				waitFor(t, "requests", func() bool { return served.Load() >= target })
				balancer.rollOut(n)
			}
			stop()
			t.Logf("%d times SIGTERM: %d requests, %d failed", *restarts*2, served.Load(), failed.Load())
		})
	}
}

// balancer knows which replicas are ready, as a load balancer does: with a delay.
type balancer struct {
	mu       sync.Mutex
	turn     int
	replicas []*replica
	out      *replica // Is not sent anything.
}

func (b *balancer) next() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn++
	chosen := b.replicas[b.turn%len(b.replicas)]
	if chosen == b.out {
		chosen = b.replicas[(b.turn+1)%len(b.replicas)]
	}
	return chosen.url
}

// rollOut replaces a replica: it is asked to stop, becomes not ready, stops, and starts again.
func (b *balancer) rollOut(n int) {
	r := b.replicas[n%len(b.replicas)]
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.stop()
	}()
	for r.ready() {
	}
	b.take(r)
	<-done
	r.run()
	r.waitReady()
	b.take(nil)
}

func (b *balancer) take(out *replica) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.out = out
}
