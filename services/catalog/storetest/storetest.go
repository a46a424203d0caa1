// Package storetest tests the behaviour that every store of the catalog must have.
package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/catalog"
	"github.com/ausmart/platform/services/catalog/product"
)

// An id, not a password.
const compass = "cc789f85-1476-452a-8100-9e74502198e0"

// Run checks a store that holds the built-in products.
func Run(t *testing.T, s catalog.Store) {
	t.Helper()
	t.Run("List", func(t *testing.T) { list(t, s) })
	t.Run("Count", func(t *testing.T) { count(t, s) })
	t.Run("Get", func(t *testing.T) { get(t, s) })
	t.Run("Tags", func(t *testing.T) { tags(t, s) })
	t.Run("Cancelled", func(t *testing.T) { cancelled(t, s) })
}

// It is a table.
func list(t *testing.T, s catalog.Store) {
	t.Helper()
	cases := map[string]struct {
		reason string
		q      product.Query
		want   []string
	}{
		"ByName": {
			reason: "Without an order products come by name.",
			q:      product.Query{Limit: 3},
			want:   []string{"Brass Compass", "Campfire Mug", "Gully Rucksack"},
		},
		"ByUnknownOrder": {
			reason: "An unknown order is by name.",
			q:      product.Query{Limit: 2, Order: "weight"},
			want:   []string{"Brass Compass", "Campfire Mug"},
		},
		"ByPriceAsc": {
			reason: "Prices are compared as numbers: 20 comes before 125.",
			q:      product.Query{Limit: 4, Order: product.ByPriceAsc},
			want:   []string{"Lamington Box", "Campfire Mug", "Reef Knit Jumper", "Wattle Raincoat"},
		},
		"ByPriceDesc": {
			reason: "The dearest comes first.",
			q:      product.Query{Limit: 3, Order: product.ByPriceDesc},
			want:   []string{"Nomad Teardrop Caravan", "Saltbush Sailing Dinghy", "Magpie Electric Scooter"},
		},
		"SecondPage": {
			reason: "The offset leaves out what earlier pages showed.",
			q:      product.Query{Offset: 10, Limit: 10},
			want:   []string{"Stockman's Oilskin", "Wattle Raincoat"},
		},
		"PastTheEnd": {
			reason: "A page past the end is empty, not an error.",
			q:      product.Query{Offset: 100, Limit: 10},
		},
		"NothingWanted": {
			reason: "A size of zero is an empty page.",
			q:      product.Query{Limit: 0},
		},
		"All": {
			reason: "A limit below zero is all.",
			q:      product.Query{Limit: -1, Tags: []string{"vehicles"}},
			want:   []string{"Magpie Electric Scooter", "Nomad Teardrop Caravan", "Saltbush Sailing Dinghy"},
		},
		"EitherTag": {
			reason: "Tags are OR-ed.",
			q:      product.Query{Limit: 10, Tags: []string{"food", "vehicles"}, Order: product.ByPriceAsc},
			want:   []string{"Lamington Box", "Magpie Electric Scooter", "Saltbush Sailing Dinghy", "Nomad Teardrop Caravan"},
		},
		"UnknownTag": {
			reason: "A tag that no product has selects none.",
			q:      product.Query{Limit: 10, Tags: []string{"nothing"}},
		},
		"QuotedTag": {
			reason: "A tag is data, whatever it holds.",
			q:      product.Query{Limit: 10, Tags: []string{"x' OR '1'='1", `\' OR 1=1 -- `}},
		},
		"Word": {
			reason: "A word is found in any case, in the name or the description.",
			q:      product.Query{Limit: 10, Words: product.Words("MERINO")},
			want:   []string{"Reef Knit Jumper"},
		},
		"EveryWord": {
			reason: "All words must be there, wherever they are.",
			q:      product.Query{Limit: 10, Words: product.Words("seam reef")},
			want:   []string{"Reef Knit Jumper"},
		},
		"Wildcards": {
			reason: "Characters that SQL matches by stand for themselves.",
			q:      product.Query{Limit: 10, Words: product.Words("%%% ___")},
		},
		"WordWithinTag": {
			reason: "Words and tags both restrict.",
			q:      product.Query{Limit: 10, Words: product.Words("the"), Tags: []string{"food"}},
			want:   nil,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			found, err := s.List(t.Context(), tc.q)
			if err != nil {
				t.Fatalf("cannot list: %v", err)
			}
			if diff := cmp.Diff(tc.want, names(found)); diff != "" {
				t.Errorf("%s\nnames: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func count(t *testing.T, s catalog.Store) {
	t.Helper()
	cases := map[string]struct {
		reason string
		tags   []string
		want   int
	}{
		"All":     {reason: "Without tags every product counts.", want: 12},
		"OneTag":  {reason: "Only products with the tag count.", tags: []string{"clothing"}, want: 3},
		"TwoTags": {reason: "Tags are OR-ed.", tags: []string{"clothing", "food"}, want: 4},
		"Unknown": {reason: "A tag that no product has counts none.", tags: []string{"nothing"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := s.Count(t.Context(), tc.tags)
			if err != nil {
				t.Fatalf("cannot count: %v", err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\ncount: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func get(t *testing.T, s catalog.Store) {
	t.Helper()
	seed, err := product.Seed()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range seed {
		got, err := s.Get(t.Context(), want.ID)
		if err != nil {
			t.Fatalf("cannot get %s: %v", want.ID, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("A product comes back whole.\nproduct: -want +got:\n%s", diff)
		}
	}
	for _, id := range []string{"", "nothing", compass + "x", "' OR '1'='1"} {
		if _, err := s.Get(t.Context(), id); !errors.Is(err, product.ErrNotFound) {
			t.Errorf("Get(%q): want ErrNotFound, got %v", id, err)
		}
	}
}

func tags(t *testing.T, s catalog.Store) {
	t.Helper()
	want := []product.Tag{
		{Name: "accessories", DisplayName: "Accessories"},
		{Name: "clothing", DisplayName: "Clothing"},
		{Name: "food", DisplayName: "Food"},
		{Name: "vehicles", DisplayName: "Vehicles"},
	}
	got, err := s.Tags(t.Context())
	if err != nil {
		t.Fatalf("cannot list tags: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Tags come by display name.\ntags: -want +got:\n%s", diff)
	}
}

// cancelled checks that a call whose client has left neither hangs nor spoils the calls after it.
func cancelled(t *testing.T, s catalog.Store) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 {
		_, _ = s.Get(ctx, compass) // A store in memory may well answer.
	}
	if _, err := s.Get(t.Context(), compass); err != nil {
		t.Errorf("cannot get after cancelled calls: %v", err)
	}
}

func names(products []product.Product) []string {
	var names []string
	for _, p := range products {
		names = append(names, p.Name)
	}
	return names
}
