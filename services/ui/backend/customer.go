package backend

import (
	"context"
	"net/http"
	"net/url"

	"github.com/ausmart/platform/services/ui/shop"
)

// Carts calls the cart service.
type Carts struct{ client }

// NewCarts returns a Carts at base.
func NewCarts(base *url.URL, transport http.RoundTripper) Carts {
	return Carts{newClient("carts", base, transport)}
}

// Cart returns the customer's cart; a customer who is not known has an empty one.
func (c Carts) Cart(ctx context.Context, customer string) (shop.Cart, error) {
	var cart shop.Cart
	err := c.get(ctx, &cart, nil, "carts", customer)
	return cart, err
}

// Add puts the item into the customer's cart, on top of what is there.
func (c Carts) Add(ctx context.Context, customer string, item shop.CartItem) error {
	return c.send(ctx, http.MethodPost, item, nil, "carts", customer, "items")
}

// Remove takes the item out of the customer's cart; shop.ErrNotFound when it was not in there.
func (c Carts) Remove(ctx context.Context, customer, item string) error {
	return c.send(ctx, http.MethodDelete, nil, nil, "carts", customer, "items", item)
}

// Clear empties the customer's cart.
func (c Carts) Clear(ctx context.Context, customer string) error {
	return c.send(ctx, http.MethodDelete, nil, nil, "carts", customer)
}

// Checkouts calls the checkout service.
type Checkouts struct{ client }

// NewCheckouts returns a Checkouts at base.
func NewCheckouts(base *url.URL, transport http.RoundTripper) Checkouts {
	return Checkouts{newClient("checkout", base, transport)}
}

// Checkout returns the customer's checkout, or shop.ErrNotFound.
func (c Checkouts) Checkout(ctx context.Context, customer string) (shop.Checkout, error) {
	var checkout shop.Checkout
	err := c.get(ctx, &checkout, nil, "checkout", customer)
	return checkout, err
}

// Update replaces the customer's checkout and returns it with prices, or shop.ErrInvalid.
func (c Checkouts) Update(ctx context.Context, customer string, update shop.CheckoutUpdate) (shop.Checkout, error) {
	var checkout shop.Checkout
	err := c.send(ctx, http.MethodPost, update, &checkout, "checkout", customer, "update")
	return checkout, err
}

// Submit places the customer's order; shop.ErrNotFound when there is nothing to place.
func (c Checkouts) Submit(ctx context.Context, customer string) (shop.Submitted, error) {
	var submitted shop.Submitted
	err := c.send(ctx, http.MethodPost, nil, &submitted, "checkout", customer, "submit")
	return submitted, err
}

// Orders calls the orders service.
type Orders struct{ client }

// NewOrders returns an Orders at base.
func NewOrders(base *url.URL, transport http.RoundTripper) Orders {
	return Orders{newClient("orders", base, transport)}
}

// Order returns the order with this id, or shop.ErrNotFound.
func (c Orders) Order(ctx context.Context, id string) (shop.Order, error) {
	var order shop.Order
	err := c.get(ctx, &order, nil, "orders", id)
	return order, err
}
