// Package store tests the services together.
package store

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSameProducts checks that the UI's built-in mock has the catalog's products.
func TestSameProducts(t *testing.T) {
	read := func(path string) string {
		raw, err := os.ReadFile(path) // Both paths are below.
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	sold, shown := read("../../services/catalog/product/products.json"), read("../../services/ui/mock/products.json")
	if diff := cmp.Diff(sold, shown); diff != "" {
		t.Errorf("products: -catalog +ui:\n%s", diff)
	}
}
