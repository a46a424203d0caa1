// Package pricelist reads prices from AWS's public price list: the offer index files of the bulk
// API, which need no account (https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-ppslong.html,
// read 2026-11-30).
//
// Update replaces the figures of a table, each by the one product of an offer that its rule names.
// A rule that no product follows, or more than one, changes nothing, and is reported.
package pricelist

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
)

// A Product of an offer.
type Product struct {
	SKU        string            `json:"sku"`
	Family     string            `json:"productFamily"`
	Attributes map[string]string `json:"attributes"`
}

// An Offer of AWS in a region, with the products that were asked for.
type Offer struct {
	Code      string
	Version   string
	Published string // as 2026-11-30

	// Prices in USD of one unit by key; several where several products follow the key's rule.
	Prices map[string][]*big.Rat
}

// A tier of a product's price.
type tier struct {
	BeginRange   string            `json:"beginRange"`
	PricePerUnit map[string]string `json:"pricePerUnit"`
}

type term struct {
	PriceDimensions map[string]tier `json:"priceDimensions"`
}

// Read an offer index file. It keeps the products for which keys has any, and streams: the file of
// EC2 has several hundred MB.
func Read(r io.Reader, keys func(Product) []string) (*Offer, error) {
	o, skus := &Offer{Prices: map[string][]*big.Rat{}}, map[string][]string{}
	published, terms := "", false
	d := json.NewDecoder(r)
	err := object(d, func(field string) error {
		switch field {
		case "offerCode":
			return d.Decode(&o.Code)
		case "version":
			return d.Decode(&o.Version)
		case "publicationDate":
			return d.Decode(&published)
		case "products":
			return object(d, func(sku string) error {
				var p Product
				if err := d.Decode(&p); err != nil {
					return err
				}
				skus[sku] = keys(p)
				return nil
			})
		case "terms":
			terms = true
			return object(d, func(kind string) error { return o.readTerms(d, kind, skus) })
		default:
			return d.Decode(new(json.RawMessage))
		}
	})
	o.Published, _, _ = strings.Cut(published, "T")
	switch {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("cannot read offer: %w", io.ErrUnexpectedEOF)
	case err != nil:
		return nil, fmt.Errorf("cannot read offer: %w", err)
	case o.Code == "" || o.Version == "" || o.Published == "" || !terms:
		return nil, errors.New("cannot read offer: it has no offerCode, version, publicationDate or terms")
	}
	return o, nil
}

// readTerms of a kind: those on demand; others are skipped.
func (o *Offer) readTerms(d *json.Decoder, kind string, skus map[string][]string) error {
	return object(d, func(sku string) error {
		if kind != "OnDemand" || len(skus[sku]) == 0 {
			return d.Decode(new(json.RawMessage))
		}
		var terms map[string]term
		if err := d.Decode(&terms); err != nil {
			return err
		}
		for _, t := range terms {
			usd, err := firstPaid(t.PriceDimensions)
			if err != nil {
				return fmt.Errorf("%s: %w", sku, err)
			}
			for _, key := range skus[sku] {
				o.Prices[key] = append(o.Prices[key], usd)
			}
		}
		return nil
	})
}

// firstPaid is the price of the first tier that is not free.
func firstPaid(tiers map[string]tier) (*big.Rat, error) {
	var first, from *big.Rat
	for _, t := range tiers {
		usd, ok := new(big.Rat).SetString(t.PricePerUnit["USD"])
		if !ok {
			return nil, fmt.Errorf("%q is no price in USD", t.PricePerUnit["USD"])
		}
		begin, ok := new(big.Rat).SetString(t.BeginRange)
		if !ok {
			begin = new(big.Rat)
		}
		if usd.Sign() > 0 && (from == nil || begin.Cmp(from) < 0) {
			first, from = usd, begin
		}
	}
	if first == nil {
		return nil, errors.New("all tiers are free")
	}
	return first, nil
}

// object calls a function for each field of an object, which reads the field's value.
func object(d *json.Decoder, field func(name string) error) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(err, fmt.Errorf("want an object, got %v", t))
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		if err := field(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	_, err := d.Token()
	return err
}
