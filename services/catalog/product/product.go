// Package product holds the catalog's types and rules. They are the same for every store and every client.
//
// It reads nothing but the twelve products that are built in, and never changes them.
package product

import (
	"errors"
	"slices"
	"strings"
)

// Errors of every store.
var (
	ErrNotFound    = errors.New("product not found")
	ErrUnavailable = errors.New("the catalog is not available at the moment, try again later")
)

// Product is one thing to buy. Its price is in whole dollars.
type Product struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Price       int    `json:"price"`
	Tags        []Tag  `json:"tags"`
}

// Tag is what products are filtered by.
type Tag struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
}

// Order is how a list of products is sorted. Products that are equal in it are sorted by id.
type Order string

// The orders. Any other is ByName, as in the sample.
const (
	ByName      Order = ""
	ByPriceAsc  Order = "price_asc"
	ByPriceDesc Order = "price_desc"
)

// A search costs a comparison for each word and product: these keep one request from asking for very many.
const (
	maxWords       = 8
	maxKeywordSize = 100
)

// Query selects products: those that have one of Tags, if there are any, and every one of Words, if there are any.
type Query struct {
	Tags   []string
	Words  []string
	Order  Order
	Offset int
	Limit  int // Below zero: all.
}

// Words splits a keyword into the words to search for. It returns none when the keyword is empty,
// too long or has too many words.
func Words(keyword string) []string {
	words := strings.Fields(strings.ToLower(keyword))
	if len(keyword) > maxKeywordSize || len(words) > maxWords {
		return nil
	}
	return words
}

// Matches reports whether the product has all of words in its name or its description. Words are in lower case.
func (p Product) Matches(words []string) bool {
	text := strings.ToLower(p.Name + "\n" + p.Description)
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// HasTag reports whether the product has one of tags.
func (p Product) HasTag(tags []string) bool {
	return slices.ContainsFunc(p.Tags, func(t Tag) bool { return slices.Contains(tags, t.Name) })
}

// Compare returns the comparison function of the order.
func (o Order) Compare() func(a, b Product) int {
	return func(a, b Product) int {
		var primary int
		switch o {
		case ByPriceAsc:
			primary = a.Price - b.Price
		case ByPriceDesc:
			primary = b.Price - a.Price
		default:
			primary = strings.Compare(a.Name, b.Name)
		}
		if primary != 0 {
			return primary
		}
		return strings.Compare(a.ID, b.ID)
	}
}
