package ui

import (
	"maps"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// tokens are the colours of one theme by name.
type tokens map[string]string

// pairs is every use of one colour on another in shop.css, with the contrast that WCAG 2.2 AA asks for: 4.5 for text, 3 for
// what is only seen.
func pairs() []struct {
	front, back string
	least       float64
} {
	const word, shape = 4.5, 3
	return []struct {
		front, back string
		least       float64
	}{
		{"--ink", "--paper", word}, {"--ink", "--surface", word}, {"--ink", "--brand-soft", word}, {"--ink", "--note-soft", word},
		{"--muted", "--paper", word}, {"--muted", "--surface", word},
		{"--brand", "--paper", word}, {"--brand", "--surface", word}, {"--brand", "--brand-soft", word},
		{"--brand-deep", "--paper", word}, {"--brand-deep", "--surface", word}, {"--brand-deep", "--brand-soft", word},
		{"--on-brand", "--brand", word}, {"--on-brand", "--brand-deep", word},
		{"--on-bar", "--bar", word}, {"--on-accent", "--accent", word},
		{"--danger", "--surface", word}, {"--danger", "--danger-soft", word}, {"--ok", "--ok-soft", word}, {"--ok", "--paper", word}, {"--ok", "--surface", word},
		{"--line-strong", "--surface", shape}, {"--line-strong", "--paper", shape}, {"--focus", "--paper", shape}, {"--focus", "--surface", shape},
		{"--focus", "--brand-soft", shape}, {"--accent", "--bar", shape},
	}
}

func TestContrast(t *testing.T) {
	css, err := static.ReadFile("static/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	for name, theme := range themes(t, string(css)) {
		t.Run(name, func(t *testing.T) {
			for _, p := range pairs() {
				if got := contrast(t, theme, p.front, p.back); got < p.least {
					t.Errorf("%s on %s: contrast %.2f, want at least %.1f", p.front, p.back, got, p.least)
				}
			}
		})
	}
}

// themes reads each theme in its light and its dark form, the way a browser cascades them.
func themes(t *testing.T, css string) map[string]tokens {
	t.Helper()
	light, dark, found := strings.Cut(css, "@media (prefers-color-scheme: dark) {")
	if !found {
		t.Fatal("tokens.css has no dark form")
	}
	all := map[string]tokens{}
	for _, name := range []string{"default", "green", "orange", "teal"} {
		all[name+"-light"] = cascade(block(light, ":root"), block(light, `[data-theme="`+name+`"]`))
		all[name+"-dark"] = cascade(all[name+"-light"], block(dark, ":root"), block(dark, `[data-theme="`+name+`"]`))
	}
	return all
}

func block(css, selector string) tokens {
	_, rest, _ := strings.Cut(css, selector+" {")
	body, _, _ := strings.Cut(rest, "}")
	found := tokens{}
	for _, m := range regexp.MustCompile(`(--[a-z-]+):\s*(#[0-9a-f]{6});`).FindAllStringSubmatch(body, -1) {
		found[m[1]] = m[2]
	}
	return found
}

func cascade(layers ...tokens) tokens {
	merged := tokens{}
	for _, layer := range layers {
		maps.Copy(merged, layer)
	}
	return merged
}

func contrast(t *testing.T, theme tokens, front, back string) float64 {
	t.Helper()
	a, b := luminance(t, theme[front]), luminance(t, theme[back])
	return (max(a, b) + .05) / (min(a, b) + .05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	if len(colour) != 7 {
		t.Fatalf("colour %q is not of the form #rrggbb", colour)
	}
	var sum float64
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// TestColoursByTokenOnly keeps every colour where the contrasts are computed; the hero has its own, on its own picture.
func TestColoursByTokenOnly(t *testing.T) {
	css, err := static.ReadFile("static/css/shop.css")
	if err != nil {
		t.Fatal(err)
	}
	literal := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b`)
	for i, line := range strings.Split(string(css), "\n") {
		if literal.MatchString(line) && !strings.HasPrefix(line, ".hero") && !strings.HasPrefix(line, ".eyebrow") {
			t.Errorf("shop.css:%d uses a colour that is no token: %s", i+1, line)
		}
	}
}
