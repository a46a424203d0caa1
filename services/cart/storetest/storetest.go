// Package storetest tests the behaviour that every store of carts must have.
package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/cart"
	"github.com/ausmart/platform/services/cart/item"
)

// Run checks an empty store.
func Run(t *testing.T, s cart.Store) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, shop){
		"Steps":          steps,
		"NoSuchLine":     noSuchLine,
		"Full":           full,
		"TooMany":        tooMany,
		"MergeFull":      mergeFull,
		"ParallelAdds":   parallelAdds,
		"ParallelMerges": parallelMerges,
		"ParallelClears": parallelClears,
		"Apart":          apart,
	} {
		t.Run(name, func(t *testing.T) { check(t, shop{t, s, name}) })
	}
}

// shop is a store with customers of its own for each check.
type shop struct {
	t        *testing.T
	store    cart.Store
	customer string
}

func (s shop) add(customer, id string, quantity, price int) item.Item {
	s.t.Helper()
	line, err := s.store.Add(s.t.Context(), customer, item.Item{ID: id, Quantity: quantity, UnitPrice: price})
	if err != nil {
		s.t.Errorf("cannot add %s: %v", id, err)
	}
	return line
}

func (s shop) want(reason, customer string, want ...item.Item) {
	s.t.Helper()
	got, err := s.store.Items(s.t.Context(), customer)
	if err != nil {
		s.t.Fatalf("cannot read cart: %v", err)
	}
	if len(got) == 0 && len(want) == 0 {
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("%s\ncart: -want +got:\n%s", reason, diff)
	}
}

func (s shop) fails(reason string, want, got error) {
	s.t.Helper()
	if !errors.Is(got, want) {
		s.t.Errorf("%s\nwant %v, got %v", reason, want, got)
	}
}

func (s shop) works(reason string, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Errorf("%s\ngot %v", reason, err)
	}
}

// steps is one customer's visit. Every write is read back at once.
func steps(t *testing.T, s shop) {
	c, ctx := s.customer, t.Context()
	s.want("A customer who has chosen nothing has an empty cart.", c)

	first := s.add(c, "mug", 2, 40)
	if diff := cmp.Diff(item.Item{ID: "mug", Quantity: 2, UnitPrice: 40}, first); diff != "" {
		t.Errorf("A new line keeps its quantity.\nline: -want +got:\n%s", diff)
	}
	again := s.add(c, "mug", 3, 45)
	if diff := cmp.Diff(item.Item{ID: "mug", Quantity: 5, UnitPrice: 45}, again); diff != "" {
		t.Errorf("More of the same adds up, at the newest price.\nline: -want +got:\n%s", diff)
	}
	s.add(c, "box", 1, 20)
	s.want("Lines come by item id.", c, item.Item{ID: "box", Quantity: 1, UnitPrice: 20}, item.Item{ID: "mug", Quantity: 5, UnitPrice: 45})

	four, seven := 4, 7
	s.works("A line can be changed.", s.store.Set(ctx, c, item.Draft{ID: "mug", Quantity: &four}))
	s.works("A line can be changed in part.", s.store.Set(ctx, c, item.Draft{ID: "box", UnitPrice: &seven}))
	s.want("Only what was sent has changed.", c, item.Item{ID: "box", Quantity: 1, UnitPrice: 7}, item.Item{ID: "mug", Quantity: 4, UnitPrice: 45})

	line, err := s.store.Item(ctx, c, "mug")
	s.works("A line can be read alone.", err)
	if diff := cmp.Diff(item.Item{ID: "mug", Quantity: 4, UnitPrice: 45}, line); diff != "" {
		t.Errorf("line: -want +got:\n%s", diff)
	}
	s.works("A line can be removed.", s.store.Remove(ctx, c, "box"))
	s.want("The other line stays.", c, item.Item{ID: "mug", Quantity: 4, UnitPrice: 45})

	s.add(c+"-session", "mug", 1, 50)
	s.add(c+"-session", "scarf", 2, 30)
	s.works("A session's cart can be merged.", s.store.Merge(ctx, c+"-session", c))
	s.want("Merging adds up.", c, item.Item{ID: "mug", Quantity: 5, UnitPrice: 50}, item.Item{ID: "scarf", Quantity: 2, UnitPrice: 30})
	s.want("The session's cart is empty then.", c+"-session")
	s.works("Merging again changes nothing.", s.store.Merge(ctx, c+"-session", c))
	s.works("Merging a cart into itself changes nothing.", s.store.Merge(ctx, c, c))
	s.want("The cart is as before.", c, item.Item{ID: "mug", Quantity: 5, UnitPrice: 50}, item.Item{ID: "scarf", Quantity: 2, UnitPrice: 30})

	s.works("A cart can be emptied.", s.store.Clear(ctx, c))
	s.want("It is empty.", c)
	s.works("An empty cart can be emptied.", s.store.Clear(ctx, c))
	s.add(c, "mug", 1, 40)
	s.want("Nothing of the old cart comes back.", c, item.Item{ID: "mug", Quantity: 1, UnitPrice: 40})
}

func noSuchLine(t *testing.T, s shop) {
	one := 1
	for _, c := range []string{s.customer + "-unknown", s.customer} {
		_, err := s.store.Item(t.Context(), c, "nothing")
		s.fails("A line that is not there cannot be read.", item.ErrNotFound, err)
		s.fails("Nor changed.", item.ErrNotFound, s.store.Set(t.Context(), c, item.Draft{ID: "nothing", Quantity: &one}))
		s.fails("Nor removed.", item.ErrNotFound, s.store.Remove(t.Context(), c, "nothing"))
		s.want("And asking for it makes none.", c)
		s.add(s.customer, "mug", 1, 40)
		s.works("", s.store.Remove(t.Context(), s.customer, "mug"))
	}
}

func full(t *testing.T, s shop) {
	for n := range item.MaxLines {
		s.add(s.customer, fmt.Sprintf("item-%02d", n), 1, n)
	}
	_, err := s.store.Add(t.Context(), s.customer, item.Item{ID: "another", Quantity: 1})
	s.fails("A full cart takes no further line.", item.ErrFull, err)
	s.add(s.customer, "item-00", 1, 0)
	s.works("A full cart can be merged.", s.store.Merge(t.Context(), s.customer, s.customer+"-2"))
	items, err := s.store.Items(t.Context(), s.customer+"-2")
	if err != nil || len(items) != item.MaxLines {
		t.Errorf("want %d lines, got %d and %v", item.MaxLines, len(items), err)
	}
	s.works("A full cart can be emptied.", s.store.Clear(t.Context(), s.customer+"-2"))
	s.want("It is empty.", s.customer+"-2")
}

func tooMany(t *testing.T, s shop) {
	s.add(s.customer, "mug", item.MaxQuantity, 40)
	_, err := s.store.Add(t.Context(), s.customer, item.Item{ID: "mug", Quantity: 1, UnitPrice: 1})
	s.fails("A line takes no more than its bound.", item.ErrFull, err)
	s.want("What is refused changes nothing.", s.customer, item.Item{ID: "mug", Quantity: item.MaxQuantity, UnitPrice: 40})
}

func mergeFull(t *testing.T, s shop) {
	from, into := s.customer+"-session", s.customer
	s.add(from, "box", 1, 20)
	s.add(from, "mug", 1, 40)
	s.add(into, "mug", item.MaxQuantity, 40)
	s.fails("A merge that does not fit is refused.", item.ErrFull, s.store.Merge(t.Context(), from, into))
	s.want("It has moved nothing.", into, item.Item{ID: "mug", Quantity: item.MaxQuantity, UnitPrice: 40})
	s.want("It has taken nothing.", from, item.Item{ID: "box", Quantity: 1, UnitPrice: 20}, item.Item{ID: "mug", Quantity: 1, UnitPrice: 40})
}

// parallelAdds checks that no piece is lost when the same line is added to from several sides.
func parallelAdds(_ *testing.T, s shop) {
	together(12, func(n int) { s.add(s.customer, fmt.Sprintf("item-%d", n%2), 1, 5) })
	s.want("Every add counts.", s.customer, item.Item{ID: "item-0", Quantity: 6, UnitPrice: 5}, item.Item{ID: "item-1", Quantity: 6, UnitPrice: 5})
}

// parallelMerges checks that a session's cart is merged once by many requests at the same time.
func parallelMerges(t *testing.T, s shop) {
	s.add(s.customer+"-session", "mug", 3, 40)
	s.add(s.customer, "mug", 1, 40)
	together(6, func(int) {
		s.works("A merge that comes late finds nothing to do.", s.store.Merge(t.Context(), s.customer+"-session", s.customer))
	})
	s.want("The session's pieces are there once.", s.customer, item.Item{ID: "mug", Quantity: 4, UnitPrice: 40})
}

// parallelClears checks that emptying a cart while it is filled leaves no line that cannot be seen or removed.
func parallelClears(t *testing.T, s shop) {
	together(8, func(n int) {
		if n%2 == 0 {
			s.add(s.customer, "mug", 1, 40)
			return
		}
		s.works("A cart can be emptied while it is filled.", s.store.Clear(t.Context(), s.customer))
	})
	s.works("", s.store.Clear(t.Context(), s.customer))
	s.add(s.customer, "mug", 1, 40)
	s.want("No piece was left behind.", s.customer, item.Item{ID: "mug", Quantity: 1, UnitPrice: 40})
}

// apart checks that ids with unusual characters do not run into each other.
func apart(t *testing.T, s shop) {
	for _, c := range []string{s.customer + " a", s.customer + "-ä", s.customer + "*", s.customer + "{1}"} {
		s.add(c, "mug #1", 1, 40)
		s.want("Each customer has a cart.", c, item.Item{ID: "mug #1", Quantity: 1, UnitPrice: 40})
	}
	s.works("", s.store.Clear(t.Context(), s.customer+"*"))
	s.want("A star is no pattern.", s.customer+" a", item.Item{ID: "mug #1", Quantity: 1, UnitPrice: 40})
}

func together(n int, fn func(n int)) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { fn(i) })
	}
	group.Wait()
}
