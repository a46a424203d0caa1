package ui

import (
	"context"
	"net/http"
	"strings"

	"github.com/ausmart/platform/services/ui/shop"
)

// featured is how many products the home page shows: one row on a wide screen.
const featured = 4

const catalogNotice = "The catalog is not answering at the moment. Please come back shortly."

// banner is the answer at / for clients that do not accept HTML, such as curl and probes.
const banner = `
     .-"""-.        AusMart
   .'   *   '.      outfitters for the long way round
  /  *     *  \
 |      *      |    open /home in a browser,
  \  *        /     or read /topology and /health
   '.       .'
     '-...-'
`

// homeBody is what the home page shows.
type homeBody struct {
	Products []shop.Product
	Tags     []tagTile
}

type tagTile struct {
	shop.Tag
	Picture string // The id of the product whose picture it borrows.
}

// root is the home page for browsers and a banner for everything else.
func (u *UI) root(w http.ResponseWriter, r *http.Request) error {
	if wantsPage(r) {
		return u.home(w, r)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte(banner[1:]))
	return err
}

func (u *UI) home(w http.ResponseWriter, r *http.Request) error {
	var body homeBody
	g := u.gather(r)
	g.want(catalogNotice, func(ctx context.Context) (err error) {
		body.Products, err = u.Catalog.Products(ctx, shop.Query{Page: 1, Size: featured})
		return err
	})
	g.want("", func(ctx context.Context) error {
		tags, err := u.Catalog.Tags(ctx)
		body.Tags = tiles(tags)
		return err
	})
	p, err := g.page("Outfitters for the long way round", "home")
	if err != nil {
		return err
	}
	p.Body = body
	u.render(w, r, http.StatusOK, "home", p)
	return nil
}

func tiles(tags []shop.Tag) []tagTile {
	pictures := tagPictures()
	list := make([]tagTile, len(tags))
	for i, tag := range tags {
		list[i] = tagTile{tag, pictures[tag.Name]}
	}
	return list
}

func wantsPage(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}
