package ordering

import "github.com/ausmart/platform/services/checkout/purchase"

// order is what the orders service takes.
type order struct {
	ShippingAddress address `json:"shippingAddress"`
	Items           []item  `json:"items"`
}

type address struct {
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
	Address1  string `json:"address1"`
	Address2  string `json:"address2"`
	City      string `json:"city"`
	ZipCode   string `json:"zipCode"`
	State     string `json:"state"`
}

type item struct {
	ProductID string `json:"productId"`
	Quantity  int    `json:"quantity"`
	UnitCost  int    `json:"unitCost"`
	TotalCost int    `json:"totalCost"`
}

func newOrder(c purchase.Checkout) order {
	a := c.ShippingAddress
	o := order{
		ShippingAddress: address{a.FirstName, a.LastName, a.Email, a.Address1, a.Address2, a.City, a.Zip, a.State},
		Items:           make([]item, len(c.Items)),
	}
	for i, l := range c.Items {
		o.Items[i] = item{ProductID: l.ID, Quantity: l.Quantity, UnitCost: l.Price, TotalCost: l.TotalCost}
	}
	return o
}
