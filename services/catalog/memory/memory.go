// Package memory keeps a catalog in memory. It never changes after it is made, so it needs no lock.
package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/ausmart/platform/services/catalog/product"
)

// Store is a catalog in memory.
type Store struct {
	sorted map[product.Order][]product.Product
	byID   map[string]product.Product
	tags   []product.Tag
}

// New returns a Store of products.
func New(products []product.Product) *Store {
	s := &Store{sorted: map[product.Order][]product.Product{}, byID: map[string]product.Product{}}
	for _, o := range []product.Order{product.ByName, product.ByPriceAsc, product.ByPriceDesc} {
		s.sorted[o] = slices.SortedFunc(slices.Values(products), o.Compare())
	}
	for _, p := range products {
		s.byID[p.ID] = p
		s.tags = append(s.tags, p.Tags...)
	}
	slices.SortFunc(s.tags, func(a, b product.Tag) int {
		return cmp.Or(cmp.Compare(a.DisplayName, b.DisplayName), cmp.Compare(a.Name, b.Name))
	})
	s.tags = slices.Compact(s.tags)
	return s
}

// List returns the products that q selects.
func (s *Store) List(_ context.Context, q product.Query) ([]product.Product, error) {
	all, ok := s.sorted[q.Order]
	if !ok {
		all = s.sorted[product.ByName]
	}
	if len(q.Tags) > 0 || len(q.Words) > 0 {
		all = slices.Collect(filter(all, q))
	}
	from := min(max(q.Offset, 0), len(all))
	to := len(all)
	if q.Limit >= 0 {
		to = min(from+q.Limit, to)
	}
	return all[from:to], nil
}

// Get returns the product with that id.
func (s *Store) Get(_ context.Context, id string) (product.Product, error) {
	p, ok := s.byID[id]
	if !ok {
		return product.Product{}, fmt.Errorf("%w: %q", product.ErrNotFound, id)
	}
	return p, nil
}

// Count returns how many products have one of tags; without tags, how many there are.
func (s *Store) Count(ctx context.Context, tags []string) (int, error) {
	found, err := s.List(ctx, product.Query{Tags: tags, Limit: -1})
	return len(found), err
}

// Tags returns every tag, by its display name.
func (s *Store) Tags(context.Context) ([]product.Tag, error) { return s.tags, nil }

func filter(all []product.Product, q product.Query) func(yield func(product.Product) bool) {
	return func(yield func(product.Product) bool) {
		for _, p := range all {
			if len(q.Tags) > 0 && !p.HasTag(q.Tags) || !p.Matches(q.Words) {
				continue
			}
			if !yield(p) {
				return
			}
		}
	}
}
