package ui

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/ui/shop"
)

// orderBody is what the order page shows. Order is nil while the orders service does not answer, Receipt when this is not
// the browser that placed the order.
type orderBody struct {
	ID      string
	Order   *shop.Order
	Date    string
	Lines   []line
	Receipt *receipt
}

// Subtotal returns what the goods cost.
func (b orderBody) Subtotal() shop.Money {
	if b.Order == nil {
		return b.Receipt.Subtotal
	}
	return b.Order.Subtotal()
}

// Total returns what was paid, or what the goods cost when the rest is not known.
func (b orderBody) Total() shop.Money {
	if b.Receipt == nil {
		return b.Subtotal()
	}
	return b.Subtotal() + b.Receipt.Shipping + b.Receipt.Tax
}

func (u *UI) order(w http.ResponseWriter, r *http.Request) error {
	id := mux.Vars(r)["id"]
	if !orderID.MatchString(id) {
		return shop.ErrNotFound
	}
	body := orderBody{ID: id}
	if paid, ok := readReceipt(r); ok {
		body.Receipt = &paid
	}
	g := u.gather(r)
	g.need(func(ctx context.Context) error { return u.fetchOrder(ctx, &body) })
	p, err := g.page("Your order", "")
	if err != nil {
		return err
	}
	if body.Order == nil {
		p.Notices = append(p.Notices, "Your order is placed. Its details are not available at the moment; please look again shortly.")
	}
	p.Private, p.Body = true, body
	u.render(w, r, http.StatusOK, "order", p)
	return nil
}

// fetchOrder fills in the order. With a receipt, the page can do without.
func (u *UI) fetchOrder(ctx context.Context, body *orderBody) error {
	order, err := u.Orders.Order(ctx, body.ID)
	if err != nil && body.Receipt != nil {
		u.log.WarnContext(ctx, "page goes without a part", "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	body.Order, body.Date = &order, date(order.CreatedDate)
	body.Lines, err = u.orderLines(ctx, order)
	if err != nil {
		u.log.WarnContext(ctx, "page goes without a part", "error", err)
	}
	return nil
}

func (u *UI) orderLines(ctx context.Context, order shop.Order) ([]line, error) {
	ids := make([]string, len(order.Items))
	for i, item := range order.Items {
		ids[i] = item.ProductID
	}
	names, err := u.names(ctx, ids)
	lines := make([]line, len(order.Items))
	for i, item := range order.Items {
		lines[i] = line{
			ID: item.ProductID, Name: nameOf(names, item.ProductID), Quantity: item.Quantity,
			Unit: item.UnitCost, Total: item.UnitCost * shop.Money(item.Quantity),
		}
	}
	return lines, err
}

// date writes the day as people read it; the sample's orders service writes times in another form, which is shown as no date.
func date(created string) string {
	t, err := time.Parse(time.RFC3339, created)
	if err != nil {
		return ""
	}
	return t.Format("2 January 2006")
}
