package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Two products that public load scripts know, with their prices.
const (
	rucksack = "/catalog/d27cf49f-b689-4a75-a249-d373e0330bb5" // $150
	oilskin  = "/catalog/4f18544b-70a5-4352-8e19-0d070f46745d" // $210
)

func TestBuyTwoThings(t *testing.T) {
	cases := map[string]struct {
		reason  string
		view    viewport
		options []chromedp.Action
		shoot   bool
	}{
		"Desktop": {reason: "The shop works on a wide screen.", view: desktop, shoot: true},
		"Phone":   {reason: "The shop works on a phone.", view: phone, shoot: true},
		"WithoutJavaScript": {
			reason: "The shop works where scripts are off.", view: phone,
			options: []chromedp.Action{emulation.SetScriptExecutionDisabled(true)},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := startShop(t)
			b := open(t, tc.view, s.ui.url(), tc.options...)
			shoot := func(name string) {
				if tc.shoot {
					b.shoot(name)
				}
			}
			b.visit("/")
			shoot("home")
			browse(b, shoot)
			fillCart(b, shoot)
			checkOut(b, shoot)
			checkOrder(b, shoot)
			order := b.path()
			if got := s.placed(t); got != 1 {
				t.Fatalf("%s\norders placed: got %d, want 1", tc.reason, got)
			}
			refreshAndGoBack(b, order)
			if got := s.placed(t); got != 1 {
				t.Errorf("%s\norders after a refresh and a second press: got %d, want 1", tc.reason, got)
			}
			b.visit("/topology")
			shoot("topology")
			if got := b.count(".service .state.ok"); got != len(services) {
				t.Errorf("healthy services on the topology page: got %d, want %d", got, len(services))
			}
			b.quiet()
		})
	}
}

func browse(b *browser, shoot func(string)) {
	b.t.Helper()
	b.press("#shop-now")
	want(b, "path after shop-now", b.path(), "/catalog")
	want(b, "cards on the first page", b.count(".product-card"), 6)
	shoot("catalog")
	b.press(`.chip[href="/catalog?tag=food"]`)
	want(b, "path after a filter", b.path(), "/catalog?tag=food")
	want(b, "cards of food", b.count(".product-card"), 1)
	b.do(chromedp.SendKeys("#keyword", "rucksack", chromedp.ByQuery))
	b.press(".search button")
	want(b, "path after a search", b.path(), "/catalog/search?keyword=rucksack")
	if got := b.text("h1"); !strings.HasPrefix(got, "Showing results for") {
		b.t.Errorf("heading of a search: got %q", got)
	}
	shoot("search")
}

func fillCart(b *browser, shoot func(string)) {
	b.t.Helper()
	b.visit("/cart")
	shoot("cart-empty")
	b.visit(rucksack)
	shoot("product")
	b.press("#add-to-cart")
	b.visit(oilskin)
	b.press("#add-to-cart")
	want(b, "path after adding", b.path(), "/cart")
	want(b, "items in the cart", b.count(".cart-item"), 2)
	want(b, "subtotal of the cart", b.text(".cart-subtotal"), "$360")
	want(b, "badge", b.text(".badge"), "2 items")
	shoot("cart")
}

func checkOut(b *browser, shoot func(string)) {
	b.t.Helper()
	b.press("#checkout")
	shoot("checkout-address")
	b.do(chromedp.Clear("#city", chromedp.ByQuery))
	b.press("#checkout-submit")
	want(b, "error beside the field", b.text("#city-error"), "Enter the suburb or city.")
	shoot("checkout-error")
	b.visit("/checkout")
	b.press("#checkout-submit")
	want(b, "path after the address", b.path(), "/checkout/delivery")
	shoot("checkout-delivery")
	b.press("#checkout-submit")
	want(b, "path after the delivery", b.path(), "/checkout/payment")
	shoot("checkout-payment")
	b.press("#checkout-submit")
}

func checkOrder(b *browser, shoot func(string)) {
	b.t.Helper()
	if !strings.HasPrefix(b.path(), "/orders/") {
		b.t.Fatalf("path after the payment: got %q, want one under /orders/", b.path())
	}
	want(b, "subtotal", b.text("#order-subtotal"), "$360")
	want(b, "shipping", b.text("#order-shipping"), "$10")
	want(b, "tax", b.text("#order-tax"), "$5")
	want(b, "total", b.text("#order-total"), "$375")
	want(b, "e-mail", b.text("#order-email"), "john_doe@example.com")
	want(b, "badges on an empty cart", b.count(".badge"), 0)
	shoot("order")
}

// refreshAndGoBack does what people do when they are not sure whether it worked.
func refreshAndGoBack(b *browser, order string) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Reload()); err != nil {
		b.t.Fatal(err)
	}
	want(b, "path after a refresh", b.path(), order)
	b.do(chromedp.NavigateBack())
	if b.count("#checkout-submit") > 0 { // The browser may show the page again without asking.
		b.press("#checkout-submit")
		want(b, "path after paying again", b.path(), order)
	}
}

// TestKeyboardOnly buys something with the keyboard only.
func TestKeyboardOnly(t *testing.T) {
	s := startShop(t)
	b := open(t, desktop, s.ui.url())
	b.visit("/")
	b.do(chromedp.KeyEvent(kb.Tab))
	want(b, "first stop of the tab key", b.focused(), "#content")
	b.pressEnter("#shop-now")
	b.pressEnter(".product-name a")
	b.pressEnter("#add-to-cart")
	b.pressEnter("#checkout")
	for range 3 {
		b.pressEnter("#checkout-submit")
	}
	if !strings.HasPrefix(b.path(), "/orders/") {
		t.Errorf("path after the last press: got %q, want one under /orders/", b.path())
	}
	want(b, "orders placed", s.placed(t), 1)
	b.quiet()
}

// focused returns where the link that has the focus leads.
func (b *browser) focused() string {
	b.t.Helper()
	var target string
	b.do(chromedp.Evaluate(`document.activeElement.getAttribute("href") || document.activeElement.id`, &target))
	return target
}

// pressEnter moves the focus to the selector by the tab key, checks that the focus is visible, and
// presses Enter.
func (b *browser) pressEnter(selector string) {
	b.t.Helper()
	const stops = 80 // More than any page has.
	for range stops {
		b.do(chromedp.KeyEvent(kb.Tab))
		var state struct{ There, Visible bool }
		b.do(chromedp.Evaluate(`(() => {
			const e = document.activeElement, style = getComputedStyle(e);
			return {There: e.matches(`+"`"+selector+"`"+`), Visible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2};
		})()`, &state))
		if !state.There {
			continue
		}
		if !state.Visible {
			b.t.Errorf("%s: the focus on %s is not visible", b.path(), selector)
		}
		if _, err := chromedp.RunResponse(b.ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
			b.t.Fatal(err)
		}
		return
	}
	b.t.Fatalf("%s: the tab key does not reach %s", b.path(), selector)
}

func want[T comparable](b *browser, what string, got, expected T) {
	b.t.Helper()
	if got != expected {
		b.t.Errorf("%s: got %v, want %v", what, got, expected)
	}
}
