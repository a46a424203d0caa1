package redis_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/ausmart/platform/services/cart/item"
	"github.com/ausmart/platform/services/cart/redis"
	"github.com/ausmart/platform/services/cart/storetest"
	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/redisclient"
	"github.com/ausmart/platform/services/internal/retry"
	"github.com/ausmart/platform/test/store/servers"
)

func TestStore(t *testing.T) {
	server := servers.Redis(t, "secret")
	client, err := redisclient.Open("redis://:secret@"+server.Addr+"/3", credentials.Fixed(credentials.Login{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() }) // Nothing is pending.
	s := redis.New(client, "cart:", time.Hour)

	t.Run("Behaviour", func(t *testing.T) { storetest.Run(t, s) })
	t.Run("Expires", func(t *testing.T) {
		if _, err := s.Add(t.Context(), "expiring", item.Item{ID: "mug", Quantity: 1}); err != nil {
			t.Fatal(err)
		}
		ttl, err := client.TTL(t.Context(), "cart:expiring").Result()
		if err != nil || ttl <= 0 || ttl > time.Hour {
			t.Errorf("want a cart that expires within an hour, got %v and %v", ttl, err)
		}
	})
	t.Run("Outage", func(t *testing.T) {
		server.Kill()
		if _, err := s.Items(t.Context(), "anyone"); !errors.Is(err, item.ErrUnavailable) {
			t.Errorf("want ErrUnavailable while Redis is down, got %v", err)
		}
		server.Start()
		// The pool checks once a second whether the server is back.
		backoff := retry.Backoff{First: 10 * time.Millisecond, Max: 100 * time.Millisecond}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		read := func(ctx context.Context) error { _, err := s.Items(ctx, "anyone"); return err }
		if err := backoff.Until(ctx, read, nil); err != nil {
			t.Errorf("cannot read after Redis came back: %v", err)
		}
	})
	t.Run("RestartWhileIdle", func(t *testing.T) {
		fill(t, s)
		server.Kill()
		server.Start()
		fill(t, s) // On connections that are all dead.
		line, err := s.Item(t.Context(), "many", "mug")
		if err != nil || line.Quantity != 120 {
			t.Errorf("want every add once, 120 pieces, got %d and %v", line.Quantity, err)
		}
	})
}

// fill uses as many connections as it can.
func fill(t *testing.T, s *redis.Store) {
	t.Helper()
	var group sync.WaitGroup
	for range 60 {
		group.Go(func() {
			if _, err := s.Add(t.Context(), "many", item.Item{ID: "mug", Quantity: 1}); err != nil {
				t.Errorf("cannot add: %v", err)
			}
		})
	}
	group.Wait()
}
