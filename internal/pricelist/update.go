package pricelist

import (
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/ausmart/platform/functions/cost/prices"
)

// Origin is where AWS publishes its offers.
const Origin = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws"

// Update the figures of a table from AWS's offers, which open opens: the newest of an offer in a
// region. It returns what it left as it was, each with the reason.
func Update(t *prices.Table, date string, open func(offer, region string) (io.ReadCloser, error)) ([]string, error) {
	var left []string
	wanted := map[[2]string][]string{} // keys by offer and region
	for _, key := range slices.Sorted(maps.Keys(t.Prices)) {
		rule, ok := RuleOf(key)
		if !ok {
			left = append(left, key+": no rule")
			continue
		}
		for region := range t.Prices[key].Regions {
			at := [2]string{rule.Offer, region}
			wanted[at] = append(wanted[at], key)
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(wanted), func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) }) {
		offer, err := read(at[0], at[1], wanted[at], open)
		if err != nil {
			return left, fmt.Errorf("%s in %s: %w", at[0], at[1], err)
		}
		for _, key := range wanted[at] {
			if why := set(t, key, at[1], offer); why != "" {
				left = append(left, key+" in "+at[1]+": "+why)
			}
		}
	}
	t.Date = date
	dropSources(t)
	return left, nil
}

func read(code, region string, keys []string, open func(offer, region string) (io.ReadCloser, error)) (*Offer, error) {
	follows := make([]func(Product) bool, len(keys)) // Made once for all products of the offer.
	for i, key := range keys {
		rule, _ := RuleOf(key)
		follows[i] = rule.in(region)
	}
	file, err := open(code, region)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return Read(file, func(p Product) []string {
		var out []string
		for i, key := range keys {
			if follows[i](p) {
				out = append(out, key)
			}
		}
		return out
	})
}

// set the figure of a key in a region; it says why it did not.
func set(t *prices.Table, key, region string, o *Offer) string {
	found := slices.CompactFunc(o.Prices[key], func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })
	if len(found) != 1 {
		return fmt.Sprintf("%d prices in %s of %s", len(found), o.Code, o.Published)
	}
	rule, _ := RuleOf(key)
	usd := new(big.Rat).Mul(found[0], new(big.Rat).SetInt64(max(1, rule.Per)))
	name := strings.ToLower(o.Code) + "-" + region
	t.Sources[name] = prices.Source{Address: strings.Join([]string{Origin, o.Code, o.Version, region, "index.json"}, "/"), Date: o.Published}
	t.Prices[key].Regions[region] = prices.Figure{USD: decimal(usd), Sources: []string{name}}
	return ""
}

// decimal without trailing zeros.
func decimal(r *big.Rat) string {
	return strings.TrimSuffix(strings.TrimRight(r.FloatString(12), "0"), ".")
}

// dropSources that no figure has any more.
func dropSources(t *prices.Table) {
	used := map[string]bool{}
	for _, item := range t.Prices {
		for _, figure := range item.Regions {
			for _, s := range figure.Sources {
				used[s] = true
			}
		}
	}
	maps.DeleteFunc(t.Sources, func(name string, _ prices.Source) bool { return !used[name] })
}
