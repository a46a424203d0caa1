package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/lib/pq"

	"github.com/ausmart/platform/services/orders/order"
)

// Deliver hands up to limit events to publish and deletes those that it delivered. The events stay locked meanwhile, and
// other replicas pass over them; when this one dies, the database unlocks them.
func (s *Store) Deliver(ctx context.Context, limit int, publish func(context.Context, []order.Event) (int, error)) (int, error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, failed("cannot begin delivery", err)
	}
	defer func() { _ = tx.Rollback() }() // Does nothing after a commit.
	events, err := lock(ctx, tx, limit)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	delivered, failure := publish(ctx, events)
	if err := forget(ctx, tx, events[:delivered]); err != nil {
		return 0, errors.Join(failure, err)
	}
	return delivered, failure
}

// Waiting returns how many events have not been delivered yet.
func (s *Store) Waiting(ctx context.Context) (int, error) {
	var n int
	if err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM outbox").Scan(&n); err != nil {
		return 0, failed("cannot count events", err)
	}
	return n, nil
}

func lock(ctx context.Context, tx *sql.Tx, limit int) ([]order.Event, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, body, trace FROM outbox ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED", limit)
	if err != nil {
		return nil, failed("cannot read events", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err has told.
	var events []order.Event
	for rows.Next() {
		var e order.Event
		if err := rows.Scan(&e.ID, &e.Body, &e.Trace); err != nil {
			return nil, failed("cannot read event", err)
		}
		events = append(events, e)
	}
	if err := rows.Err(); err != nil {
		return nil, failed("cannot read events", err)
	}
	return events, nil
}

func forget(ctx context.Context, tx *sql.Tx, events []order.Event) error {
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM outbox WHERE id = ANY($1)", pq.Array(ids)); err != nil {
		return failed("cannot delete delivered events", err)
	}
	if err := tx.Commit(); err != nil {
		return failed("cannot commit delivery", err)
	}
	return nil
}
