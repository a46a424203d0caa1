// Package prices has AWS's list prices of three regions, each with its sources.
//
// The table is a file in the program, prices.yaml. A price without a source is one that no one
// could read: it is used, and marked as unverified wherever it shows. The package reads nothing
// else, and never guesses: what the table does not have is unknown.
package prices

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/yaml"
)

//go:embed prices.yaml
var builtIn []byte

// A Table of prices.
type Table struct {
	// Date on which the table was written, as 2026-11-30.
	Date string `json:"date"`

	// Sources of the prices, by the names that the prices give.
	Sources map[string]Source `json:"sources"`

	// Prices by what they are for, such as nat.hour.
	Prices map[string]Item `json:"prices"`
}

// A Source of prices.
type Source struct {
	// Address of the price at AWS.
	Address string `json:"address"`

	// Date on which AWS published it, or on which it was seen there, as precise as it is known.
	Date string `json:"date"`

	// Read says where the price was read, if not at the address itself.
	Read string `json:"read,omitempty"`
}

// An Item has a price in each region.
type Item struct {
	// Unit that the price is for, such as hour.
	Unit string `json:"unit"`

	Regions map[string]Figure `json:"regions"`
}

// A Figure is the price of an item in a region.
type Figure struct {
	// USD is the price of one unit, a decimal number.
	USD string `json:"usd"`

	// Sources that have the price, the best first; none for one that could not be read.
	Sources []string `json:"sources,omitempty"`
}

// A Price that is in effect.
type Price struct {
	USD  float64
	Unit string

	// Source in one line: address and date; empty for an unverified price.
	Source string

	// Verified reports whether the price was read in a source.
	Verified bool
}

// BuiltIn returns the table in the program, which no one may change.
func BuiltIn() (*Table, error) { return parseBuiltIn() }

var parseBuiltIn = sync.OnceValues(func() (*Table, error) { return Parse(builtIn) }) //nolint:gochecknoglobals // A constant that the language cannot express.

// Parse a table. Its errors name the item and the region.
func Parse(data []byte) (*Table, error) {
	t := &Table{}
	if err := yaml.UnmarshalStrict(data, t); err != nil {
		return nil, fmt.Errorf("cannot read prices: %w", err)
	}
	if _, err := time.Parse(time.DateOnly, t.Date); err != nil {
		return nil, fmt.Errorf("cannot read prices: date: %w", err)
	}
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(t.Prices)) {
		for _, region := range slices.Sorted(maps.Keys(t.Prices[key].Regions)) {
			errs = append(errs, t.check(key, region))
		}
	}
	return t, errors.Join(errs...)
}

func (t *Table) check(key, region string) error {
	item := t.Prices[key]
	figure := item.Regions[region]
	if usd, err := strconv.ParseFloat(figure.USD, 64); err != nil || usd <= 0 {
		return fmt.Errorf("cannot read prices: %s in %s: %q is no price", key, region, figure.USD)
	}
	if item.Unit == "" {
		return fmt.Errorf("cannot read prices: %s has no unit", key)
	}
	for _, s := range figure.Sources {
		if source, ok := t.Sources[s]; !ok || source.Address == "" || source.Date == "" {
			return fmt.Errorf("cannot read prices: %s in %s: source %q has no address and date", key, region, s)
		}
	}
	return nil
}

// Of an item in a region; false where the table has none.
func (t *Table) Of(key, region string) (Price, bool) {
	item := t.Prices[key]
	figure, ok := item.Regions[region]
	if !ok {
		return Price{}, false
	}
	usd, _ := strconv.ParseFloat(figure.USD, 64) // Parse has read it.
	p := Price{USD: usd, Unit: item.Unit}
	if len(figure.Sources) > 0 {
		p.Source, p.Verified = t.Sources[figure.Sources[0]].String(), true
	}
	return p, true
}

// String is the source in one line.
func (s Source) String() string {
	return strings.TrimPrefix(s.Address, "https://") + " (" + s.Date + ")"
}

// maxAge of prices. AWS changes few of them in half a year, and some.
const maxAge = 6 // months

// Outdated reports whether the table is too old to be trusted at a time.
func (t *Table) Outdated(now time.Time) bool {
	date, _ := time.Parse(time.DateOnly, t.Date) // Parse has read it.
	return now.After(date.AddDate(0, maxAge, 0))
}
