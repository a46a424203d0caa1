package orders

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/internal/httperr"
	"github.com/ausmart/platform/services/internal/jsonbody"
	"github.com/ausmart/platform/services/orders/order"
)

// Store keeps orders, each with its event.
type Store interface {
	// Create stores the order together with its event: both or neither. If the key was used before it stores nothing,
	// and answers the first order and false. No two orders without a key are taken for one.
	Create(ctx context.Context, o order.Order, e order.Event, key string) (first order.Order, created bool, err error)
	Get(ctx context.Context, id string) (order.Order, error)
	// List returns up to limit orders, oldest first, after leaving out the first offset ones.
	List(ctx context.Context, offset, limit int) ([]order.Order, error)
}

var errPage = errors.New("page and size must be numbers, size from 1 to 1000")

const (
	defaultSize = 10
	// maxSize is also how many orders are in memory while all of them are sent.
	maxSize = 1000
)

func statuses() httperr.Table {
	return httperr.Table{
		{Err: order.ErrInvalid, Status: http.StatusBadRequest},
		{Err: errPage, Status: http.StatusBadRequest},
		{Err: order.ErrNotFound, Status: http.StatusNotFound},
		{Err: order.ErrUnavailable, Status: http.StatusServiceUnavailable, Message: order.ErrUnavailable.Error()},
	}
}

type errorBody struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// api answers the service's own routes.
type api struct {
	store   Store
	metrics *metrics
	stored  func() // Hears of each new order.
}

func (a *api) routes(r *mux.Router, answers *httperr.Mapper) {
	r.Handle("/orders", answers.Handle(a.create)).Methods(http.MethodPost)
	r.Handle("/orders", answers.Handle(a.list)).Methods(http.MethodGet)
	r.Handle("/orders/{id}", answers.Handle(a.get)).Methods(http.MethodGet)
}

func (a *api) create(w http.ResponseWriter, r *http.Request) error {
	var draft order.Draft
	if err := jsonbody.Read(r, &draft); err != nil {
		return err
	}
	o, err := a.place(r.Context(), draft, r.Header.Get("Idempotency-Key"))
	if err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusOK, o)
	return nil
}

// place turns a draft into an order, or finds the order that its key stands for.
func (a *api) place(ctx context.Context, draft order.Draft, key string) (order.Order, error) {
	if err := draft.Validate(key); err != nil {
		return order.Order{}, err
	}
	// Ids of version 7 grow with time: a table of them is in the order of its making, without another index.
	id, eventID := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	// PostgreSQL keeps microseconds. The first answer must not differ from the later ones.
	o := order.Order{ID: id.String(), CreatedDate: time.Now().UTC().Truncate(time.Microsecond), Draft: draft}
	event, err := order.NewEvent(eventID.String(), o)
	if err != nil {
		return order.Order{}, err
	}
	o, created, err := a.store.Create(ctx, o, event, key)
	if created && err == nil {
		a.metrics.ordered(o)
		a.stored()
	}
	return o, err
}

func (a *api) get(w http.ResponseWriter, r *http.Request) error {
	o, err := a.store.Get(r.Context(), mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusOK, o)
	return nil
}

func (a *api) list(w http.ResponseWriter, r *http.Request) error {
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
func (a *api) all(w http.ResponseWriter, r *http.Request) error {
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
	_, _ = w.Write([]byte{']'}) // The client has gone; nobody is left to tell.
	return nil
}

// writePiece writes the orders as a part of an array: the first bracket is replaced by first, the last one left out.
func writePiece(w io.Writer, first byte, orders []order.Order) {
	body, err := json.Marshal(orders)
	if err != nil { // Only a type that JSON cannot express gets here, which is a mistake in this program.
		panic(fmt.Errorf("cannot encode orders: %w", err))
	}
	body[0] = first
	_, _ = w.Write(body[:len(body)-1]) // As above.
}
