// Package jsonbody decodes the JSON bodies of requests and encodes those of responses.
//
// It accepts unknown fields, because clients of the sample send some, but neither a second value nor a body that the
// request's limit cuts off.
package jsonbody

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// ErrMalformed says that a body is not the JSON that was asked for.
var ErrMalformed = errors.New("body is not valid JSON for this request")

// maxPooled keeps one unusually large answer from holding its memory for ever.
const maxPooled = 64 << 10

// Read decodes the request's body into v. The error wraps ErrMalformed, or is the *http.MaxBytesError of a body over the limit.
func Read(r *http.Request, v any) error {
	d := json.NewDecoder(r.Body)
	if err := d.Decode(v); err != nil {
		return malformed(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: there is text after the first value", ErrMalformed)
	}
	return nil
}

// Write answers with v as JSON.
func Write(w http.ResponseWriter, status int, v any) {
	buf := buffers.Get().(*bytes.Buffer) //nolint:forcetypeassert // The pool holds buffers only.
	defer release(buf)
	buf.Reset()
	e := json.NewEncoder(buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		// Only a type that JSON cannot express fails, which is a mistake in this program.
		panic(fmt.Errorf("cannot encode answer: %w", err))
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // The client has gone.
}

// buffers is a cache of memory, not state: it changes no answer.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }} //nolint:gochecknoglobals // See above.

func release(buf *bytes.Buffer) {
	if buf.Cap() <= maxPooled {
		buffers.Put(buf)
	}
}

func malformed(err error) error {
	var tooLarge *http.MaxBytesError
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &tooLarge):
		return err
	case errors.As(err, &wrongType):
		return fmt.Errorf("%w: %s must be of type %s", ErrMalformed, field(wrongType), wrongType.Type.Kind())
	default:
		return fmt.Errorf("%w: send one JSON value", ErrMalformed)
	}
}

func field(err *json.UnmarshalTypeError) string {
	if err.Field == "" {
		return "the body"
	}
	return strconv.Quote(err.Field)
}
