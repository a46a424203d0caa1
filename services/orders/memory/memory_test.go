package memory_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/ausmart/platform/services/orders/memory"
	"github.com/ausmart/platform/services/orders/order"
)

// What does not fit is refused. What was taken stays.
func TestFull(t *testing.T) {
	s := memory.New()
	draft := order.Draft{Items: slices.Repeat([]order.Item{{ProductID: "p"}}, 100)}
	stored := 0
	for {
		id := strconv.Itoa(stored)
		_, _, err := s.Create(t.Context(), order.Order{ID: id, Draft: draft}, order.Event{ID: id}, "")
		if errors.Is(err, order.ErrUnavailable) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		stored++
	}
	if kept, err := s.List(t.Context(), 0, stored+1); len(kept) != stored || stored != 2000 || err != nil {
		t.Errorf("%d orders kept of %d, error %v; want 2000", len(kept), stored, err)
	}
}
