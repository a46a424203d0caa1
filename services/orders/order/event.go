package order

import (
	"encoding/json"
	"fmt"
)

// EventType is the type that messages carry in their header.
const EventType = "OrderCreatedEvent"

// An Event informs other systems of a new order. It is delivered at least once: a receiver
// must ignore the IDs that it already has.
type Event struct {
	ID    string
	Body  []byte
	Trace string // The W3C traceparent of the request that made the order, or nothing.
}

// NewEvent makes the event of an order. It carries the order's id and lines, never the customer's name or address.
func NewEvent(id, trace string, o Order) (Event, error) {
	type created struct {
		ID         string `json:"id"`
		OrderItems []Item `json:"orderItems"`
	}
	body, err := json.Marshal(struct {
		Order created `json:"order"`
	}{created{ID: o.ID, OrderItems: o.Items}})
	if err != nil {
		return Event{}, fmt.Errorf("cannot encode event of order %s: %w", o.ID, err)
	}
	return Event{ID: id, Body: body, Trace: trace}, nil
}
