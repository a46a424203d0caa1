package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"sync"

	"github.com/ausmart/platform/services/ui/shop"
)

//go:embed templates
var templates embed.FS

// maxPooled keeps one unusually large page from holding its memory for ever.
const maxPooled = 256 << 10

// page is the data of every template; Body is for one of them only.
type page struct {
	Title   string
	Menu    string // The menu entry that is current.
	Keyword string
	Cart    shop.Cart
	CartOK  bool     // False when the cart did not answer, or was not asked.
	Notices []string // What is missing from the page, and why.
	Private bool     // The page shows personal data and must not be kept.
	Body    any

	Theme  string
	Mocked []string
}

// pages are the parsed templates, each with the layout around it.
type pages map[string]*template.Template

func parsePages(a *assets) (pages, error) {
	layout, err := template.New("layout").Funcs(functions(a)).ParseFS(templates, "templates/layout/*.html")
	if err != nil {
		return nil, err
	}
	entries, err := templates.ReadDir("templates")
	if err != nil {
		return nil, err
	}
	parsed := pages{}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		t, err := layout.Clone()
		if err != nil {
			return nil, err
		}
		if _, err := t.ParseFS(templates, "templates/"+entry.Name()); err != nil {
			return nil, err
		}
		name := entry.Name()
		parsed[name[:len(name)-len(path.Ext(name))]] = t
	}
	return parsed, nil
}

func functions(a *assets) template.FuncMap {
	described := alts()
	return template.FuncMap{
		"asset":   a.url,
		"picture": a.picture,
		"alt":     func(id string) string { return described[id] },
		"card":    func(p shop.Product, level int) card { return card{p, level} },
	}
}

// card is a product on a page whose headings have the given level.
type card struct {
	shop.Product
	Level int
}

// buffers is a cache of memory, not state: it changes no answer.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }} //nolint:gochecknoglobals // See above.

// render answers with the named page. It writes nothing before the page is complete, so that a mistake in a template
// cannot send half of one.
func (u *UI) render(w http.ResponseWriter, r *http.Request, status int, name string, p *page) {
	p.Theme, p.Mocked = u.config.Theme, u.mocked
	buf := buffers.Get().(*bytes.Buffer) //nolint:forcetypeassert // The pool holds buffers only.
	defer release(buf)
	buf.Reset()
	if err := u.execute(buf, name, p); err != nil {
		u.log.ErrorContext(r.Context(), "cannot render page", "page", name, "error", err)
		http.Error(w, "something went wrong on our side", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	h.Set("Cache-Control", "private, no-cache") // It shows the customer's cart.
	if p.Private {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // The browser has gone.
}

func (u *UI) execute(buf *bytes.Buffer, name string, p *page) error {
	t, ok := u.pages[name]
	if !ok {
		return fmt.Errorf("there is no page %q", name)
	}
	return t.ExecuteTemplate(buf, "layout.html", p)
}

func release(buf *bytes.Buffer) {
	if buf.Cap() <= maxPooled {
		buffers.Put(buf)
	}
}
