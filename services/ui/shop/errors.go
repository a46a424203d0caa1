package shop

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound says that what was asked for does not exist.
	ErrNotFound = errors.New("not found")
	// ErrInvalid says that a backend did not accept what it was sent.
	ErrInvalid = errors.New("not accepted")
)

// Unavailable says that a backend did not answer, or not as it should. The pages show Service; only the log shows Err.
type Unavailable struct { //nolint:errname // It reads as what it says: the cart is unavailable.
	Service string
	Err     error
}

// Error names the service and what went wrong.
func (u *Unavailable) Error() string { return fmt.Sprintf("cannot reach %s: %v", u.Service, u.Err) }

// Unwrap returns what went wrong.
func (u *Unavailable) Unwrap() error { return u.Err }
