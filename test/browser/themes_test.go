package browser

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// TestThemes opens every theme in its light and its dark form. The UI runs alone here, on its built-in mocks.
func TestThemes(t *testing.T) {
	b := open(t, desktop, "")
	for _, theme := range []string{"default", "green", "orange", "teal"} {
		b.base = start(t, "ui", "RETAIL_UI_THEME="+theme).url()
		for _, scheme := range []string{"light", "dark"} {
			b.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
			b.visit("/catalog?tag=vehicles")
			want(b, "cards of vehicles", b.count(".product-card"), 3)
			want(b, "pages that say that a mock answers", b.count(".demo"), 1)
			b.shoot("theme-" + theme + "-" + scheme)
		}
	}
	b.quiet()
}
