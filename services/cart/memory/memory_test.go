package memory_test

import (
	"strconv"
	"testing"

	"github.com/ausmart/platform/services/cart/item"
	"github.com/ausmart/platform/services/cart/memory"
	"github.com/ausmart/platform/services/cart/storetest"
)

func TestStore(t *testing.T) { storetest.Run(t, memory.New()) }

// TestBounded checks that clients cannot fill the memory, and that the carts in use are the ones that stay.
func TestBounded(t *testing.T) {
	s := memory.New()
	ctx := t.Context()
	add := func(customer string) {
		if _, err := s.Add(ctx, customer, item.Item{ID: "mug", Quantity: 1}); err != nil {
			t.Fatalf("cannot add: %v", err)
		}
	}
	count := func(customer string) int {
		items, err := s.Items(ctx, customer)
		if err != nil {
			t.Fatalf("cannot read: %v", err)
		}
		return len(items)
	}
	add("idle")
	add("busy")
	for n := range memory.MaxCarts {
		add(strconv.Itoa(n))
		count("busy")
	}
	if count("idle") != 0 {
		t.Error("want the unused cart to be forgotten")
	}
	if count("busy") != 1 {
		t.Error("want the cart in use to stay")
	}
}
