// Package memory keeps orders and their undelivered events in this process: nothing to install, nothing left when it ends.
// It holds a bounded number of orders and then refuses more, rather than forgetting any.
package memory

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/ausmart/platform/services/orders/order"
)

// maxLines bounds the memory: this many lines take about 100 MB when every text in them is as long as may be.
const maxLines = 200_000

// Store is safe for concurrent use.
type Store struct {
	mu      sync.RWMutex
	orders  []order.Order
	byID    map[string]int
	byKey   map[string]int
	waiting []order.Event
	lines   int

	delivering sync.Mutex // Held while events are handed out, so that none is handed out twice at once.
}

// New returns an empty Store.
func New() *Store {
	return &Store{byID: map[string]int{}, byKey: map[string]int{}}
}

// Create stores the order together with its event, unless the key was used before: then it returns
// the first order.
func (s *Store) Create(_ context.Context, o order.Order, e order.Event, key string) (order.Order, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if first, ok := s.byKey[key]; ok {
		return s.orders[first], s.orders[first].ID == o.ID, nil
	}
	if _, ok := s.byID[o.ID]; ok {
		return o, true, nil
	}
	if s.lines+len(o.Items) > maxLines {
		return order.Order{}, false, fmt.Errorf("%w: memory is full, use PostgreSQL for more", order.ErrUnavailable)
	}
	if key != "" {
		s.byKey[key] = len(s.orders)
	}
	s.byID[o.ID] = len(s.orders)
	s.orders = append(s.orders, o)
	s.lines += len(o.Items)
	s.waiting = append(s.waiting, e)
	return o, true, nil
}

// Get returns one order.
func (s *Store) Get(_ context.Context, id string) (order.Order, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, ok := s.byID[id]
	if !ok {
		return order.Order{}, order.ErrNotFound
	}
	return s.orders[i], nil
}

// List returns up to limit orders, oldest first, after leaving out the first offset ones.
func (s *Store) List(_ context.Context, offset, limit int) ([]order.Order, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	from := min(offset, len(s.orders))
	to := from + min(limit, len(s.orders)-from)
	return append([]order.Order{}, s.orders[from:to]...), nil
}

// Deliver hands up to limit events to publish and forgets those that it delivered.
func (s *Store) Deliver(ctx context.Context, limit int, publish func(context.Context, []order.Event) (int, error)) (int, error) {
	s.delivering.Lock()
	defer s.delivering.Unlock()
	events := s.oldest(limit)
	if len(events) == 0 {
		return 0, nil
	}
	delivered, err := publish(ctx, events)
	s.forget(delivered)
	return delivered, err
}

// Waiting returns how many events have not been delivered yet.
func (s *Store) Waiting(context.Context) (int, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.waiting), nil
}

func (s *Store) oldest(limit int) []order.Event {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.waiting[:min(limit, len(s.waiting))])
}

func (s *Store) forget(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = slices.Delete(s.waiting, 0, n)
}
