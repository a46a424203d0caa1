package order

import (
	"errors"
	"fmt"
	"strings"
)

// ErrInvalid means that a posted body is not a valid order. The wrapping error gives the reason for the client.
var ErrInvalid = errors.New("this cannot be ordered")

// Bounds of a posted order. They keep an event, even with every character escaped, below the 256 KiB that the strictest
// broker takes, and a total far from overflowing.
const (
	maxItems    = 100
	maxText     = 255
	maxQuantity = 1_000_000
	maxMoney    = 1_000_000_000_000
)

// Validate returns what is wrong with the draft, or nil. A key is optional.
func (d Draft) Validate(key string) error {
	if err := errors.Join(checkText(key, "Idempotency-Key"), d.ShippingAddress.check(), checkItems(d.Items)); err != nil {
		return fmt.Errorf("%w: %s", ErrInvalid, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return nil
}

func (a Address) check() error {
	if a == (Address{}) {
		return errors.New("shippingAddress is missing")
	}
	return errors.Join(
		checkText(a.FirstName, "shippingAddress.firstName"),
		checkText(a.LastName, "shippingAddress.lastName"),
		checkText(a.Email, "shippingAddress.email"),
		checkText(a.Address1, "shippingAddress.address1"),
		checkText(a.Address2, "shippingAddress.address2"),
		checkText(a.City, "shippingAddress.city"),
		checkText(a.ZipCode, "shippingAddress.zipCode"),
		checkText(a.State, "shippingAddress.state"),
	)
}

func checkItems(items []Item) error {
	if n := len(items); n < 1 || n > maxItems {
		return fmt.Errorf("items must have 1 to %d entries, not %d", maxItems, n)
	}
	errs := make([]error, len(items))
	for i, item := range items {
		errs[i] = item.check(fmt.Sprintf("items[%d].", i))
	}
	return errors.Join(errs...)
}

func (i Item) check(at string) error {
	if i.ProductID == "" {
		return errors.New(at + "productId is missing")
	}
	return errors.Join(
		checkText(i.ProductID, at+"productId"),
		checkNumber(i.Quantity, 1, maxQuantity, at+"quantity"),
		checkNumber(i.UnitCost, 0, maxMoney, at+"unitCost"),
		checkNumber(i.TotalCost, 0, maxMoney, at+"totalCost"),
	)
}

func checkNumber(n, low, high int, name string) error {
	if n < low || n > high {
		return fmt.Errorf("%s must be %d to %d, not %d", name, low, high, n)
	}
	return nil
}

// checkText refuses a NUL character, which PostgreSQL's text cannot hold: refused here, it is
// reported as the client's mistake and not as the database's.
func checkText(s, name string) error {
	if len(s) > maxText {
		return fmt.Errorf("%s must have at most %d bytes, not %d", name, maxText, len(s))
	}
	if strings.ContainsRune(s, 0) {
		return fmt.Errorf("%s must not contain a NUL character", name)
	}
	return nil
}
