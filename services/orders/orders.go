// Package orders is the service that accepts orders, stores them and sends an event about each.
//
// It reads RETAIL_ORDERS_PERSISTENCE_* and RETAIL_ORDERS_MESSAGING_*. It keeps orders in memory or
// in PostgreSQL, and sends their events to RabbitMQ, to SQS or only to the log. It never changes an
// order, never accepts one twice with the same Idempotency-Key, and answers only after the order
// and its event are stored.
package orders

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"go.opentelemetry.io/otel/propagation"

	"github.com/ausmart/platform/services/internal/httperr"
	"github.com/ausmart/platform/services/internal/jsonbody"
	"github.com/ausmart/platform/services/internal/service"
	"github.com/ausmart/platform/services/orders/order"
)

// Store keeps orders, each with its event.
type Store interface {
	// Create stores the order together with its event: both or neither. If the key was used before
	// it stores nothing, and returns the first order and false. Two orders without a key are never
	// the same.
	Create(ctx context.Context, o order.Order, e order.Event, key string) (first order.Order, created bool, err error)
	Get(ctx context.Context, id string) (order.Order, error)
	// List returns up to limit orders, oldest first, after leaving out the first offset ones.
	List(ctx context.Context, offset, limit int) ([]order.Order, error)
}

// API answers the service's requests.
type API struct {
	kit      *service.Kit
	store    Store
	metrics  *metrics
	stored   func() // Called for each new order.
	topology Topology
}

// Topology is the body of GET /topology.
type Topology struct {
	PersistenceProvider string `json:"persistenceProvider"`
	DatabaseEndpoint    string `json:"databaseEndpoint"`
	MessagingProvider   string `json:"messagingProvider"`
	MessagingEndpoint   string `json:"messagingEndpoint"`
}

type problem struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Routes returns the handler of the whole service.
func (a *API) Routes() http.Handler {
	errs := httperr.New(a.kit.Log, httperr.Table{
		{Err: order.ErrInvalid, Status: http.StatusBadRequest},
		{Err: errPage, Status: http.StatusBadRequest},
		{Err: order.ErrNotFound, Status: http.StatusNotFound},
		{Err: order.ErrUnavailable, Status: http.StatusServiceUnavailable, Message: order.ErrUnavailable.Error()},
	}, func(status int, message string) any { return problem{status, message} })

	root, r := a.kit.Router(service.Options{Topology: func() any { return a.topology }})
	r.Handle("/orders", errs.Handle(a.create)).Methods(http.MethodPost)
	r.Handle("/orders", errs.Handle(a.list)).Methods(http.MethodGet)
	r.Handle("/orders/{id}", errs.Handle(a.get)).Methods(http.MethodGet)
	return root
}

func (a *API) create(w http.ResponseWriter, r *http.Request) error {
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

// place turns a draft into an order, or finds the order with its key.
func (a *API) place(ctx context.Context, draft order.Draft, key string) (order.Order, error) {
	if err := draft.Validate(key); err != nil {
		return order.Order{}, err
	}
	// Ids of version 7 grow with time: a table of them is in the order of its making, without another index.
	id, eventID := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	// PostgreSQL keeps microseconds. The first answer must not differ from the later ones.
	o := order.Order{ID: id.String(), CreatedDate: time.Now().UTC().Truncate(time.Microsecond), Draft: draft}
	event, err := order.NewEvent(eventID.String(), traceparent(ctx), o)
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

// traceparent lets the receiver of the event carry on the trace of the request.
func traceparent(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier.Get("traceparent")
}

func (a *API) get(w http.ResponseWriter, r *http.Request) error {
	o, err := a.store.Get(r.Context(), mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	jsonbody.Write(w, http.StatusOK, o)
	return nil
}
