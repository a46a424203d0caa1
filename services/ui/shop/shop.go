// Package shop holds what the pages show and what the backends answer: products, carts, checkouts, orders.
//
// It reads and writes nothing, and it knows neither HTTP nor HTML.
package shop

import "fmt"

// Money is an amount in whole dollars, as all services count it.
type Money int

// Tag is a category of products.
type Tag struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
}

// Product is one thing for sale.
type Product struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Price       Money  `json:"price"`
	Tags        []Tag  `json:"tags"`
}

// Query asks the catalog for one page of products. A Size of zero leaves the size to the catalog.
type Query struct {
	Tag   string
	Order string
	Page  int
	Size  int
}

// Cart is what a customer has collected so far.
type Cart struct {
	CustomerID string     `json:"customerId"`
	Items      []CartItem `json:"items"`
}

// CartItem is one line of a Cart.
type CartItem struct {
	ItemID    string `json:"itemId"`
	Quantity  int    `json:"quantity"`
	UnitPrice Money  `json:"unitPrice"`
}

// Count returns how many pieces are in the cart.
func (c Cart) Count() int {
	n := 0
	for _, item := range c.Items {
		n += item.Quantity
	}
	return n
}

// Subtotal returns what the pieces cost, before delivery and tax.
func (c Cart) Subtotal() Money {
	var sum Money
	for _, item := range c.Items {
		sum += item.Total()
	}
	return sum
}

// Total returns what the line costs.
func (i CartItem) Total() Money { return i.UnitPrice * Money(i.Quantity) }

// Address is an order's address, in the form of the checkout service.
type Address struct {
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email,omitempty"`
	Address1  string `json:"address1"`
	Address2  string `json:"address2,omitempty"`
	City      string `json:"city"`
	State     string `json:"state"`
	Zip       string `json:"zip"`
}

// CheckoutItem is one line of a Checkout.
type CheckoutItem struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
	Price    Money  `json:"price"`
}

// Total returns what the line costs.
func (i CheckoutItem) Total() Money { return i.Price * Money(i.Quantity) }

// Rate is one way to have an order delivered.
type Rate struct {
	Name          string `json:"name"`
	Amount        Money  `json:"amount"`
	Token         string `json:"token"`
	EstimatedDays int    `json:"estimatedDays"`
}

// Rates are the ways to have one shipment delivered.
type Rates struct {
	ShipmentID string `json:"shipmentId"`
	Rates      []Rate `json:"rates"`
}

// Checkout is an order in the making. Shipping and Tax are -1 until they are known.
type Checkout struct {
	Items         []CheckoutItem `json:"items"`
	Address       *Address       `json:"shippingAddress"`
	DeliveryToken string         `json:"deliveryOptionToken"`
	ShippingRates *Rates         `json:"shippingRates"`
	Subtotal      Money          `json:"subtotal"`
	Shipping      Money          `json:"shipping"`
	Tax           Money          `json:"tax"`
	Total         Money          `json:"total"`
}

// Rates returns the ways of delivery, or none while there is no address.
func (c Checkout) Rates() []Rate {
	if c.ShippingRates == nil {
		return nil
	}
	return c.ShippingRates.Rates
}

// Offers reports whether token is one of the ways of delivery.
func (c Checkout) Offers(token string) bool {
	for _, rate := range c.Rates() {
		if rate.Token == token {
			return true
		}
	}
	return false
}

// CheckoutUpdate replaces a Checkout. Address and DeliveryToken are optional.
type CheckoutUpdate struct {
	Items         []CheckoutItem `json:"items"`
	Address       *Address       `json:"shippingAddress,omitempty"`
	DeliveryToken string         `json:"deliveryOptionToken,omitempty"`
}

// Submitted is what the checkout service answers once the order is placed.
type Submitted struct {
	OrderID  string `json:"orderId"`
	Email    string `json:"email"`
	Subtotal Money  `json:"subtotal"`
	Shipping Money  `json:"shipping"`
	Tax      Money  `json:"tax"`
	Total    Money  `json:"total"`
}

// Order is a placed order, in the form of the orders service.
type Order struct {
	ID          string       `json:"id"`
	CreatedDate string       `json:"createdDate"`
	Address     OrderAddress `json:"shippingAddress"`
	Items       []OrderItem  `json:"items"`
}

// OrderAddress is the address of a placed order. The orders service has zipCode where the checkout
// service has zip.
type OrderAddress struct {
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
	Address1  string `json:"address1"`
	Address2  string `json:"address2"`
	City      string `json:"city"`
	State     string `json:"state"`
	ZipCode   string `json:"zipCode"`
}

// OrderItem is one line of an Order.
type OrderItem struct {
	ProductID string `json:"productId"`
	Quantity  int    `json:"quantity"`
	UnitCost  Money  `json:"unitCost"`
	TotalCost Money  `json:"totalCost"`
}

// Subtotal returns what the pieces cost, before delivery and tax.
func (o Order) Subtotal() Money {
	var sum Money
	for _, item := range o.Items {
		sum += item.UnitCost * Money(item.Quantity)
	}
	return sum
}

// Status is a backend's health and topology.
type Status struct {
	Service  string
	Endpoint string
	Mock     bool
	Healthy  bool
	Facts    []Fact
}

// Fact is one line of a backend's topology, such as its store.
type Fact struct {
	Name  string
	Value string
}

// String writes the amount as people read it: $1,234.
func (m Money) String() string {
	if m < 0 {
		return "-" + (-m).String()
	}
	if m < 1000 {
		return fmt.Sprintf("$%d", int(m))
	}
	return fmt.Sprintf("%s,%03d", m/1000, int(m%1000))
}
