// Package session identifies browsers by a cookie.
//
// The id in the cookie is the customer's id at every backend: it gives access to the cart. It is
// therefore made at random, never logged, and kept from scripts and from other sites. The package
// stores nothing.
package session

import (
	"context"
	"net/http"

	"github.com/google/uuid"
)

// Cookie is the name of the session cookie.
const Cookie = "SESSIONID"

type key struct{}

// Middleware gives each request a session id: the cookie's, when it is a proper one, else a new one.
func Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, ok := fromCookie(r)
		if !ok {
			id = uuid.NewString()
			http.SetCookie(w, New(r, Cookie, id))
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, id)))
	})
}

// ID returns the session id that Middleware gave to the request of this context.
func ID(ctx context.Context) string {
	id, _ := ctx.Value(key{}).(string)
	return id
}

// New returns a cookie that scripts and other sites do not get, and that plain HTTP does not carry where the shop has TLS.
func New(r *http.Request, name, value string) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: Encrypted(r),
	}
}

// Encrypted reports whether the browser spoke TLS, to us or to the load balancer before us.
func Encrypted(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// fromCookie accepts only what this package makes: anything else could be another customer's id at a backend.
func fromCookie(r *http.Request) (string, bool) {
	c, err := r.Cookie(Cookie)
	if err != nil {
		return "", false
	}
	id, err := uuid.Parse(c.Value)
	if err != nil || id.String() != c.Value {
		return "", false
	}
	return c.Value, true
}
