package ui

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/ui/shop"
)

const (
	// pageSize is what public browser tests count.
	pageSize = 6
	// maxSize bounds what a client can ask for in one page.
	maxSize = 48
	// maxPage keeps a page number from overflowing when a backend multiplies it.
	maxPage = 10_000
	// maxFound bounds how many products one search reads.
	maxFound = 60
	// maxKeyword is longer than the longest honest search.
	maxKeyword = 100
	// related is how many other products a product page shows.
	related = 4
)

// catalogBody is what the catalog page shows.
type catalogBody struct {
	Products []shop.Product
	Tags     []shop.Tag
	Tag      shop.Tag // The current category; empty for all.
	Orders   []choice
	Size     int // How many products there are in all; negative when the catalog did not answer.
	Pager    pager
}

// choice is a link of which one is the current one.
type choice struct {
	Label   string
	URL     string
	Current bool
}

// pager leads from page to page. An empty URL is a page that does not exist.
type pager struct {
	Previous, Next string
	Pages          []choice
}

func (u *UI) catalog(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r.URL.Query())
	body := catalogBody{Size: -1}
	g := u.gather(r)
	g.need(func(ctx context.Context) (err error) {
		body.Products, err = u.Catalog.Products(ctx, q)
		return err
	})
	g.want("", func(ctx context.Context) error {
		size, err := u.Catalog.Size(ctx, q.Tag)
		if err == nil {
			body.Size = size
		}
		return err
	})
	g.want("The categories are not answering at the moment.", func(ctx context.Context) (err error) {
		body.Tags, err = u.Catalog.Tags(ctx)
		return err
	})
	p, err := g.page("Catalog", "catalog")
	if err != nil {
		return err
	}
	body.arrange(q)
	if body.Tag.Name != "" {
		p.Title = body.Tag.DisplayName
	}
	p.Body = body
	u.render(w, r, http.StatusOK, "catalog", p)
	return nil
}

// arrange adds what follows from the answers: the current category, the orders and the pager.
func (b *catalogBody) arrange(q shop.Query) {
	if i := slices.IndexFunc(b.Tags, func(t shop.Tag) bool { return t.Name == q.Tag }); i >= 0 {
		b.Tag = b.Tags[i]
	}
	for _, o := range []struct{ by, label string }{{"", "Name"}, {"price_asc", "Lowest price"}, {"price_desc", "Highest price"}} {
		first := q
		first.Order, first.Page = o.by, 1
		b.Orders = append(b.Orders, choice{Label: o.label, URL: catalogURL(first), Current: q.Order == o.by})
	}
	b.Pager = pagerOf(q, len(b.Products), b.Size)
}

// readQuery reads a page's query. What makes no sense is replaced by the default: a shop window has no error page.
func readQuery(values url.Values) shop.Query {
	q := shop.Query{Tag: shorten(values.Get("tag"), maxKeyword), Page: number(values.Get("page"), maxPage, 1)}
	q.Size = number(values.Get("size"), maxSize, pageSize)
	if order := values.Get("order"); order == "price_asc" || order == "price_desc" {
		q.Order = order
	}
	return q
}

// catalogURL is the inverse of readQuery; it leaves defaults out.
func catalogURL(q shop.Query) string {
	values := url.Values{}
	set := func(key, value string, differs bool) {
		if differs {
			values.Set(key, value)
		}
	}
	set("tag", q.Tag, q.Tag != "")
	set("order", q.Order, q.Order != "")
	set("page", strconv.Itoa(q.Page), q.Page > 1)
	set("size", strconv.Itoa(q.Size), q.Size != pageSize)
	if len(values) == 0 {
		return "/catalog"
	}
	return "/catalog?" + values.Encode()
}

// pagerOf makes the pager. Without a known size, a full page may have a next one.
func pagerOf(q shop.Query, shown, size int) pager {
	at := func(page int) string {
		q := q
		q.Page = page
		return catalogURL(q)
	}
	var p pager
	last := (size + q.Size - 1) / q.Size
	if q.Page > 1 {
		p.Previous = at(q.Page - 1)
	}
	if q.Page < last || (size < 0 && shown == q.Size) {
		p.Next = at(q.Page + 1)
	}
	for _, page := range window(q.Page, last) {
		p.Pages = append(p.Pages, choice{Label: strconv.Itoa(page), URL: at(page), Current: page == q.Page})
	}
	return p
}

// window returns up to five page numbers around the current one.
func window(current, last int) []int {
	const width = 5
	first := max(1, min(current-width/2, last-width+1))
	var pages []int
	for page := first; page <= last && len(pages) < width; page++ {
		pages = append(pages, page)
	}
	return pages
}

func number(s string, high, fallback int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > high {
		return fallback
	}
	return n
}

func shorten(s string, limit int) string {
	s = strings.ToValidUTF8(strings.TrimSpace(s), "")
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit])
	}
	return s
}

// searchBody is what the search page shows.
type searchBody struct {
	Products []shop.Product
	Count    int
	More     bool // There may be more than were read.
	Pager    pager
}

func (u *UI) search(w http.ResponseWriter, r *http.Request) error {
	keyword := shorten(r.URL.Query().Get("keyword"), maxKeyword)
	if keyword == "" {
		http.Redirect(w, r, "/catalog", http.StatusSeeOther)
		return nil
	}
	var found []shop.Product
	g := u.gather(r)
	g.need(func(ctx context.Context) (err error) {
		found, err = u.Catalog.Search(ctx, keyword, maxFound)
		return err
	})
	p, err := g.page("Search: "+keyword, "catalog")
	if err != nil {
		return err
	}
	p.Keyword, p.Body = keyword, results(keyword, found, number(r.URL.Query().Get("page"), maxFound, 1))
	u.render(w, r, http.StatusOK, "search", p)
	return nil
}

// results cuts one page out of what was found: the catalog does not say how much there is.
func results(keyword string, found []shop.Product, page int) searchBody {
	at := func(page int) string {
		return "/catalog/search?" + url.Values{"keyword": {keyword}, "page": {strconv.Itoa(page)}}.Encode()
	}
	last := max(1, (len(found)+pageSize-1)/pageSize)
	page = min(page, last)
	b := searchBody{Count: len(found), More: len(found) >= maxFound}
	b.Products = found[(page-1)*pageSize : min(page*pageSize, len(found))]
	if page > 1 {
		b.Pager.Previous = at(page - 1)
	}
	if page < last {
		b.Pager.Next = at(page + 1)
	}
	for _, n := range window(page, last) {
		b.Pager.Pages = append(b.Pager.Pages, choice{Label: strconv.Itoa(n), URL: at(n), Current: n == page})
	}
	return b
}

// productBody is what a product's page shows.
type productBody struct {
	Product    shop.Product
	Related    []shop.Product
	Quantities []int
}

func (u *UI) product(w http.ResponseWriter, r *http.Request) error {
	body := productBody{Quantities: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}
	g := u.gather(r)
	g.need(func(ctx context.Context) (err error) {
		body.Product, err = u.Catalog.Product(ctx, mux.Vars(r)["id"])
		return err
	})
	p, err := g.page("", "catalog")
	if err != nil {
		return err
	}
	body.Related = u.related(r.Context(), body.Product)
	p.Title, p.Body = body.Product.Name, body
	u.render(w, r, http.StatusOK, "product", p)
	return nil
}

// related returns other products of the same category; none when the catalog does not answer.
func (u *UI) related(ctx context.Context, p shop.Product) []shop.Product {
	if len(p.Tags) == 0 {
		return nil
	}
	others, err := u.Catalog.Products(ctx, shop.Query{Tag: p.Tags[0].Name, Page: 1, Size: related + 1})
	if err != nil {
		u.log.WarnContext(ctx, "page goes without a part", "error", err)
		return nil
	}
	others = slices.DeleteFunc(others, func(o shop.Product) bool { return o.ID == p.ID })
	return others[:min(len(others), related)]
}
