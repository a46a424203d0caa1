// Package item holds the cart's types and rules. They are the same for every store and every client.
package item

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Errors of every store.
var (
	ErrNotFound    = errors.New("item is not in the cart")
	ErrInvalid     = errors.New("invalid cart request")
	ErrFull        = errors.New("the cart is full")
	ErrUnavailable = errors.New("carts are not available at the moment, try again later")
)

// Bounds of a cart. They keep one client from filling the store.
const (
	// MaxLines lets a whole cart move into another in one DynamoDB transaction, which takes 100 actions: two for each line.
	MaxLines    = 40
	MaxQuantity = 10_000
	maxPrice    = 100_000_000
	maxID       = 100
)

// Item is one line of a cart. Its price is in whole dollars.
type Item struct {
	ID        string `json:"itemId"`
	Quantity  int    `json:"quantity"`
	UnitPrice int    `json:"unitPrice"`
}

// Cart is what a customer has chosen so far. A customer who has chosen nothing has an empty cart.
type Cart struct {
	Customer string `json:"customerId"`
	Items    []Item `json:"items"`
}

// Draft is an item as a client sends it. What is absent is nil.
type Draft struct {
	ID        string `json:"itemId"`
	Quantity  *int   `json:"quantity"`
	UnitPrice *int   `json:"unitPrice"`
}

// New returns the item to add: one piece unless the draft says more.
func (d Draft) New() (Item, error) {
	i := Item{ID: d.ID, Quantity: 1}
	d.Apply(&i)
	return i, i.validate()
}

// Check returns an error when the draft must not change a line.
func (d Draft) Check() error {
	i := Item{ID: d.ID, Quantity: 1}
	d.Apply(&i)
	return i.validate()
}

// Apply changes what the draft has and leaves the rest.
func (d Draft) Apply(i *Item) {
	if d.Quantity != nil {
		i.Quantity = *d.Quantity
	}
	if d.UnitPrice != nil {
		i.UnitPrice = *d.UnitPrice
	}
}

func (i Item) validate() error {
	switch {
	case CheckID(i.ID) != nil:
		return fmt.Errorf("%w: itemId must have 1 to %d printable characters", ErrInvalid, maxID)
	case i.Quantity < 1 || i.Quantity > MaxQuantity:
		return fmt.Errorf("%w: quantity must be from 1 to %d", ErrInvalid, MaxQuantity)
	case i.UnitPrice < 0 || i.UnitPrice > maxPrice:
		return fmt.Errorf("%w: unitPrice must be from 0 to %d", ErrInvalid, maxPrice)
	}
	return nil
}

// CheckID returns an error when a customer or an item must not have that id. Stores join the two
// with a colon, so neither has one.
func CheckID(id string) error {
	unfit := func(r rune) bool { return r == ':' || r == unicode.ReplacementChar || !unicode.IsPrint(r) }
	if id == "" || len(id) > maxID || strings.ContainsFunc(id, unfit) {
		return fmt.Errorf("%w: an id must have 1 to %d printable characters, without a colon", ErrInvalid, maxID)
	}
	return nil
}
