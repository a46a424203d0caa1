// Package mock replaces backends that are not configured, so that the UI runs by itself.
//
// It keeps a bounded number of carts, checkouts and orders in memory, forgets the oldest first, and calls nothing. The
// pages say that a mock answers.
package mock

import (
	"cmp"
	"context"
	_ "embed" // The products are data, not code.
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/ausmart/platform/services/ui/shop"
)

//go:embed products.json
var productsJSON []byte

// Catalog is a fixed list of products.
type Catalog struct{ products []shop.Product }

// NewCatalog returns a Catalog with the built-in products.
func NewCatalog() (*Catalog, error) {
	var products []shop.Product
	if err := json.Unmarshal(productsJSON, &products); err != nil {
		return nil, fmt.Errorf("cannot read built-in products: %w", err)
	}
	return &Catalog{products}, nil
}

// Products returns one page of products.
func (c *Catalog) Products(_ context.Context, q shop.Query) ([]shop.Product, error) {
	found := c.filter(func(p shop.Product) bool { return q.Tag == "" || tagged(p, q.Tag) })
	slices.SortFunc(found, order(q.Order))
	return page(found, q.Page, q.Size), nil
}

// Product returns the product with this id, or shop.ErrNotFound.
func (c *Catalog) Product(_ context.Context, id string) (shop.Product, error) {
	i := slices.IndexFunc(c.products, func(p shop.Product) bool { return p.ID == id })
	if i < 0 {
		return shop.Product{}, shop.ErrNotFound
	}
	return c.products[i], nil
}

// Size returns how many products carry the tag.
func (c *Catalog) Size(_ context.Context, tag string) (int, error) {
	return len(c.filter(func(p shop.Product) bool { return tag == "" || tagged(p, tag) })), nil
}

// Tags returns all categories by name.
func (c *Catalog) Tags(context.Context) ([]shop.Tag, error) {
	var tags []shop.Tag
	for _, p := range c.products {
		tags = append(tags, p.Tags...)
	}
	slices.SortFunc(tags, func(a, b shop.Tag) int { return cmp.Compare(a.DisplayName, b.DisplayName) })
	return slices.Compact(tags), nil
}

// Search returns up to limit products whose name or description holds the keyword.
func (c *Catalog) Search(_ context.Context, keyword string, limit int) ([]shop.Product, error) {
	keyword = strings.ToLower(keyword)
	found := c.filter(func(p shop.Product) bool {
		return strings.Contains(strings.ToLower(p.Name+"\n"+p.Description), keyword)
	})
	slices.SortFunc(found, order(""))
	return page(found, 1, limit), nil
}

// Status says that this is a mock.
func (c *Catalog) Status(context.Context) shop.Status { return status("catalog") }

func (c *Catalog) filter(keep func(shop.Product) bool) []shop.Product {
	var found []shop.Product
	for _, p := range c.products {
		if keep(p) {
			found = append(found, p)
		}
	}
	return found
}

func order(by string) func(a, b shop.Product) int {
	return func(a, b shop.Product) int {
		price := cmp.Compare(a.Price, b.Price)
		switch by {
		case "price_asc":
			return cmp.Or(price, cmp.Compare(a.Name, b.Name))
		case "price_desc":
			return cmp.Or(-price, cmp.Compare(a.Name, b.Name))
		default:
			return cmp.Compare(a.Name, b.Name)
		}
	}
}

func tagged(p shop.Product, tag string) bool {
	return slices.ContainsFunc(p.Tags, func(t shop.Tag) bool { return t.Name == tag })
}

func page(products []shop.Product, number, size int) []shop.Product {
	if size <= 0 {
		return products
	}
	// Compare before multiplying: a page number can be as large as an int gets.
	if number-1 > len(products)/size {
		return nil
	}
	from := min((max(number, 1)-1)*size, len(products))
	return products[from:min(from+size, len(products))]
}

func status(service string) shop.Status {
	return shop.Status{Service: service, Mock: true, Healthy: true}
}
