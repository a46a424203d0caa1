package product

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed products.json
var products []byte

// Seed returns the products that every new catalog starts with.
func Seed() ([]Product, error) {
	var seed []Product
	if err := json.Unmarshal(products, &seed); err != nil {
		return nil, fmt.Errorf("cannot read built-in products: %w", err)
	}
	return seed, nil
}
