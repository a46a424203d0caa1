// Package checkout is the service that turns a customer's cart into one order.
//
// It reads RETAIL_CHECKOUT_* and keeps purchases in memory or in Redis. It places orders with the
// orders service, never two for one purchase: it stores the idempotency key before it posts the
// order. A submit that is repeated, made twice at once or interrupted by a crash then finds the
// existing order.
package checkout

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/checkout/ordering"
	"github.com/ausmart/platform/services/checkout/purchase"
	"github.com/ausmart/platform/services/internal/httperr"
	"github.com/ausmart/platform/services/internal/jsonbody"
	"github.com/ausmart/platform/services/internal/service"
)

// maxCustomer bounds the key of what is stored; the UI's session ids have 36 characters.
const maxCustomer = 255

// recording bounds the wait for the store once the order exists, even if the customer has left.
const recording = 3 * time.Second

// Store keeps one purchase for each customer.
type Store interface {
	// Get returns the zero Purchase for a customer who has none.
	Get(ctx context.Context, customer string) (purchase.Purchase, error)
	// Change replaces the purchase by the result of change and returns it. It is atomic across
	// replicas; change may be called more than once. When change fails, nothing is stored and its
	// error is returned.
	Change(ctx context.Context, customer string, change func(purchase.Purchase) (purchase.Purchase, error)) (purchase.Purchase, error)
}

// Orders places orders.
type Orders interface {
	// Place returns the id of the order with this key, and makes the order first if there is none.
	Place(ctx context.Context, key string, c purchase.Checkout) (id string, err error)
}

// API answers the service's requests.
type API struct {
	kit      *service.Kit
	store    Store
	orders   Orders
	rates    purchase.Rates
	topology Topology
}

// Topology is the body of GET /topology.
type Topology struct {
	PersistenceProvider string `json:"persistenceProvider"`
	DatabaseEndpoint    string `json:"databaseEndpoint"`
	OrdersEndpoint      string `json:"ordersEndpoint"`
}

// problem is an error as the sample's clients know it: message is a list when the request was bad, else a text.
type problem struct {
	Message    any    `json:"message"`
	Error      string `json:"error"`
	StatusCode int    `json:"statusCode"`
}

func newProblem(status int, message string) any {
	p := problem{Message: message, Error: http.StatusText(status), StatusCode: status}
	if status == http.StatusBadRequest {
		p.Message = strings.Split(message, "\n")
	}
	return p
}

// Routes returns the handler of the whole service.
func (a *API) Routes() http.Handler {
	errs := httperr.New(a.kit.Log, httperr.Table{
		{Err: purchase.ErrInvalid, Status: http.StatusBadRequest},
		{Err: purchase.ErrNoAddress, Status: http.StatusBadRequest},
		{Err: ordering.ErrRejected, Status: http.StatusBadRequest},
		{Err: purchase.ErrNotFound, Status: http.StatusNotFound},
		{Err: purchase.ErrPlacing, Status: http.StatusConflict},
		{Err: purchase.ErrUnavailable, Status: http.StatusServiceUnavailable, Message: purchase.ErrUnavailable.Error()},
		{Err: ordering.ErrUnavailable, Status: http.StatusServiceUnavailable, Message: ordering.ErrUnavailable.Error()},
	}, newProblem)

	root, r := a.kit.Router(service.Options{
		Topology:     func() any { return a.topology },
		Health:       a.health,
		ChaosCreated: http.StatusCreated,
	})
	r.Handle("/checkout/{customer}", errs.Handle(a.get)).Methods(http.MethodGet)
	r.Handle("/checkout/{customer}/update", errs.Handle(a.update)).Methods(http.MethodPost)
	r.Handle("/checkout/{customer}/submit", errs.Handle(a.submit)).Methods(http.MethodPost)
	return root
}

func (a *API) get(w http.ResponseWriter, r *http.Request) error {
	customer, err := customerOf(r)
	if err != nil {
		return err
	}
	p, err := a.store.Get(r.Context(), customer)
	if err != nil {
		return err
	}
	if !p.Open() {
		return purchase.ErrNotFound
	}
	jsonbody.Write(w, http.StatusOK, p.Checkout)
	return nil
}

func (a *API) update(w http.ResponseWriter, r *http.Request) error {
	customer, err := customerOf(r)
	if err != nil {
		return err
	}
	var request purchase.Request
	if err := jsonbody.Read(r, &request); err != nil {
		return err
	}
	if err := request.Validate(); err != nil {
		return err
	}
	fresh := purchase.IDs{Payment: rand.Text(), Token: rand.Text(), Shipment: rand.Text()}
	p, err := a.store.Change(r.Context(), customer, func(p purchase.Purchase) (purchase.Purchase, error) {
		return p.Update(request, fresh, a.rates)
	})
	if err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusCreated, p.Checkout)
	return nil
}

func (a *API) submit(w http.ResponseWriter, r *http.Request) error {
	customer, err := customerOf(r)
	if err != nil {
		return err
	}
	receipt, err := a.place(r.Context(), customer)
	if err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusCreated, receipt)
	return nil
}

// place makes the order, or finds the existing one. It may stop anywhere: the next call continues
// from the stored state.
func (a *API) place(ctx context.Context, customer string) (*purchase.Receipt, error) {
	p, err := a.store.Change(ctx, customer, purchase.Purchase.Begin)
	if err != nil || p.Receipt != nil {
		return p.Receipt, err
	}
	id, err := a.orders.Place(ctx, p.Key(), p.Checkout)
	if errors.Is(err, ordering.ErrRejected) {
		a.record(ctx, customer, func(stored purchase.Purchase) purchase.Purchase { return stored.Release(p.Key()) })
	}
	if err != nil {
		return nil, err
	}
	a.record(ctx, customer, func(stored purchase.Purchase) purchase.Purchase { return stored.Finish(p.Key(), id) })
	return p.Finish(p.Key(), id).Receipt, nil
}

// record stores the result of placing the order. If that fails, the customer still has the order:
// submitting again finds it.
func (a *API) record(ctx context.Context, customer string, change func(purchase.Purchase) purchase.Purchase) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recording)
	defer cancel()
	_, err := a.store.Change(ctx, customer, func(p purchase.Purchase) (purchase.Purchase, error) { return change(p), nil })
	if err != nil {
		a.kit.Log.WarnContext(ctx, "cannot record what became of an order, the next submit will", "error", err)
	}
}

func customerOf(r *http.Request) (string, error) {
	customer := mux.Vars(r)["customer"]
	if len(customer) > maxCustomer {
		return "", fmt.Errorf("%w: the customer's id has more than %d bytes", purchase.ErrInvalid, maxCustomer)
	}
	return customer, nil
}
