// Package memory keeps carts in memory. It holds a bounded number of them and forgets the one used longest ago.
package memory

import (
	"cmp"
	"container/list"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/ausmart/platform/services/cart/item"
)

// MaxCarts bounds the memory: full carts of this number take about 100 MB, usual ones a tenth of that.
const MaxCarts = 20_000

// Store keeps carts in memory.
type Store struct {
	mu    sync.Mutex
	carts map[string]*list.Element
	used  *list.List // Of *cart, the one used last in front.
}

type cart struct {
	customer string
	items    map[string]item.Item
}

// New returns an empty Store.
func New() *Store {
	return &Store{carts: map[string]*list.Element{}, used: list.New()}
}

// Items returns the lines of a cart, by item id.
func (s *Store) Items(_ context.Context, customer string) ([]item.Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.find(customer)), func(a, b item.Item) int { return cmp.Compare(a.ID, b.ID) }), nil
}

// Item returns one line.
func (s *Store) Item(_ context.Context, customer, id string) (item.Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.find(customer)[id]
	if !ok {
		return item.Item{}, item.ErrNotFound
	}
	return i, nil
}

// Add puts an item into the cart, or more of it, and returns its line.
func (s *Store) Add(_ context.Context, customer string, i item.Item) (item.Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return add(s.findOrMake(customer), i)
}

// Set changes a line that is there.
func (s *Store) Set(_ context.Context, customer string, d item.Draft) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := s.find(customer)
	i, ok := items[d.ID]
	if !ok {
		return item.ErrNotFound
	}
	d.Apply(&i)
	items[d.ID] = i
	return nil
}

// Remove takes a line out of the cart.
func (s *Store) Remove(_ context.Context, customer, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := s.find(customer)
	if _, ok := items[id]; !ok {
		return item.ErrNotFound
	}
	delete(items, id)
	return nil
}

// Clear empties the cart.
func (s *Store) Clear(_ context.Context, customer string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(customer)
	return nil
}

// Merge moves all lines of one cart into another: all of them or none.
func (s *Store) Merge(_ context.Context, from, into string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	moved := s.find(from)
	if from == into || len(moved) == 0 {
		return nil
	}
	merged := maps.Clone(s.find(into))
	if merged == nil {
		merged = map[string]item.Item{}
	}
	for _, i := range moved {
		if _, err := add(merged, i); err != nil {
			return err
		}
	}
	maps.Copy(s.findOrMake(into), merged)
	s.drop(from)
	return nil
}

func add(items map[string]item.Item, i item.Item) (item.Item, error) {
	old, ok := items[i.ID]
	if !ok && len(items) >= item.MaxLines || old.Quantity+i.Quantity > item.MaxQuantity {
		return item.Item{}, item.ErrFull
	}
	i.Quantity += old.Quantity
	items[i.ID] = i
	return i, nil
}

// find returns the lines of a cart; nil when there are none.
func (s *Store) find(customer string) map[string]item.Item {
	e, ok := s.carts[customer]
	if !ok {
		return nil
	}
	s.used.MoveToFront(e)
	return e.Value.(*cart).items //nolint:forcetypeassert // The list holds nothing else.
}

func (s *Store) findOrMake(customer string) map[string]item.Item {
	if items := s.find(customer); items != nil {
		return items
	}
	if len(s.carts) >= MaxCarts {
		s.drop(s.used.Back().Value.(*cart).customer) //nolint:forcetypeassert // The list holds carts only.
	}
	c := &cart{customer: customer, items: map[string]item.Item{}}
	s.carts[customer] = s.used.PushFront(c)
	return c.items
}

func (s *Store) drop(customer string) {
	if e, ok := s.carts[customer]; ok {
		s.used.Remove(e)
		delete(s.carts, customer)
	}
}
