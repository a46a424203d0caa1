// Package catalog is the service that lists the products.
//
// It reads its settings from RETAIL_CATALOG_* and its products from memory or from MySQL; it changes neither.
package catalog

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/catalog/product"
	"github.com/ausmart/platform/services/internal/httperr"
	"github.com/ausmart/platform/services/internal/jsonbody"
	"github.com/ausmart/platform/services/internal/service"
)

const defaultSize = 10

var (
	errNumber  = errors.New("page and size must be numbers")
	errKeyword = errors.New("keyword must have 1 to 8 words and at most 100 characters")
)

// Store is where the products are.
type Store interface {
	List(ctx context.Context, q product.Query) ([]product.Product, error)
	Get(ctx context.Context, id string) (product.Product, error)
	Count(ctx context.Context, tags []string) (int, error)
	Tags(ctx context.Context) ([]product.Tag, error)
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
}

type problem struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

type size struct {
	Size int `json:"size"`
}

// Routes returns the handler of the whole service.
func (a *API) Routes() http.Handler {
	errs := httperr.New(a.kit.Log, httperr.Table{
		{Err: product.ErrNotFound, Status: http.StatusNotFound},
		{Err: errNumber, Status: http.StatusBadRequest},
		{Err: errKeyword, Status: http.StatusBadRequest},
		{Err: product.ErrUnavailable, Status: http.StatusServiceUnavailable, Message: product.ErrUnavailable.Error()},
	}, func(status int, message string) any { return problem{status, message} })

	root, r := a.kit.Router(service.Options{Topology: func() any { return a.topology }})
	r.Handle("/catalog/products", errs.Handle(a.products)).Methods(http.MethodGet)
	r.Handle("/catalog/products/{id}", errs.Handle(a.product)).Methods(http.MethodGet)
	r.Handle("/catalog/search", errs.Handle(a.search)).Methods(http.MethodGet)
	r.Handle("/catalog/size", errs.Handle(a.size)).Methods(http.MethodGet)
	r.Handle("/catalog/tags", errs.Handle(a.tags)).Methods(http.MethodGet)
	return root
}

func (a *API) products(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r)
	if err != nil {
		return err
	}
	return a.list(w, r, q)
}

func (a *API) search(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r)
	if err != nil {
		return err
	}
	if q.Words = product.Words(r.URL.Query().Get("keyword")); len(q.Words) == 0 {
		return errKeyword
	}
	return a.list(w, r, q)
}

func (a *API) list(w http.ResponseWriter, r *http.Request, q product.Query) error {
	found, err := a.store.List(r.Context(), q)
	if err != nil {
		return err
	}
	if found == nil {
		found = []product.Product{}
	}
	jsonbody.Write(w, http.StatusOK, found)
	return nil
}

func (a *API) product(w http.ResponseWriter, r *http.Request) error {
	p, err := a.store.Get(r.Context(), mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusOK, p)
	return nil
}

func (a *API) size(w http.ResponseWriter, r *http.Request) error {
	n, err := a.store.Count(r.Context(), tags(r.URL.Query().Get("tags")))
	if err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusOK, size{n})
	return nil
}

func (a *API) tags(w http.ResponseWriter, r *http.Request) error {
	all, err := a.store.Tags(r.Context())
	if err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusOK, all)
	return nil
}

// query reads what all lists take. A page of zero or below is the first; a size below zero is everything.
func query(r *http.Request) (product.Query, error) {
	v := r.URL.Query()
	page, err := number(v.Get("page"), 1)
	if err != nil {
		return product.Query{}, err
	}
	size, err := number(v.Get("size"), defaultSize)
	if err != nil {
		return product.Query{}, err
	}
	offset := (max(page, 1) - 1) * max(size, 0)
	return product.Query{Tags: tags(v.Get("tags")), Order: product.Order(v.Get("order")), Offset: offset, Limit: size}, nil
}

// number accepts what cannot overflow once multiplied with another.
func number(s string, fallback int) (int, error) {
	if s == "" {
		return fallback, nil
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0, errNumber
	}
	return int(n), nil
}

// tags splits a list with commas; empty and repeated entries do not count.
func tags(list string) []string {
	all := slices.DeleteFunc(strings.Split(list, ","), func(t string) bool { return t == "" })
	slices.Sort(all)
	return slices.Compact(all)
}
