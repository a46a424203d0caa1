package ui

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/ausmart/platform/services/ui/shop"
)

var (
	errForeign   = errors.New("form comes from another site")
	errQuantity  = errors.New("quantity is not a number from 1 to 99")
	errNoProduct = errors.New("no product was named")
	errPlaced    = errors.New("nothing is left to order")
	errForm      = errors.New("form cannot be read")
)

// statusGone is recorded for a browser that left before its answer; it is never sent.
const statusGone = 499

// problem is what the error page says.
type problem struct {
	Status int
	Title  string
	Text   string
	Retry  string // Where "Try again" leads.
}

// handle makes a handler of a page. A page that fails must not have written anything.
func (u *UI) handle(page func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := page(w, r); err != nil {
			u.fail(w, r, err)
		}
	})
}

func (u *UI) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(r.Context().Err(), context.Canceled) {
		w.WriteHeader(statusGone)
		return
	}
	p := explain(err)
	p.Retry = retry(r)
	if p.Status >= http.StatusInternalServerError {
		u.log.ErrorContext(r.Context(), "cannot show page", "status", p.Status, "error", err)
	}
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	// The page does not load the cart: it must neither wait for it nor fail with it.
	u.render(w, r, p.Status, "error", &page{Title: p.Title, Body: p})
}

// explain turns err into a message for the customer, without internal details.
func explain(err error) problem {
	var unavailable *shop.Unavailable
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &unavailable):
		return problem{Status: http.StatusServiceUnavailable, Title: "Back in a moment", Text: outage(unavailable.Service)}
	case errors.Is(err, context.DeadlineExceeded):
		return problem{Status: http.StatusServiceUnavailable, Title: "Back in a moment", Text: "This took longer than it should. Nothing is lost; please try again."}
	case errors.Is(err, shop.ErrNotFound):
		return problem{Status: http.StatusNotFound, Title: "Nothing here but spinifex", Text: "The page that you are looking for does not exist, or not any more."}
	case errors.Is(err, errForeign):
		return problem{
			Status: http.StatusForbidden, Title: "This form came from another site",
			Text: "To keep your cart safe, the shop only accepts forms that it made itself. Please use the shop's own pages.",
		}
	case errors.Is(err, errPlaced):
		return problem{
			Status: http.StatusConflict, Title: "There is nothing to pay for",
			Text: "Your cart is empty, or your order is already placed. You have not been charged twice.",
		}
	case errors.Is(err, errQuantity):
		return problem{Status: http.StatusBadRequest, Title: "How many would you like?", Text: "Please choose a quantity from 1 to 99."}
	case errors.Is(err, errNoProduct):
		return problem{Status: http.StatusBadRequest, Title: "Which product would you like?", Text: "The form named no product. Please choose one from the catalog."}
	case errors.As(err, &tooLarge):
		return problem{Status: http.StatusRequestEntityTooLarge, Title: "That is too much", Text: "The form is larger than the shop can read."}
	case errors.Is(err, errForm), errors.Is(err, shop.ErrInvalid):
		return problem{
			Status: http.StatusBadRequest, Title: "The shop did not understand that",
			Text: "Something in the form cannot be read. Please go back and try again.",
		}
	default:
		return problem{
			Status: http.StatusInternalServerError, Title: "Something went wrong on our side",
			Text: "It is not your fault, and nothing is lost. Please try again in a moment.",
		}
	}
}

func outage(service string) string {
	switch service {
	case "catalog":
		return "The catalog is not answering at the moment. Your cart is safe; please try again shortly."
	case "carts":
		return "Your cart is not answering at the moment. You can still look around; please try again shortly."
	case "checkout":
		return "The checkout is not answering at the moment. If you were about to pay, try again: an order is never placed twice."
	case "orders":
		return "The order desk is not answering at the moment. Your order is safe; please try again shortly."
	default:
		return "A part of the shop is not answering at the moment. Please try again shortly."
	}
}

// retry is where trying again makes sense: the page itself, or the page whose form was sent.
func retry(r *http.Request) string {
	switch {
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return r.URL.RequestURI()
	case strings.HasPrefix(r.URL.Path, "/checkout"):
		return r.URL.Path
	default:
		return "/cart"
	}
}

func (u *UI) notFound(http.ResponseWriter, *http.Request) error { return shop.ErrNotFound }
