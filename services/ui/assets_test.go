package ui

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/ausmart/platform/services/ui/shop"
)

func TestEveryProductHasAPicture(t *testing.T) {
	data, err := os.ReadFile("mock/products.json")
	if err != nil {
		t.Fatal(err)
	}
	var products []shop.Product
	if err := json.Unmarshal(data, &products); err != nil {
		t.Fatal(err)
	}
	if len(products) != 12 {
		t.Errorf("products: got %d, want 12", len(products))
	}
	described := alts()
	for _, p := range products {
		if _, err := static.Open("static/products/" + p.ID + ".svg"); err != nil {
			t.Errorf("%s has no picture: %v", p.Name, err)
		}
		if described[p.ID] == "" {
			t.Errorf("the picture of %s is not described", p.Name)
		}
	}
}

// TestPicturesAreHarmless parses each picture: it must be complete, contain no script, and load nothing.
func TestPicturesAreHarmless(t *testing.T) {
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range a.files {
		if !strings.HasSuffix(name, ".svg") {
			continue
		}
		d := xml.NewDecoder(strings.NewReader(string(file.plain)))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if start, ok := token.(xml.StartElement); ok {
				checkShape(t, name, start)
			}
		}
	}
}

func checkShape(t *testing.T, name string, e xml.StartElement) {
	t.Helper()
	switch e.Name.Local {
	case "script", "foreignObject", "image", "style", "animate", "set":
		t.Errorf("%s contains <%s>", name, e.Name.Local)
	}
	for _, a := range e.Attr {
		if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || (a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#")) {
			t.Errorf("%s has %s=%q", name, a.Name.Local, a.Value)
		}
	}
}

func TestAssets(t *testing.T) {
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	current, err := a.url("css/shop.css")
	if err != nil {
		t.Fatal(err)
	}
	hash := a.files["css/shop.css"].hash
	cases := map[string]struct {
		reason  string
		target  string
		headers map[string]string
		status  int
		cache   string
		coding  string
	}{
		"Hashed":     {"An address with the hash never changes its meaning.", current, nil, 200, forever, ""},
		"Bare":       {"A bare address may change.", "/assets/css/shop.css", nil, 200, revalidate, ""},
		"OldHash":    {"An old address gets today's file, and is not kept.", "/assets/css/shop.css?v=0", nil, 200, revalidate, ""},
		"Zipped":     {"A browser that can unzip gets it zipped.", current, map[string]string{"Accept-Encoding": "br, gzip"}, 200, forever, "gzip"},
		"NotChanged": {"What a browser has it need not load again.", "/assets/css/shop.css", map[string]string{"If-None-Match": `"` + hash + `"`}, 304, revalidate, ""},
		"Missing":    {"What is not there is a 404.", "/assets/css/other.css", nil, 404, "", ""},
		"Climbing":   {"A path cannot leave the folder.", "/assets/../ui.go", nil, 404, "", ""},
		"Encoded":    {"An encoded path cannot either.", "/assets/%2e%2e/ui.go", nil, 404, "", ""},
		"Folder":     {"A folder is not listed.", "/assets/css/", nil, 404, "", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, tc.target, nil)
			for k, v := range tc.headers {
				r.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			serve(t, working()).ServeHTTP(w, r)
			got := w.Header()
			if w.Code != tc.status || got.Get("Cache-Control") != tc.cache || got.Get("Content-Encoding") != tc.coding {
				t.Errorf("%s\ngot status %d, cache %q, encoding %q", tc.reason, w.Code, got.Get("Cache-Control"), got.Get("Content-Encoding"))
			}
			if len(w.Result().Cookies()) > 0 {
				t.Errorf("%s\nan asset must not set a cookie", tc.reason)
			}
		})
	}
}
