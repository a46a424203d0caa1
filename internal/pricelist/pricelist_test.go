package pricelist_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/cost/prices"
	"github.com/ausmart/platform/internal/pricelist"
)

// files are offers in AWS's format, written by hand: a few products with round prices.
func files(offer, region string) (io.ReadCloser, error) {
	return os.Open("testdata/" + offer + "-" + region + ".json")
}

const table = `
date: "2026-01-01"
sources:
  old: {address: "https://example.org/old", date: "2025-01-01"}
  kept: {address: "https://example.org/kept", date: "2025-01-01"}
prices:
  amp.samples: {unit: million, regions: {ap-southeast-2: {usd: "9", sources: [old]}}}
  ec2.t3.medium: {unit: hour, regions: {ap-southeast-2: {usd: "9"}}}
  ec2.t3.gone: {unit: hour, regions: {ap-southeast-2: {usd: "9", sources: [kept]}}}
  ec2.t3.twice: {unit: hour, regions: {ap-southeast-2: {usd: "9"}}}
  nat.hour: {unit: hour, regions: {ap-southeast-2: {usd: "9", sources: [old]}}}
  ours: {unit: hour, regions: {ap-southeast-2: {usd: "9"}}}
`

func TestUpdate(t *testing.T) {
	got, err := prices.Parse([]byte(table))
	if err != nil {
		t.Fatal(err)
	}
	left, err := pricelist.Update(got, "2026-11-30", files)
	if err != nil {
		t.Fatal(err)
	}
	want := `date: "2026-11-30"
sources:
  amazonec2-ap-southeast-2:
    address: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/20261101000000/ap-southeast-2/index.json
    date: "2026-11-01"
  amazonprometheus-ap-southeast-2:
    address: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonPrometheus/20261102000000/ap-southeast-2/index.json
    date: "2026-11-02"
  kept:
    address: https://example.org/kept
    date: "2025-01-01"
prices:
  amp.samples:
    unit: "million"
    regions:
      ap-southeast-2: {usd: "0.09", sources: [amazonprometheus-ap-southeast-2]}
  ec2.t3.gone:
    unit: "hour"
    regions:
      ap-southeast-2: {usd: "9", sources: [kept]}
  ec2.t3.medium:
    unit: "hour"
    regions:
      ap-southeast-2: {usd: "0.05", sources: [amazonec2-ap-southeast-2]}
  ec2.t3.twice:
    unit: "hour"
    regions:
      ap-southeast-2: {usd: "9"}
  nat.hour:
    unit: "hour"
    regions:
      ap-southeast-2: {usd: "0.06", sources: [amazonec2-ap-southeast-2]}
  ours:
    unit: "hour"
    regions:
      ap-southeast-2: {usd: "9"}
`
	if diff := cmp.Diff(want, got.YAML()); diff != "" {
		t.Errorf("Update(...): -want, +got:\n%s", diff)
	}
	wantLeft := []string{
		"ours: no rule",
		"ec2.t3.gone in ap-southeast-2: 0 prices in AmazonEC2 of 2026-11-01",
		"ec2.t3.twice in ap-southeast-2: 2 prices in AmazonEC2 of 2026-11-01",
	}
	if diff := cmp.Diff(wantLeft, left); diff != "" {
		t.Errorf("left as it was: -want, +got:\n%s", diff)
	}
}

func TestReadErrors(t *testing.T) {
	const head = `{"offerCode": "A", "version": "1", "publicationDate": "2026-11-01T00:00:00Z", "products": {"S": {"sku": "S"}}, `
	cases := map[string]struct{ reason, file, err string }{
		"NoOffer": {"A file without terms is no offer.", "{}", "it has no offerCode"},
		"Cut":     {"A download that ends early is found.", head, "unexpected EOF"},
		"NoUSD":   {"A price in another currency is none.", head + `"terms": {"OnDemand": {"S": {"S.T": {"priceDimensions": {"S.T.D": {"pricePerUnit": {"CNY": "1"}}}}}}}}`, `"" is no price in USD`},
		"Free":    {"A product whose tiers are all free has no price.", head + `"terms": {"OnDemand": {"S": {"S.T": {"priceDimensions": {"S.T.D": {"pricePerUnit": {"USD": "0.0000"}}}}}}}}`, "all tiers are free"},
		"List":    {"Another format is found.", "[]", "want an object"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := pricelist.Read(strings.NewReader(tc.file), func(pricelist.Product) []string { return []string{"key"} })
			if err == nil || !strings.Contains(err.Error(), tc.err) {
				t.Errorf("%s\nRead(...): got error %v, want %q", tc.reason, err, tc.err)
			}
		})
	}
}

// TestRules fails on a figure of the table in the program that make prices would not write anew.
func TestRules(t *testing.T) {
	builtIn, err := prices.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for key := range builtIn.Prices {
		if _, ok := pricelist.RuleOf(key); !ok {
			t.Errorf("%s has no rule", key)
		}
	}
	for _, key := range []string{"", "rds.oracle.single.db.t3.micro", "rds.mysql.triple.db.t3.micro", "cache.memcached.cache.t3.micro"} {
		if r, ok := pricelist.RuleOf(key); ok {
			t.Errorf("%q has the rule %s", key, fmt.Sprint(r))
		}
	}
}
