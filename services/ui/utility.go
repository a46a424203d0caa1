package ui

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/ausmart/platform/services/internal/jsonbody"
)

const (
	// maxIterations takes about a tenth of a second of one core.
	maxIterations = 10_000_000
	// maxStored and maxStoredBody bound what /utility/store keeps: 4 MiB.
	maxStored     = 64
	maxStoredBody = 64 << 10
	// panicDelay lets the answer be sent before the process ends.
	panicDelay = 500 * time.Millisecond
)

// utility are small endpoints for demonstrations of load, failures and restarts. Production leaves them out.
type utility struct {
	crash func()

	mu     sync.Mutex
	stored map[string][]byte
	oldest []string
}

func newUtility(crash func()) *utility {
	return &utility{crash: crash, stored: map[string][]byte{}}
}

// routes returns one handler for all of them: each route of the service's router costs eight series of metrics.
func (u *utility) routes() http.Handler {
	r := http.NewServeMux()
	r.HandleFunc("GET /utility/stress/{iterations}", stress)
	r.HandleFunc("GET /utility/status/{code}", status)
	r.HandleFunc("GET /utility/headers", requestHeaders)
	r.HandleFunc("GET /utility/panic", u.panic)
	r.HandleFunc("POST /utility/echo", echo)
	r.HandleFunc("POST /utility/store", u.store)
	r.HandleFunc("GET /utility/store/{hash}", u.read)
	return r
}

// stress estimates pi, which takes as long as it is told to.
func stress(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("iterations"))
	if err != nil || n < 1 || n > maxIterations {
		http.Error(w, fmt.Sprintf("iterations must be a number from 1 to %d", maxIterations), http.StatusBadRequest)
		return
	}
	inside := 0
	for range n {
		x, y := rand.Float64(), rand.Float64() // It burns time, it guards nothing.
		if x*x+y*y < 1 {
			inside++
		}
	}
	text(w, http.StatusOK, []byte(strconv.FormatFloat(4*float64(inside)/float64(n), 'f', -1, 64)))
}

func status(w http.ResponseWriter, r *http.Request) {
	code, err := strconv.Atoi(r.PathValue("code"))
	if err != nil || code < 200 || code > 599 {
		http.Error(w, "status must be a number from 200 to 599", http.StatusBadRequest)
		return
	}
	if code == http.StatusNoContent || code == http.StatusNotModified { // These have no body.
		w.WriteHeader(code)
		return
	}
	text(w, code, []byte("OK"))
}

// requestHeaders shows the request's headers, without those that identify the customer.
func requestHeaders(w http.ResponseWriter, r *http.Request) {
	shown := r.Header.Clone()
	shown.Del("Cookie")
	shown.Del("Authorization")
	jsonbody.Write(w, http.StatusOK, shown)
}

func (u *utility) panic(w http.ResponseWriter, _ *http.Request) {
	time.AfterFunc(panicDelay, u.crash)
	text(w, http.StatusInternalServerError, []byte("Shutting down..."))
}

// crash ends the process the hard way, as a bug would.
func crash() { panic("asked to by /utility/panic") }

func echo(w http.ResponseWriter, r *http.Request) {
	if body, ok := readBody(w, r); ok {
		text(w, http.StatusOK, body)
	}
}

// store keeps the body in memory, and forgets the oldest when it has too many: the root file system is read-only.
func (u *utility) store(w http.ResponseWriter, r *http.Request) {
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	sum := fnv.New64a()
	_, _ = sum.Write(body) // A hash never fails.
	hash := strconv.FormatUint(sum.Sum64(), 10)
	u.keep(hash, body)
	jsonbody.Write(w, http.StatusOK, map[string]string{"hash": hash})
}

func (u *utility) keep(hash string, body []byte) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, known := u.stored[hash]; known {
		return
	}
	if len(u.oldest) == maxStored {
		delete(u.stored, u.oldest[0])
		u.oldest = u.oldest[1:]
	}
	u.stored[hash], u.oldest = body, append(u.oldest, hash)
}

func (u *utility) read(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	body, ok := u.stored[r.PathValue("hash")]
	u.mu.Unlock()
	if !ok {
		http.Error(w, "nothing is stored under this hash", http.StatusNotFound)
		return
	}
	text(w, http.StatusOK, body)
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxStoredBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		http.Error(w, fmt.Sprintf("the body must not be larger than %d bytes", maxStoredBody), http.StatusRequestEntityTooLarge)
	case err != nil:
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
	}
	return body, err == nil
}

// text keeps a browser from showing what a client sent as HTML.
func text(w http.ResponseWriter, code int, body []byte) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(body) // The client has gone.
}
