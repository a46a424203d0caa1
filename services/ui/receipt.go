package ui

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/ausmart/platform/services/ui/session"
	"github.com/ausmart/platform/services/ui/shop"
)

const (
	receiptCookie   = "RECEIPT"
	lastOrderCookie = "LASTORDER"
	// receiptAge is how long a browser keeps what it paid: the orders service does not know it.
	receiptAge = 30 * 24 * 60 * 60
)

// orderID is the form of an order's id, which becomes part of a path and of a cookie.
var orderID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// receipt is what was paid beside the goods. The orders service keeps the goods only, so the
// browser keeps this: in a cookie that it sends to the page of this order alone. A customer who
// changes it only changes their own page.
type receipt struct {
	Subtotal, Shipping, Tax shop.Money
}

// Total returns what was paid.
func (r receipt) Total() shop.Money { return r.Subtotal + r.Shipping + r.Tax }

func giveReceipt(w http.ResponseWriter, r *http.Request, placed shop.Submitted) {
	value := strings.Join([]string{
		strconv.Itoa(int(placed.Subtotal)), strconv.Itoa(int(placed.Shipping)), strconv.Itoa(int(placed.Tax)),
	}, ".")
	c := session.New(r, receiptCookie, value)
	c.Path, c.MaxAge = orderPath(placed.OrderID), receiptAge
	http.SetCookie(w, c)

	last := session.New(r, lastOrderCookie, placed.OrderID)
	last.Path = "/checkout"
	http.SetCookie(w, last)
}

func readReceipt(r *http.Request) (receipt, bool) {
	c, err := r.Cookie(receiptCookie)
	if err != nil {
		return receipt{}, false
	}
	parts := strings.Split(c.Value, ".")
	if len(parts) != 3 {
		return receipt{}, false
	}
	var amounts [3]shop.Money
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return receipt{}, false
		}
		amounts[i] = shop.Money(n)
	}
	return receipt{Subtotal: amounts[0], Shipping: amounts[1], Tax: amounts[2]}, true
}

func lastOrder(r *http.Request) (string, bool) {
	c, err := r.Cookie(lastOrderCookie)
	if err != nil || !orderID.MatchString(c.Value) {
		return "", false
	}
	return c.Value, true
}

func orderPath(id string) string { return "/orders/" + id }
