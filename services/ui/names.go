package ui

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ausmart/platform/services/ui/shop"
)

// lookups bounds how many products one page asks for at the same time.
const lookups = 8

// names returns the products' names by id. A product that is gone has none. If some could not be
// read, it returns an error and the names that were found.
func (u *UI) names(ctx context.Context, ids []string) (map[string]string, error) {
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(lookups)
	found := make(map[string]string, len(ids))
	for _, id := range ids {
		group.Go(func() error {
			product, err := u.Catalog.Product(ctx, id)
			if errors.Is(err, shop.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			found[id] = product.Name
			return nil
		})
	}
	err := group.Wait()
	return found, err
}

// nameOf returns a product's name, or a text with its id when the name is not known.
func nameOf(names map[string]string, id string) string {
	if name := names[id]; name != "" {
		return name
	}
	return "Product " + id[:min(len(id), 8)]
}
