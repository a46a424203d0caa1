package mock

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ausmart/platform/services/ui/shop"
)

// The prices of the checkout service.
const (
	tax          = 5
	priority     = 10
	express      = 25
	priorityDays = 10
	expressDays  = 5
	unknown      = -1
)

// Carts keeps carts in memory.
type Carts struct{ carts bounded[shop.Cart] }

// Cart returns the customer's cart.
func (c *Carts) Cart(_ context.Context, customer string) (shop.Cart, error) {
	cart, _ := c.carts.get(customer)
	cart.CustomerID = customer
	return cart, nil
}

// Add puts the item into the customer's cart, on top of what is there.
func (c *Carts) Add(_ context.Context, customer string, item shop.CartItem) error {
	c.carts.update(customer, func(cart shop.Cart) shop.Cart {
		items := slices.Clone(cart.Items) // Another request may be reading the old ones.
		if i := find(items, item.ItemID); i >= 0 {
			items[i].Quantity += item.Quantity
		} else {
			items = append(items, item)
		}
		return shop.Cart{Items: items}
	})
	return nil
}

// Remove takes the item out of the customer's cart.
func (c *Carts) Remove(_ context.Context, customer, item string) error {
	var err error
	c.carts.update(customer, func(cart shop.Cart) shop.Cart {
		i := find(cart.Items, item)
		if i < 0 {
			err = shop.ErrNotFound
			return cart
		}
		return shop.Cart{Items: slices.Delete(slices.Clone(cart.Items), i, i+1)}
	})
	return err
}

// Clear empties the customer's cart.
func (c *Carts) Clear(_ context.Context, customer string) error {
	c.carts.take(customer)
	return nil
}

// Status says that this is a mock.
func (c *Carts) Status(context.Context) shop.Status { return status("carts") }

func find(items []shop.CartItem, id string) int {
	return slices.IndexFunc(items, func(i shop.CartItem) bool { return i.ItemID == id })
}

// Checkouts keeps checkouts in memory and hands what is submitted to orders.
type Checkouts struct {
	orders    *Orders
	checkouts bounded[shop.Checkout]
}

// NewCheckouts returns Checkouts that place their orders in orders.
func NewCheckouts(orders *Orders) *Checkouts { return &Checkouts{orders: orders} }

// Checkout returns the customer's checkout, or shop.ErrNotFound.
func (c *Checkouts) Checkout(_ context.Context, customer string) (shop.Checkout, error) {
	checkout, ok := c.checkouts.get(customer)
	if !ok {
		return shop.Checkout{}, shop.ErrNotFound
	}
	return checkout, nil
}

// Update replaces the customer's checkout and returns it with prices.
func (c *Checkouts) Update(_ context.Context, customer string, u shop.CheckoutUpdate) (shop.Checkout, error) {
	return c.checkouts.update(customer, func(shop.Checkout) shop.Checkout { return price(u) }), nil
}

// Submit places the customer's order.
func (c *Checkouts) Submit(_ context.Context, customer string) (shop.Submitted, error) {
	checkout, ok := c.checkouts.get(customer)
	switch {
	case !ok:
		return shop.Submitted{}, shop.ErrNotFound
	case checkout.Address == nil:
		return shop.Submitted{}, shop.ErrInvalid
	}
	if checkout, ok = c.checkouts.take(customer); !ok { // Another request was faster.
		return shop.Submitted{}, shop.ErrNotFound
	}
	order := c.orders.place(checkout)
	return shop.Submitted{
		OrderID: order.ID, Email: order.Address.Email,
		Subtotal: checkout.Subtotal, Shipping: checkout.Shipping, Tax: checkout.Tax, Total: checkout.Total,
	}, nil
}

// Status says that this is a mock.
func (c *Checkouts) Status(context.Context) shop.Status { return status("checkout") }

func price(u shop.CheckoutUpdate) shop.Checkout {
	c := shop.Checkout{Items: u.Items, Address: u.Address, DeliveryToken: u.DeliveryToken, Shipping: unknown, Tax: unknown}
	for _, item := range u.Items {
		c.Subtotal += item.Total()
	}
	if u.Address != nil {
		c.Tax = tax
		c.ShippingRates = &shop.Rates{Rates: []shop.Rate{
			{Name: "Priority Mail", Amount: priority, Token: "priority-mail", EstimatedDays: priorityDays},
			{Name: "Priority Mail Express", Amount: express, Token: "priority-mail-express", EstimatedDays: expressDays},
		}}
	}
	for _, rate := range c.Rates() {
		if rate.Token == u.DeliveryToken {
			c.Shipping = rate.Amount
		}
	}
	c.Total = c.Subtotal + max(c.Shipping, 0) + max(c.Tax, 0)
	return c
}

// Orders keeps orders in memory.
type Orders struct{ orders bounded[shop.Order] }

// Order returns the order with this id, or shop.ErrNotFound.
func (o *Orders) Order(_ context.Context, id string) (shop.Order, error) {
	order, ok := o.orders.get(id)
	if !ok {
		return shop.Order{}, shop.ErrNotFound
	}
	return order, nil
}

// Status says that this is a mock.
func (o *Orders) Status(context.Context) shop.Status { return status("orders") }

func (o *Orders) place(c shop.Checkout) shop.Order {
	a := c.Address
	order := shop.Order{
		ID: uuid.NewString(), CreatedDate: time.Now().UTC().Format(time.RFC3339),
		Address: shop.OrderAddress{
			FirstName: a.FirstName, LastName: a.LastName, Email: a.Email, Address1: a.Address1, Address2: a.Address2,
			City: a.City, State: a.State, ZipCode: a.Zip,
		},
	}
	for _, item := range c.Items {
		order.Items = append(order.Items, shop.OrderItem{
			ProductID: item.ID, Quantity: item.Quantity, UnitCost: item.Price, TotalCost: item.Total(),
		})
	}
	return o.orders.update(order.ID, func(shop.Order) shop.Order { return order })
}
