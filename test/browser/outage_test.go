package browser

import (
	"strings"
	"testing"
)

// TestBackendDown kills one service at a time: the shop shows a message, works as far as it can,
// and recovers by itself.
func TestBackendDown(t *testing.T) {
	s := startShop(t)
	for _, view := range []viewport{desktop, phone} {
		t.Run(view.name, func(t *testing.T) {
			b := open(t, view, s.ui.url())
			b.visit(rucksack)
			b.press("#add-to-cart")

			s.catalog.kill()
			b.visit("/home")
			want(b, "notices on the home page without a catalog", b.count(".notice"), 1)
			want(b, "hero without a catalog", b.count("#shop-now"), 1)
			b.shoot("outage-home")
			b.visit("/catalog")
			want(b, "heading without a catalog", b.text("h1"), "Back in a moment")
			b.shoot("outage-catalog")
			b.visit("/cart")
			want(b, "items in the cart without a catalog", b.count(".cart-item"), 1)
			want(b, "subtotal without a catalog", b.text(".cart-subtotal"), "$150")
			b.visit("/topology")
			want(b, "services that do not answer", b.count(".state.bad"), 1)
			b.shoot("outage-topology")
			s.catalog.restart(t)
			b.visit("/catalog")
			want(b, "cards once the catalog is back", b.count(".product-card"), 6)

			s.cart.kill()
			b.visit("/catalog")
			want(b, "cards without a cart", b.count(".product-card"), 6)
			if got := b.text(".notice"); !strings.Contains(got, "cart is not answering") {
				t.Errorf("notice without a cart: got %q", got)
			}
			b.press("button.add-to-cart")
			want(b, "heading after adding without a cart", b.text("h1"), "Back in a moment")
			s.cart.restart(t)
			b.visit("/cart")
			want(b, "heading once the cart is back", b.text("h1"), "Your cart")
		})
	}
}
