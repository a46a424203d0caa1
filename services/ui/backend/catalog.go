package backend

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/ausmart/platform/services/ui/shop"
)

// Catalog calls the catalog service.
type Catalog struct{ client }

// NewCatalog returns a Catalog at base.
func NewCatalog(base *url.URL, transport http.RoundTripper) Catalog {
	return Catalog{newClient("catalog", base, transport)}
}

// Products returns one page of products.
func (c Catalog) Products(ctx context.Context, q shop.Query) ([]shop.Product, error) {
	query := paging(q.Page, q.Size)
	if q.Tag != "" {
		query.Set("tags", q.Tag)
	}
	if q.Order != "" {
		query.Set("order", q.Order)
	}
	var products []shop.Product
	err := c.get(ctx, &products, query, "catalog", "products")
	return products, err
}

// Product returns the product with this id, or shop.ErrNotFound.
func (c Catalog) Product(ctx context.Context, id string) (shop.Product, error) {
	var product shop.Product
	err := c.get(ctx, &product, nil, "catalog", "products", id)
	return product, err
}

// Size returns how many products carry the tag, or how many there are when it is empty.
func (c Catalog) Size(ctx context.Context, tag string) (int, error) {
	query := url.Values{}
	if tag != "" {
		query.Set("tags", tag)
	}
	var answer struct {
		Size int `json:"size"`
	}
	err := c.get(ctx, &answer, query, "catalog", "size")
	return answer.Size, err
}

// Tags returns all categories.
func (c Catalog) Tags(ctx context.Context) ([]shop.Tag, error) {
	var tags []shop.Tag
	err := c.get(ctx, &tags, nil, "catalog", "tags")
	return tags, err
}

// Search returns up to limit products that match the keyword.
func (c Catalog) Search(ctx context.Context, keyword string, limit int) ([]shop.Product, error) {
	query := paging(1, limit)
	query.Set("keyword", keyword)
	var products []shop.Product
	err := c.get(ctx, &products, query, "catalog", "search")
	return products, err
}

func paging(page, size int) url.Values {
	query := url.Values{}
	query.Set("page", strconv.Itoa(page))
	if size > 0 {
		query.Set("size", strconv.Itoa(size))
	}
	return query
}
