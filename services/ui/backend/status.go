package backend

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"unicode"

	"github.com/ausmart/platform/services/ui/shop"
)

// maxFacts and maxFact bound what a backend can put onto the topology page.
const (
	maxFacts = 8
	maxFact  = 120
)

// Status asks the service for its readiness and its topology at the same time.
func (c client) Status(ctx context.Context) shop.Status {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	status := shop.Status{Service: c.service, Endpoint: c.base.Host}
	var wg sync.WaitGroup
	wg.Go(func() { status.Healthy = c.healthy(ctx) })
	wg.Go(func() { status.Facts = c.facts(ctx) })
	wg.Wait()
	return status
}

// healthy asks /readyz, or /health of a service that has none, as the public sample's do not.
func (c client) healthy(ctx context.Context) bool {
	err := c.get(ctx, nil, nil, "readyz")
	if errors.Is(err, shop.ErrNotFound) {
		err = c.get(ctx, nil, nil, "health")
	}
	return err == nil
}

// facts returns the strings of the service's topology, in a stable order; none when it has no topology.
func (c client) facts(ctx context.Context) []shop.Fact {
	var answer map[string]json.RawMessage
	if err := c.get(ctx, &answer, nil, "topology"); err != nil {
		return nil
	}
	var facts []shop.Fact
	for name, raw := range answer {
		var value string
		if json.Unmarshal(raw, &value) == nil && value != "" && value != "N/A" {
			facts = append(facts, shop.Fact{Name: words(name), Value: shorten(value)})
		}
	}
	slices.SortFunc(facts, func(a, b shop.Fact) int {
		return cmp.Or(cmp.Compare(rank(a.Name), rank(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return facts[:min(len(facts), maxFacts)]
}

// The store is the most important fact, so it comes first, with a short name.
const store = "store"

func rank(name string) int {
	if name == store {
		return 0
	}
	return 1
}

// words turns messagingProvider into messaging provider.
func words(name string) string {
	if name == "persistenceProvider" {
		return store
	}
	var out []rune
	for _, r := range shorten(name) {
		if unicode.IsUpper(r) {
			out = append(out, ' ')
		}
		out = append(out, unicode.ToLower(r))
	}
	return string(out)
}

func shorten(s string) string {
	if runes := []rune(s); len(runes) > maxFact {
		return string(runes[:maxFact]) + "…"
	}
	return s
}
