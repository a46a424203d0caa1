// Package cart is the service that remembers what each customer has chosen.
//
// It reads its settings from RETAIL_CART_* and keeps carts in memory, DynamoDB or Redis. It never looks up a price or a
// product: a line holds what the client sent.
package cart

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/cart/item"
	"github.com/ausmart/platform/services/internal/httperr"
	"github.com/ausmart/platform/services/internal/jsonbody"
	"github.com/ausmart/platform/services/internal/service"
)

// Store keeps the carts. Each call happens whole or not at all, and a read sees every write that has returned.
type Store interface {
	Items(ctx context.Context, customer string) ([]item.Item, error)
	Item(ctx context.Context, customer, id string) (item.Item, error)
	Add(ctx context.Context, customer string, i item.Item) (item.Item, error)
	Set(ctx context.Context, customer string, d item.Draft) error
	Remove(ctx context.Context, customer, id string) error
	Clear(ctx context.Context, customer string) error
	Merge(ctx context.Context, from, into string) error
}

// API answers the service's requests.
type API struct {
	kit      *service.Kit
	store    Store
	topology Topology
}

// Topology is the body of GET /topology.
type Topology struct {
	PersistenceProvider string `json:"persistenceProvider"`
	DatabaseEndpoint    string `json:"databaseEndpoint"`
	DynamoDBTable       string `json:"dynamodbTable,omitempty"`
	DynamoDBEndpoint    string `json:"dynamodbEndpoint,omitempty"`
}

type problem struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// gone is the body that the sample answers once a cart is deleted.
type gone struct {
	Customer *string     `json:"customerId"`
	Items    []item.Item `json:"items"`
}

// Routes returns the handler of the whole service.
func (a *API) Routes() http.Handler {
	errs := httperr.New(a.kit.Log, httperr.Table{
		{Err: item.ErrNotFound, Status: http.StatusNotFound},
		{Err: item.ErrInvalid, Status: http.StatusBadRequest},
		{Err: item.ErrFull, Status: http.StatusConflict, Message: fmt.Sprintf("the cart is full: it takes %d lines of %d pieces", item.MaxLines, item.MaxQuantity)},
		{Err: item.ErrUnavailable, Status: http.StatusServiceUnavailable, Message: item.ErrUnavailable.Error()},
	}, func(status int, message string) any { return problem{status, message} })

	root, r := a.kit.Router(service.Options{Topology: func() any { return a.topology }})
	handle := func(path, method string, fn func(http.ResponseWriter, *http.Request) error) {
		r.Handle(path, errs.Handle(checked(fn))).Methods(method)
	}
	const cart, items, one = "/carts/{customerId}", "/carts/{customerId}/items", "/carts/{customerId}/items/{itemId}"
	handle(cart, http.MethodGet, a.get)
	handle(cart, http.MethodDelete, a.clear)
	handle(cart+"/merge", http.MethodGet, a.merge)
	handle(items, http.MethodGet, a.items)
	handle(items, http.MethodPost, a.add)
	handle(items, http.MethodPatch, a.change)
	handle(one, http.MethodGet, a.item)
	handle(one, http.MethodDelete, a.remove)
	return root
}

// checked refuses ids in the path that no cart can have.
func checked(next func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		for _, id := range mux.Vars(r) {
			if err := item.CheckID(id); err != nil {
				return err
			}
		}
		return next(w, r)
	}
}

func (a *API) get(w http.ResponseWriter, r *http.Request) error {
	items, err := a.store.Items(r.Context(), customer(r))
	if err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusOK, item.Cart{Customer: customer(r), Items: list(items)})
	return nil
}

func (a *API) items(w http.ResponseWriter, r *http.Request) error {
	items, err := a.store.Items(r.Context(), customer(r))
	if err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusOK, list(items))
	return nil
}

func (a *API) item(w http.ResponseWriter, r *http.Request) error {
	i, err := a.store.Item(r.Context(), customer(r), mux.Vars(r)["itemId"])
	if err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusOK, i)
	return nil
}

func (a *API) add(w http.ResponseWriter, r *http.Request) error {
	var draft item.Draft
	if err := jsonbody.Read(r, &draft); err != nil {
		return err
	}
	i, err := draft.New()
	if err != nil {
		return err
	}
	if i, err = a.store.Add(r.Context(), customer(r), i); err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusCreated, i)
	return nil
}

func (a *API) change(w http.ResponseWriter, r *http.Request) error {
	var draft item.Draft
	if err := jsonbody.Read(r, &draft); err != nil {
		return err
	}
	if err := draft.Check(); err != nil {
		return err
	}
	if err := a.store.Set(r.Context(), customer(r), draft); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

func (a *API) remove(w http.ResponseWriter, r *http.Request) error {
	if err := a.store.Remove(r.Context(), customer(r), mux.Vars(r)["itemId"]); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

func (a *API) clear(w http.ResponseWriter, r *http.Request) error {
	if err := a.store.Clear(r.Context(), customer(r)); err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusAccepted, gone{Items: []item.Item{}})
	return nil
}

func (a *API) merge(w http.ResponseWriter, r *http.Request) error {
	session := r.URL.Query().Get("sessionId")
	if err := item.CheckID(session); err != nil {
		return err
	}
	if err := a.store.Merge(r.Context(), session, customer(r)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

func customer(r *http.Request) string { return mux.Vars(r)["customerId"] }

// list makes an empty list of none: clients iterate over it.
func list(items []item.Item) []item.Item {
	if items == nil {
		return []item.Item{}
	}
	return items
}
