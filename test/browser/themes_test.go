package browser

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestThemes looks at every theme by day and by night. The UI runs alone here, on its built-in mocks.
func TestThemes(t *testing.T) {
	for _, theme := range []string{"default", "green", "orange", "teal"} {
		ui := start(t, "ui", "RETAIL_UI_THEME="+theme)
		for _, scheme := range []string{"light", "dark"} {
			t.Run(theme+"-"+scheme, func(t *testing.T) {
				night := emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}})
				b := open(t, desktop, ui.url(), night)
				b.visit("/catalog?tag=vehicles")
				want(b, "cards of vehicles", b.count(".product-card"), 3)
				want(b, "pages that say that a mock answers", b.count(".demo"), 1)
				b.shoot("theme-" + theme + "-" + scheme)
				b.press("button.add-to-cart")
				b.press("#checkout")
				b.do(chromedp.Clear("#city", chromedp.ByQuery))
				b.press("#checkout-submit")
				b.shoot("theme-" + theme + "-" + scheme + "-form")
				b.quiet()
			})
		}
	}
}
