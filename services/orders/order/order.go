// Package order holds an order's JSON form, the rules for a posted order, and the event about it
// for other systems. It reads and writes nothing.
package order

import (
	"errors"
	"time"
)

// These are a store's errors: the order does not exist, or the store cannot be asked.
var (
	ErrNotFound    = errors.New("no such order")
	ErrUnavailable = errors.New("orders cannot be stored or read at the moment")
)

// A Draft is an order as a customer posts it.
type Draft struct {
	ShippingAddress Address `json:"shippingAddress"`
	Items           []Item  `json:"items"`
}

// An Order is a Draft that was accepted. It never changes.
type Order struct {
	Draft

	ID          string    `json:"id"`
	CreatedDate time.Time `json:"createdDate"`
}

// An Address is where the order goes.
type Address struct {
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
	Address1  string `json:"address1"`
	Address2  string `json:"address2"`
	City      string `json:"city"`
	ZipCode   string `json:"zipCode"`
	State     string `json:"state"`
}

// An Item is one line of an order. Money is whole dollars.
type Item struct {
	ProductID string `json:"productId"`
	Quantity  int    `json:"quantity"`
	UnitCost  int    `json:"unitCost"`
	TotalCost int    `json:"totalCost"`
}

// Total is what the customer pays for the items.
func (d Draft) Total() int {
	total := 0
	for _, item := range d.Items {
		total += item.TotalCost
	}
	return total
}
