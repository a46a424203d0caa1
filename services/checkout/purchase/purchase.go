// Package purchase holds the state and the prices of a checkout, from the first form to its one
// order. It is pure: it reads and writes nothing, and makes no ids.
package purchase

import "errors"

// These are the reasons why a purchase cannot go on.
var (
	ErrNotFound    = errors.New("Checkout not found") // What the sample's clients read.
	ErrNoAddress   = errors.New("shippingAddress is missing: update the checkout with one, then submit it")
	ErrPlacing     = errors.New("an order for this checkout is being placed: submit it again to finish it, changes come too late")
	ErrUnavailable = errors.New("checkouts cannot be stored or read at the moment")
)

// A Purchase is what is stored for a customer. The zero Purchase is that of a customer who has none.
type Purchase struct {
	Checkout Checkout `json:"checkout"`
	// Placing means that an order may have been posted, under the key of this Purchase. Whether it
	// was is unknown until Receipt is set, because the replica that posted it may have crashed.
	// Until then nothing may change, or the order could differ from the purchase.
	Placing bool     `json:"placing,omitempty"`
	Receipt *Receipt `json:"receipt,omitempty"`
}

// IDs are the random parts of a Purchase. They stay the same from the first update until it is an order.
type IDs struct {
	Payment, Token, Shipment string
}

// Key is the idempotency key of the order. It belongs to this Purchase alone, so there is one
// order, however often it is posted and by which replica.
func (p Purchase) Key() string { return "checkout-" + p.Checkout.PaymentID }

// Open reports whether there is a checkout that can be read and submitted.
func (p Purchase) Open() bool { return p.Checkout.PaymentID != "" && p.Receipt == nil }

// Update prices the customer's request. After an order it starts the next Purchase, with fresh ids.
func (p Purchase) Update(r Request, fresh IDs, rates Rates) (Purchase, error) {
	switch {
	case !p.Open():
		return Purchase{Checkout: Price(r, fresh, rates)}, nil
	case !p.Placing:
		return Purchase{Checkout: Price(r, p.ids(fresh), rates)}, nil
	case p.Checkout.covers(r):
		return p, nil // A form that was sent again is no change.
	default:
		return Purchase{}, ErrPlacing
	}
}

// ids keeps what the Purchase has, and takes the rest from fresh.
func (p Purchase) ids(fresh IDs) IDs {
	fresh.Payment, fresh.Token = p.Checkout.PaymentID, p.Checkout.PaymentToken
	if p.Checkout.ShippingRates != nil {
		fresh.Shipment = p.Checkout.ShippingRates.ShipmentID
	}
	return fresh
}

// Begin marks that the order is about to be posted. A Purchase that has its receipt stays as it is.
func (p Purchase) Begin() (Purchase, error) {
	switch {
	case p.Receipt != nil:
		return p, nil
	case !p.Open():
		return Purchase{}, ErrNotFound
	case p.Checkout.ShippingAddress == nil:
		return Purchase{}, ErrNoAddress
	}
	p.Placing = true
	return p, nil
}

// Finish records the order. It does not change a Purchase other than the one that the order was posted for.
func (p Purchase) Finish(key, orderID string) Purchase {
	if p.Key() == key && p.Receipt == nil {
		p.Placing, p.Receipt = false, p.receipt(orderID)
	}
	return p
}

// Release lets the customer change a purchase that the orders service refused.
func (p Purchase) Release(key string) Purchase {
	if p.Key() == key {
		p.Placing = false
	}
	return p
}

// A Receipt is what a customer gets for submitting.
type Receipt struct {
	OrderID  string `json:"orderId"`
	Email    string `json:"email"`
	Items    []Item `json:"items"`
	Subtotal int    `json:"subtotal"`
	Shipping int    `json:"shipping"`
	Tax      int    `json:"tax"`
	Total    int    `json:"total"`
}

func (p Purchase) receipt(orderID string) *Receipt {
	c := p.Checkout
	return &Receipt{
		OrderID: orderID, Email: c.ShippingAddress.Email, Items: c.Items,
		Subtotal: c.Subtotal, Shipping: c.Shipping, Tax: c.Tax, Total: c.Total,
	}
}
