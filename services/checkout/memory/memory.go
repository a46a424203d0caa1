// Package memory keeps purchases in this process. It holds a bounded amount and forgets the
// purchases that were changed longest ago.
package memory

import (
	"container/list"
	"context"
	"sync"

	"github.com/ausmart/platform/services/checkout/purchase"
)

// maxLines bounds the memory: this many lines take about 60 MB when every text in them is as long as may be.
const maxLines = 100_000

// Store is safe for concurrent use.
type Store struct {
	mu      sync.Mutex
	entries map[string]*list.Element
	changed *list.List // Of entry, the one changed last in front.
	lines   int
}

type entry struct {
	customer string
	purchase purchase.Purchase
}

// New returns an empty Store.
func New() *Store {
	return &Store{entries: map[string]*list.Element{}, changed: list.New()}
}

// Get returns the customer's purchase, or the zero Purchase.
func (s *Store) Get(_ context.Context, customer string) (purchase.Purchase, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.get(customer), nil
}

// Change replaces the customer's purchase by what change makes of it.
func (s *Store) Change(_ context.Context, customer string, change func(purchase.Purchase) (purchase.Purchase, error)) (purchase.Purchase, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, err := change(s.get(customer))
	if err != nil {
		return purchase.Purchase{}, err
	}
	s.remove(s.entries[customer])
	s.entries[customer] = s.changed.PushFront(entry{customer, next})
	s.lines += len(next.Checkout.Items)
	for s.lines > maxLines {
		s.remove(s.changed.Back())
	}
	return next, nil
}

func (s *Store) get(customer string) purchase.Purchase {
	if e, ok := s.entries[customer]; ok {
		return e.Value.(entry).purchase //nolint:forcetypeassert // The list holds nothing else.
	}
	return purchase.Purchase{}
}

func (s *Store) remove(e *list.Element) {
	if e == nil {
		return
	}
	old := s.changed.Remove(e).(entry) //nolint:forcetypeassert // As above.
	delete(s.entries, old.customer)
	s.lines -= len(old.purchase.Checkout.Items)
}
