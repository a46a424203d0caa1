package ui

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/ausmart/platform/services/ui/session"
	"github.com/ausmart/platform/services/ui/shop"
)

// maxQuantity is the most that one press of a button can add.
const maxQuantity = 99

// line is one product in a cart, a checkout or an order.
type line struct {
	ID       string
	Name     string
	Quantity int
	Unit     shop.Money
	Total    shop.Money
}

// cartBody is what the cart page shows.
type cartBody struct {
	Lines    []line
	Subtotal shop.Money
}

func (u *UI) cart(w http.ResponseWriter, r *http.Request) error {
	cart, err := u.Carts.Cart(r.Context(), session.ID(r.Context()))
	if err != nil {
		return err
	}
	lines, notices := u.cartLines(r.Context(), cart)
	u.render(w, r, http.StatusOK, "cart", &page{
		Title: "Your cart", Menu: "cart", Cart: cart, CartOK: true, Notices: notices,
		Body: cartBody{Lines: lines, Subtotal: cart.Subtotal()},
	})
	return nil
}

// cartLines adds names to the cart's items. Without the catalog they have none, which is still a cart that can be paid for.
func (u *UI) cartLines(ctx context.Context, cart shop.Cart) (lines []line, notices []string) {
	ids := make([]string, len(cart.Items))
	for i, item := range cart.Items {
		ids[i] = item.ItemID
	}
	names, err := u.names(ctx, ids)
	if err != nil {
		u.log.WarnContext(ctx, "page goes without a part", "error", err)
		notices = append(notices, "The catalog is not answering at the moment, so the names of some products are missing. Your cart is complete.")
	}
	for _, item := range cart.Items {
		lines = append(lines, line{
			ID: item.ItemID, Name: nameOf(names, item.ItemID), Quantity: item.Quantity, Unit: item.UnitPrice, Total: item.Total(),
		})
	}
	return lines, notices
}

// addToCart takes the price from the catalog, never from the form.
func (u *UI) addToCart(w http.ResponseWriter, r *http.Request) error {
	id, err := productID(r)
	if err != nil {
		return err
	}
	quantity := 1
	if r.PostForm.Has("quantity") {
		if quantity = number(r.PostForm.Get("quantity"), maxQuantity, 0); quantity == 0 {
			return errQuantity
		}
	}
	product, err := u.Catalog.Product(r.Context(), id)
	if err != nil {
		return err
	}
	item := shop.CartItem{ItemID: product.ID, Quantity: quantity, UnitPrice: product.Price}
	if err := u.Carts.Add(r.Context(), session.ID(r.Context()), item); err != nil {
		return err
	}
	http.Redirect(w, r, "/cart", http.StatusSeeOther)
	return nil
}

// removeFromCart succeeds when the item is already gone: the customer may have pressed twice.
func (u *UI) removeFromCart(w http.ResponseWriter, r *http.Request) error {
	id, err := productID(r)
	if err != nil {
		return err
	}
	err = u.Carts.Remove(r.Context(), session.ID(r.Context()), id)
	if err != nil && !errors.Is(err, shop.ErrNotFound) {
		return err
	}
	http.Redirect(w, r, "/cart", http.StatusSeeOther)
	return nil
}

func productID(r *http.Request) (string, error) {
	if err := parseForm(r); err != nil {
		return "", err
	}
	id := r.PostForm.Get("productId")
	if id == "" || id != shorten(id, maxKeyword) {
		return "", errNoProduct
	}
	return id, nil
}

func parseForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fmt.Errorf("%w: %w", errForm, err)
	}
	return nil
}
