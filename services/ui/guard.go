package ui

import (
	"net/http"

	"github.com/ausmart/platform/services/ui/session"
)

// policy lets a page load pictures and style sheets from the shop and nothing else: no script, no frame, no other site.
const policy = "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers sets the security headers that suit pages.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY") // For browsers that do not know frame-ancestors.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
		if session.Encrypted(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses forms that another site's page sends. Clients that are no browsers, such as
// load generators, send neither Sec-Fetch-Site nor Origin and are let through: another site cannot
// make them send the customer's cookie.
func (u *UI) sameOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(u.handle(func(http.ResponseWriter, *http.Request) error { return errForeign }))
	return guard.Handler(next)
}
