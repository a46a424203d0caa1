// Package httperr turns the errors of a service into HTTP answers.
//
// Each service has one Table from its sentinels to statuses. The body of a 4xx says what the client
// did wrong; the body of a 5xx has no internal details; the log has all of them.
package httperr

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/ausmart/platform/services/internal/jsonbody"
)

// statusGone is logged for a client that left before its answer; it is never sent.
const statusGone = 499

// Table maps sentinels to statuses. The first row whose error matches wins.
type Table []Row

// Row is one line of a Table. Message replaces the error's own text, and must be there for a status of 500 and up.
type Row struct {
	Err     error
	Status  int
	Message string
}

// Body makes the body of an error answer, in the form that the service's clients know.
type Body func(status int, message string) any

// Mapper answers with what a Table says.
type Mapper struct {
	log   *slog.Logger
	table Table
	body  Body
}

// New returns a Mapper for one service.
func New(log *slog.Logger, table Table, body Body) *Mapper {
	return &Mapper{log: log, table: table, body: body}
}

// Handle makes a handler of a function that may fail. The function must not have written anything when it returns an error.
func (m *Mapper) Handle(fn func(w http.ResponseWriter, r *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := fn(w, r); err != nil {
			m.Write(w, r, err)
		}
	})
}

// Write answers with the status and message of err.
func (m *Mapper) Write(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(r.Context().Err(), context.Canceled) {
		w.WriteHeader(statusGone)
		return
	}
	status, message := m.table.Lookup(err)
	if status >= http.StatusInternalServerError {
		m.log.ErrorContext(r.Context(), "cannot answer request", "status", status, "error", err)
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	jsonbody.Write(w, status, m.body(status, message))
}

// Lookup returns the status and the public message for err.
func (t Table) Lookup(err error) (status int, message string) {
	for _, row := range t {
		if errors.Is(err, row.Err) {
			return row.Status, public(row, err)
		}
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, "the body is too large"
	case errors.Is(err, jsonbody.ErrMalformed):
		return http.StatusBadRequest, err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, "this took too long, try again later"
	default:
		return http.StatusInternalServerError, "something went wrong on our side"
	}
}

func public(row Row, err error) string {
	switch {
	case row.Message != "":
		return row.Message
	case row.Status >= http.StatusInternalServerError:
		return "this is not available at the moment, try again later"
	default:
		return err.Error()
	}
}
