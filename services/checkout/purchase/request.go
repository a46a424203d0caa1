package purchase

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
)

// ErrInvalid says that a Request cannot be priced. Each line of the wrapping error is one reason,
// for the client.
var ErrInvalid = errors.New("this cannot be checked out")

// Bounds of a Request. The orders service takes everything that they allow.
const (
	maxLines    = 100
	maxText     = 255
	maxQuantity = 1_000_000
	maxPrice    = 1_000_000
)

// A Request is what the customer wants: everything, each time.
type Request struct {
	Items               []Line   `json:"items"`
	ShippingAddress     *Address `json:"shippingAddress"`
	DeliveryOptionToken string   `json:"deliveryOptionToken"`
}

// A Line is one product of a Request.
type Line struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
	Price    int    `json:"price"`
}

// An Address is where the order goes.
type Address struct {
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Address1  string `json:"address1"`
	Address2  string `json:"address2,omitempty"`
	City      string `json:"city"`
	State     string `json:"state"`
	Zip       string `json:"zip"`
	Email     string `json:"email,omitempty"`
}

// Validate returns everything that is wrong with the request, or nil.
func (r Request) Validate() error {
	errs := []error{checkLines(r.Items), checkText(r.DeliveryOptionToken, "deliveryOptionToken")}
	if r.ShippingAddress != nil {
		errs = append(errs, r.ShippingAddress.check())
	}
	if err := errors.Join(errs...); err != nil {
		return invalid{err}
	}
	return nil
}

// invalid is ErrInvalid with the words of another error.
type invalid struct{ error }

// Is makes it an ErrInvalid.
func (invalid) Is(target error) bool { return target == ErrInvalid }

func checkLines(lines []Line) error {
	if n := len(lines); n < 1 || n > maxLines {
		return fmt.Errorf("items must have 1 to %d entries, not %d", maxLines, n)
	}
	errs := make([]error, len(lines))
	for i, l := range lines {
		at := fmt.Sprintf("items.%d.", i)
		errs[i] = errors.Join(
			checkRequired(l.ID, at+"id"),
			checkText(l.Name, at+"name"),
			checkNumber(l.Quantity, 1, maxQuantity, at+"quantity"),
			checkNumber(l.Price, 0, maxPrice, at+"price"),
		)
	}
	return errors.Join(errs...)
}

func (a Address) check() error {
	const at = "shippingAddress."
	return errors.Join(
		checkRequired(a.FirstName, at+"firstName"),
		checkRequired(a.LastName, at+"lastName"),
		checkRequired(a.Address1, at+"address1"),
		checkText(a.Address2, at+"address2"),
		checkRequired(a.City, at+"city"),
		checkRequired(a.State, at+"state"),
		checkRequired(a.Zip, at+"zip"),
		checkEmail(a.Email, at+"email"),
	)
}

func checkEmail(s, name string) error {
	if s == "" {
		return nil
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		return fmt.Errorf("%s must be an email", name)
	}
	return checkText(s, name)
}

func checkRequired(s, name string) error {
	if s == "" {
		return fmt.Errorf("%s should not be empty", name)
	}
	return checkText(s, name)
}

// checkText refuses a NUL character as well: the orders service would.
func checkText(s, name string) error {
	if len(s) > maxText || strings.ContainsRune(s, 0) {
		return fmt.Errorf("%s must be text of at most %d bytes", name, maxText)
	}
	return nil
}

func checkNumber(n, low, high int, name string) error {
	if n < low || n > high {
		return fmt.Errorf("%s must be a number from %d to %d", name, low, high)
	}
	return nil
}
