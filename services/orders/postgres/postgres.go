// Package postgres keeps orders in a PostgreSQL database, together with the events that still have to be delivered.
//
// An order, its lines and its event are written by one statement: all of them or none. Several replicas may share the
// database. It never logs, and never creates the database itself.
package postgres

import (
	"context"
	"database/sql"
	_ "embed" // For the migrations.
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/ausmart/platform/services/internal/migrate"
	"github.com/ausmart/platform/services/orders/order"
)

//go:embed migrations/001_orders.sql
var createOrders string

// Store is safe for concurrent use.
type Store struct {
	cfg      Config
	db       *sql.DB
	migrated atomic.Bool
}

// New returns a Store that connects when it is first used.
func New(cfg Config) *Store {
	return &Store{cfg: cfg, db: open(cfg, maxConns, stall)}
}

// DB returns the pool, for its statistics.
func (s *Store) DB() *sql.DB { return s.db }

// Migrate brings the database to the schema that this Store needs. It has a connection of its own, because a change of a
// large table may take longer than any request should wait.
func (s *Store) Migrate(ctx context.Context) error {
	db := open(s.cfg, 1, 0)
	defer func() { _ = db.Close() }() // The migration is over; there is nothing to lose.
	err := migrate.Run(ctx, db, migrate.Postgres(), []migrate.Step{{Name: "create orders and outbox", Run: execute(createOrders)}})
	s.migrated.Store(err == nil)
	return err
}

// execute runs all statements in one call: PostgreSQL makes them one transaction.
func execute(statements string) func(context.Context, *sql.Conn) error {
	return func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, statements)
		return err
	}
}

// Check returns nil while the database answers and Migrate has done its work.
func (s *Store) Check(ctx context.Context) error {
	if !s.migrated.Load() {
		return errors.New("the database has not been migrated")
	}
	return s.db.PingContext(ctx)
}

// failed wraps an error with what could not be done. It is always ErrUnavailable: the client can
// only try again later.
func failed(what string, err error) error {
	return fmt.Errorf("%s: %w: %w", what, order.ErrUnavailable, err)
}

// Close closes the connections.
func (s *Store) Close() error { return s.db.Close() }

// insert does nothing at all when the id or the key exists. It may run again after the server went
// away without an answer: the id then shows that the first try succeeded.
const insert = `
WITH new AS (
    INSERT INTO orders (id, idempotency_key, created_at,
        first_name, last_name, email, address1, address2, city, zip_code, state)
    VALUES ($1, NULLIF($2, ''), $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT DO NOTHING
    RETURNING id
), lines AS (
    INSERT INTO order_items (order_id, line, product_id, quantity, unit_cost, total_cost)
    SELECT new.id, item.line, item.product_id, item.quantity, item.unit_cost, item.total_cost
    FROM new, unnest($12::text[], $13::integer[], $14::bigint[], $15::bigint[])
        WITH ORDINALITY AS item (product_id, quantity, unit_cost, total_cost, line)
)
INSERT INTO outbox (id, body, trace) SELECT $16, $17, $18 FROM new`

// Create stores the order together with its event, unless the key was used before: then it returns
// the first order.
func (s *Store) Create(ctx context.Context, o order.Order, e order.Event, key string) (order.Order, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	a, l := o.ShippingAddress, columns(o.Items)
	result, err := repeat(func() (sql.Result, error) {
		return s.db.ExecContext(ctx, insert, o.ID, key, o.CreatedDate,
			a.FirstName, a.LastName, a.Email, a.Address1, a.Address2, a.City, a.ZipCode, a.State,
			pq.Array(l.products), pq.Array(l.quantities), pq.Array(l.unitCosts), pq.Array(l.totalCosts),
			e.ID, string(e.Body), e.Trace)
	})
	if err != nil {
		return order.Order{}, false, failed("cannot store order", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return o, true, err
	}
	first, err := s.one(ctx, selectOrder+" WHERE id = $1 OR idempotency_key = NULLIF($2, '')", o.ID, key)
	return first, first.ID == o.ID, err
}

const selectOrder = `
SELECT id, created_at, first_name, last_name, email, address1, address2, city, zip_code, state,
    (SELECT json_agg(json_build_object('productId', product_id, 'quantity', quantity,
        'unitCost', unit_cost, 'totalCost', total_cost) ORDER BY line)
     FROM order_items WHERE order_id = orders.id)
FROM orders`

// Get returns one order.
func (s *Store) Get(ctx context.Context, id string) (order.Order, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return order.Order{}, order.ErrNotFound
	}
	return s.one(ctx, selectOrder+" WHERE id = $1", parsed.String())
}

// List returns up to limit orders, oldest first, after leaving out the first offset ones.
func (s *Store) List(ctx context.Context, offset, limit int) ([]order.Order, error) {
	return s.all(ctx, selectOrder+" ORDER BY id LIMIT $1 OFFSET $2", limit, offset)
}

func (s *Store) one(ctx context.Context, query string, args ...any) (order.Order, error) {
	found, err := s.all(ctx, query, args...)
	if err != nil {
		return order.Order{}, err
	}
	if len(found) == 0 {
		return order.Order{}, order.ErrNotFound
	}
	return found[0], nil
}

func (s *Store) all(ctx context.Context, query string, args ...any) ([]order.Order, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := repeat(func() (*sql.Rows, error) { return s.db.QueryContext(ctx, query, args...) })
	if err != nil {
		return nil, failed("cannot read orders", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err has told.
	found := []order.Order{}
	for rows.Next() {
		o, err := scan(rows)
		if err != nil {
			return nil, failed("cannot read order", err)
		}
		found = append(found, o)
	}
	if err := rows.Err(); err != nil {
		return nil, failed("cannot read orders", err)
	}
	return found, nil
}

func scan(rows *sql.Rows) (order.Order, error) {
	var o order.Order
	var items []byte
	a := &o.ShippingAddress
	err := rows.Scan(&o.ID, &o.CreatedDate,
		&a.FirstName, &a.LastName, &a.Email, &a.Address1, &a.Address2, &a.City, &a.ZipCode, &a.State, &items)
	if err != nil {
		return order.Order{}, err
	}
	o.CreatedDate = o.CreatedDate.UTC()
	return o, json.Unmarshal(items, &o.Items)
}

// itemColumns are the lines of an order as unnest wants them.
type itemColumns struct {
	products                          []string
	quantities, unitCosts, totalCosts []int64
}

func columns(items []order.Item) itemColumns {
	var c itemColumns
	for _, item := range items {
		c.products = append(c.products, item.ProductID)
		c.quantities = append(c.quantities, int64(item.Quantity))
		c.unitCosts = append(c.unitCosts, int64(item.UnitCost))
		c.totalCosts = append(c.totalCosts, int64(item.TotalCost))
	}
	return c
}
