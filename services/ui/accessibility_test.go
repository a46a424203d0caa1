package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// everyPage is one address of each template, and of each step of the checkout.
func everyPage() []string {
	return []string{
		"/home", "/catalog", "/catalog?tag=vehicles&order=price_asc", "/catalog/search?keyword=mug", "/catalog/" + mug.ID, "/cart",
		"/checkout", "/checkout/delivery", "/checkout/payment", "/orders/o-1", "/topology", "/info", "/nope",
	}
}

// TestAccessibility checks in the HTML what people with a screen reader or without a mouse depend on.
func TestAccessibility(t *testing.T) {
	h := serve(t, working())
	for _, path := range everyPage() {
		t.Run(strings.ReplaceAll(path, "/", "_"), func(t *testing.T) {
			checkDocument(t, parse(t, get(h, path).Body.String()))
		})
	}
	t.Run("Errors", func(t *testing.T) {
		checkDocument(t, parse(t, post(h, "/checkout", values("city", "", "zip", "")).Body.String()))
	})
}

func parse(t *testing.T, page string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func checkDocument(t *testing.T, doc *html.Node) {
	t.Helper()
	ids, labels, counts := map[string]int{}, map[string]bool{}, map[string]int{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		counts[n.Data]++
		if id, ok := attr(n, "id"); ok {
			ids[id]++
		}
		if target, ok := attr(n, "for"); ok && n.Data == "label" {
			labels[target] = true
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("id %q is there %d times", id, n)
		}
	}
	for _, landmark := range []string{"header", "main", "footer", "h1", "title"} {
		if counts[landmark] != 1 {
			t.Errorf("there must be one <%s>: got %d", landmark, counts[landmark])
		}
	}
	last := 0
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			checkElement(t, n, ids, labels)
			last = checkHeading(t, n, last)
		}
	}
}

func checkElement(t *testing.T, n *html.Node, ids map[string]int, labels map[string]bool) {
	t.Helper()
	switch n.Data {
	case "html":
		if lang, _ := attr(n, "lang"); lang == "" {
			t.Error("the document names no language")
		}
	case "img":
		if _, ok := attr(n, "alt"); !ok {
			t.Errorf("picture without alt: %s", describe(n))
		}
		if _, ok := attr(n, "width"); !ok {
			t.Errorf("picture without a size makes the page jump: %s", describe(n))
		}
	case "input", "select":
		id, _ := attr(n, "id")
		if kind, _ := attr(n, "type"); kind != "hidden" && !labels[id] && !inside(n, "label") {
			t.Errorf("field without a label: %s", describe(n))
		}
	case "a", "button":
		if hidden, _ := attr(n, "aria-hidden"); hidden != "true" && words(n) == "" {
			t.Errorf("link or button without words: %s", describe(n))
		}
	case "nav":
		if name, _ := attr(n, "aria-label"); name == "" {
			t.Errorf("there are several navigations, this one has no name: %s", describe(n))
		}
	case "svg":
		if hidden, _ := attr(n, "aria-hidden"); hidden != "true" {
			t.Errorf("decoration must be hidden: %s", describe(n))
		}
	}
	for _, key := range []string{"aria-labelledby", "aria-describedby"} {
		if target, ok := attr(n, key); ok && ids[target] == 0 {
			t.Errorf("%s points to %q, which is not there", key, target)
		}
	}
	if target, _ := attr(n, "href"); strings.HasPrefix(target, "#") && ids[target[1:]] == 0 {
		t.Errorf("link to %q, which is not there", target)
	}
}

// checkHeading fails on a level that was left out: readers jump from heading to heading.
func checkHeading(t *testing.T, n *html.Node, last int) int {
	t.Helper()
	if len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' {
		return last
	}
	level := int(n.Data[1] - '0')
	if level > last+1 {
		t.Errorf("heading %q jumps from level %d to %d", words(n), last, level)
	}
	return level
}

func attr(n *html.Node, key string) (string, bool) {
	i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
	if i < 0 {
		return "", false
	}
	return n.Attr[i].Val, true
}

func inside(n *html.Node, tag string) bool {
	for p := range n.Ancestors() {
		if p.Data == tag {
			return true
		}
	}
	return false
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func describe(n *html.Node) string { return fmt.Sprintf("<%s %v>", n.Data, n.Attr) }
