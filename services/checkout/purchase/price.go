package purchase

import "slices"

const (
	// unknown is an amount that is not known yet. It counts as zero.
	unknown = -1
	// tax is the same for every order with an address.
	tax = 5
)

// A Checkout is what the customer sees: the items, what they cost together, and what is still to choose.
type Checkout struct {
	ShippingRates       *ShippingRates `json:"shippingRates"`
	ShippingAddress     *Address       `json:"shippingAddress,omitempty"`
	DeliveryOptionToken string         `json:"deliveryOptionToken,omitempty"`
	Items               []Item         `json:"items"`
	PaymentID           string         `json:"paymentId"`
	PaymentToken        string         `json:"paymentToken"`
	Subtotal            int            `json:"subtotal"`
	Shipping            int            `json:"shipping"`
	Tax                 int            `json:"tax"`
	Total               int            `json:"total"`
}

// An Item is one line of a Checkout. Money is whole dollars.
type Item struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Quantity  int    `json:"quantity"`
	Price     int    `json:"price"`
	TotalCost int    `json:"totalCost"`
}

// ShippingRates are the ways in which a shipment can go.
type ShippingRates struct {
	ShipmentID string `json:"shipmentId"`
	Rates      Rates  `json:"rates"`
}

// A Rate is one of them.
type Rate struct {
	Name          string `json:"name"`
	Amount        int    `json:"amount"`
	Token         string `json:"token"`
	EstimatedDays int    `json:"estimatedDays"`
}

// Rates are all that a customer can choose from.
type Rates []Rate

// StandardRates returns the rates of the one carrier there is, with a prefix before their names.
func StandardRates(prefix string) Rates {
	return Rates{
		{Name: prefix + "Priority Mail", Amount: 10, Token: "priority-mail", EstimatedDays: 10},
		{Name: prefix + "Priority Mail Express", Amount: 25, Token: "priority-mail-express", EstimatedDays: 5},
	}
}

// Price works out every amount of a Checkout.
func Price(r Request, ids IDs, rates Rates) Checkout {
	c := Checkout{
		ShippingAddress: r.ShippingAddress, DeliveryOptionToken: r.DeliveryOptionToken,
		PaymentID: ids.Payment, PaymentToken: ids.Token,
		Items: make([]Item, len(r.Items)), Shipping: unknown, Tax: unknown,
	}
	for i, line := range r.Items {
		c.Items[i] = Item{line.ID, line.Name, line.Quantity, line.Price, line.Price * line.Quantity}
		c.Subtotal += c.Items[i].TotalCost
	}
	if r.ShippingAddress != nil {
		c.ShippingRates = &ShippingRates{ShipmentID: ids.Shipment, Rates: rates}
		c.Shipping = rates.amount(r.DeliveryOptionToken)
		c.Tax = tax
	}
	c.Total = c.Subtotal + max(c.Shipping, 0) + max(c.Tax, 0)
	return c
}

func (rates Rates) amount(token string) int {
	for _, rate := range rates {
		if rate.Token == token {
			return rate.Amount
		}
	}
	return unknown
}

// covers reports whether the Checkout already has everything of the request.
func (c Checkout) covers(r Request) bool {
	sameLine := func(i Item, l Line) bool { return i.ID == l.ID && i.Quantity == l.Quantity && i.Price == l.Price }
	return slices.EqualFunc(c.Items, r.Items, sameLine) &&
		(r.ShippingAddress == nil || *r.ShippingAddress == *c.ShippingAddress) &&
		(r.DeliveryOptionToken == "" || r.DeliveryOptionToken == c.DeliveryOptionToken)
}
