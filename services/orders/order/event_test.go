package order_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/orders/order"
)

func TestNewEvent(t *testing.T) {
	o := order.Order{ID: "o1", Draft: order.Draft{
		ShippingAddress: order.Address{FirstName: "Ada", Email: "ada@example.com"},
		Items:           []order.Item{{ProductID: "p1", Quantity: 2, UnitCost: 10, TotalCost: 20}},
	}}

	want := order.Event{
		ID:    "e1",
		Body:  []byte(`{"order":{"id":"o1","orderItems":[{"productId":"p1","quantity":2,"unitCost":10,"totalCost":20}]}}`),
		Trace: "t1",
	}

	got, err := order.NewEvent("e1", "t1", o)
	if err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("consumers written for the sample rely on this shape: -want, +got:\n%s", diff)
	}
}
