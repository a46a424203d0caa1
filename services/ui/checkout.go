package ui

import (
	"context"
	"errors"
	"net/http"

	"github.com/ausmart/platform/services/ui/form"
	"github.com/ausmart/platform/services/ui/session"
	"github.com/ausmart/platform/services/ui/shop"
)

// checkoutBody is what the three steps of the checkout show.
type checkoutBody struct {
	Step     int
	Form     form.Form
	Checkout shop.Checkout
	Token    string // The way of delivery that is chosen.
	Error    string
}

// address is the first step. It hands the cart to the checkout service, so that both agree on what is sold at what price.
func (u *UI) address(w http.ResponseWriter, r *http.Request) error {
	checkout, err := u.checkoutOfCart(r.Context(), nil)
	switch {
	case errors.Is(err, errPlaced):
		http.Redirect(w, r, "/cart", http.StatusSeeOther)
		return nil
	case err != nil:
		return err
	}
	u.showStep(w, r, http.StatusOK, checkoutBody{Step: 1, Form: form.Address(), Checkout: checkout})
	return nil
}

func (u *UI) postAddress(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	filled := form.Address().Read(r.PostForm)
	var to *shop.Address
	if len(filled.Errors()) == 0 {
		to = addressOf(filled)
	}
	checkout, err := u.checkoutOfCart(r.Context(), to)
	if err != nil {
		return err
	}
	if to == nil {
		u.showStep(w, r, http.StatusUnprocessableEntity, checkoutBody{Step: 1, Form: filled, Checkout: checkout})
		return nil
	}
	http.Redirect(w, r, "/checkout/delivery", http.StatusSeeOther)
	return nil
}

// checkoutOfCart makes the customer's checkout out of the cart; errPlaced when the cart is empty.
func (u *UI) checkoutOfCart(ctx context.Context, to *shop.Address) (shop.Checkout, error) {
	cart, err := u.Carts.Cart(ctx, session.ID(ctx))
	if err != nil {
		return shop.Checkout{}, err
	}
	if len(cart.Items) == 0 {
		return shop.Checkout{}, errPlaced
	}
	lines, _ := u.cartLines(ctx, cart) // Missing names are logged; the order only needs ids.
	update := shop.CheckoutUpdate{Address: to}
	for _, l := range lines {
		update.Items = append(update.Items, shop.CheckoutItem{ID: l.ID, Name: l.Name, Quantity: l.Quantity, Price: l.Unit})
	}
	return u.Checkouts.Update(ctx, session.ID(ctx), update)
}

func (u *UI) delivery(w http.ResponseWriter, r *http.Request) error {
	return u.withCheckout(w, r, func(checkout shop.Checkout) error {
		token := checkout.DeliveryToken
		if !checkout.Offers(token) {
			token = checkout.Rates()[0].Token
		}
		u.showStep(w, r, http.StatusOK, checkoutBody{Step: 2, Checkout: checkout, Token: token})
		return nil
	})
}

func (u *UI) postDelivery(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	return u.withCheckout(w, r, func(checkout shop.Checkout) error {
		token := checkout.Rates()[0].Token
		if r.PostForm.Has("token") {
			token = r.PostForm.Get("token")
		}
		if !checkout.Offers(token) {
			u.showStep(w, r, http.StatusUnprocessableEntity, checkoutBody{Step: 2, Checkout: checkout, Error: "Choose one of the ways of delivery."})
			return nil
		}
		update := shop.CheckoutUpdate{Items: checkout.Items, Address: checkout.Address, DeliveryToken: token}
		if _, err := u.Checkouts.Update(r.Context(), session.ID(r.Context()), update); err != nil {
			return err
		}
		http.Redirect(w, r, "/checkout/payment", http.StatusSeeOther)
		return nil
	})
}

func (u *UI) payment(w http.ResponseWriter, r *http.Request) error {
	return u.withCheckout(w, r, func(checkout shop.Checkout) error {
		return u.showPayment(w, r, http.StatusOK, checkout, form.Payment())
	})
}

func (u *UI) showPayment(w http.ResponseWriter, r *http.Request, status int, checkout shop.Checkout, f form.Form) error {
	if checkout.DeliveryToken == "" {
		http.Redirect(w, r, "/checkout/delivery", http.StatusSeeOther)
		return nil
	}
	u.showStep(w, r, status, checkoutBody{Step: 3, Form: f, Checkout: checkout})
	return nil
}

// postPayment places the order and then redirects, so that a refresh shows the order again instead
// of placing another. The card is not used: nothing is charged, and it is neither stored nor
// logged.
func (u *UI) postPayment(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	filled := form.Payment().Read(r.PostForm)
	if len(filled.Errors()) > 0 {
		return u.withCheckout(w, r, func(checkout shop.Checkout) error {
			return u.showPayment(w, r, http.StatusUnprocessableEntity, checkout, filled)
		})
	}
	placed, err := u.Checkouts.Submit(r.Context(), session.ID(r.Context()))
	switch {
	case errors.Is(err, shop.ErrNotFound):
		return u.alreadyPlaced(w, r)
	case errors.Is(err, shop.ErrInvalid): // The address is missing.
		http.Redirect(w, r, "/checkout", http.StatusSeeOther)
		return nil
	case err != nil:
		return err
	}
	u.emptyCart(r.Context())
	giveReceipt(w, r, placed)
	http.Redirect(w, r, orderPath(placed.OrderID), http.StatusSeeOther)
	return nil
}

// alreadyPlaced redirects a customer who pressed twice, or went back and pressed again, to the placed order.
func (u *UI) alreadyPlaced(w http.ResponseWriter, r *http.Request) error {
	last, ok := lastOrder(r)
	if !ok {
		return errPlaced
	}
	http.Redirect(w, r, orderPath(last), http.StatusSeeOther)
	return nil
}

// emptyCart logs its failure: a placed order must not fail because of it.
func (u *UI) emptyCart(ctx context.Context) {
	if err := u.Carts.Clear(ctx, session.ID(ctx)); err != nil {
		u.log.ErrorContext(ctx, "cannot empty cart of placed order", "error", err)
	}
}

// withCheckout calls next with the customer's checkout, or redirects to the first step when it has
// no address yet.
func (u *UI) withCheckout(w http.ResponseWriter, r *http.Request, next func(shop.Checkout) error) error {
	checkout, err := u.Checkouts.Checkout(r.Context(), session.ID(r.Context()))
	switch {
	case err != nil && !errors.Is(err, shop.ErrNotFound):
		return err
	case err != nil || checkout.Address == nil || len(checkout.Rates()) == 0:
		http.Redirect(w, r, "/checkout", http.StatusSeeOther)
		return nil
	}
	return next(checkout)
}

func (u *UI) showStep(w http.ResponseWriter, r *http.Request, status int, body checkoutBody) {
	title := []string{"Delivery address", "Delivery", "Payment"}[body.Step-1]
	if len(body.Form.Errors()) > 0 || body.Error != "" {
		title = "Please check: " + title
	}
	p := &page{Title: title, Menu: "cart", Private: true, CartOK: true, Body: body}
	for _, item := range body.Checkout.Items {
		p.Cart.Items = append(p.Cart.Items, shop.CartItem{ItemID: item.ID, Quantity: item.Quantity})
	}
	u.render(w, r, status, "checkout", p)
}

func addressOf(f form.Form) *shop.Address {
	return &shop.Address{
		FirstName: f.Get("firstName"), LastName: f.Get("lastName"), Email: f.Get("email"),
		Address1: f.Get("address1"), Address2: f.Get("address2"),
		City: f.Get("city"), State: f.Get("state"), Zip: f.Get("zip"),
	}
}
