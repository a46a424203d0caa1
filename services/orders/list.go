package orders

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/ausmart/platform/services/internal/jsonbody"
	"github.com/ausmart/platform/services/orders/order"
)

const (
	defaultSize = 10
	// maxSize is also how many orders are in memory while all of them are sent.
	maxSize = 1000
)

var errPage = errors.New("page and size must be numbers, size from 1 to 1000")

func (a *API) list(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	if !query.Has("page") && !query.Has("size") {
		return a.all(w, r)
	}
	page, err := number(query.Get("page"), 1)
	if err != nil {
		return err
	}
	size, err := number(query.Get("size"), defaultSize)
	if err != nil || size < 1 || size > maxSize {
		return errPage
	}
	found, err := a.store.List(r.Context(), (max(page, 1)-1)*size, size)
	if err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusOK, found)
	return nil
}

// number accepts what cannot overflow once multiplied with a size.
func number(s string, fallback int) (int, error) {
	if s == "" {
		return fallback, nil
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0, errPage
	}
	return int(n), nil
}

// all sends every order, but holds only a batch of them. If the store fails half way it cuts the connection: a list that
// ends early must not look complete.
func (a *API) all(w http.ResponseWriter, r *http.Request) error {
	batch, err := a.store.List(r.Context(), 0, maxSize)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	writePiece(w, '[', batch)
	for sent := len(batch); len(batch) == maxSize; sent += len(batch) {
		if batch, err = a.store.List(r.Context(), sent, maxSize); err != nil {
			panic(http.ErrAbortHandler)
		}
		if len(batch) > 0 {
			writePiece(w, ',', batch)
		}
	}
	_, _ = w.Write([]byte{']'}) // The client has gone.
	return nil
}

// writePiece writes the orders as a part of an array: the first bracket is replaced by first, the last one left out.
func writePiece(w io.Writer, first byte, orders []order.Order) {
	body, err := json.Marshal(orders)
	if err != nil { // Only a type that JSON cannot express fails, which is a mistake in this program.
		panic(fmt.Errorf("cannot encode orders: %w", err))
	}
	body[0] = first
	_, _ = w.Write(body[:len(body)-1]) // As above.
}
