package prices_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/cost/prices"
)

func table(t *testing.T) *prices.Table {
	t.Helper()
	out, err := prices.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOf(t *testing.T) {
	cases := map[string]struct {
		reason      string
		key, region string
		want        prices.Price
		known       bool
	}{
		"Verified": {
			reason: "A price has its unit, and says where AWS has it and since when.",
			key:    "nat.hour", region: "us-east-1",
			want: prices.Price{
				USD: 0.045, Unit: "hour", Verified: true,
				Source: "pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/20261007165408/us-east-1/index.csv (2026-10-07)",
			},
			known: true,
		},
		"Unverified": {
			reason: "One that no one could read says so.",
			key:    "endpoint.hour", region: "ap-southeast-2",
			want:  prices.Price{USD: 0.013, Unit: "hour"},
			known: true,
		},
		"OtherRegion": {reason: "A region that the table does not have is unknown, and not that of a neighbour.", key: "nat.hour", region: "eu-west-2"},
		"NoSuchItem":  {reason: "An item that the table does not have is unknown.", key: "ec2.t1.enormous", region: "us-east-1"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, known := table(t).Of(tc.key, tc.region)
			if known != tc.known {
				t.Errorf("%s\nknown: %v, want %v", tc.reason, known, tc.known)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nOf(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestFile fails when the file is not as make prices would write it.
func TestFile(t *testing.T) {
	file, err := os.ReadFile("prices.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(file), table(t).YAML()); diff != "" {
		t.Errorf("prices.yaml: -file, +written:\n%s", diff)
	}
}

// TestSourcesInUse fails on a source of no price.
func TestSourcesInUse(t *testing.T) {
	used := map[string]bool{}
	for _, item := range table(t).Prices {
		for _, figure := range item.Regions {
			for _, s := range figure.Sources {
				used[s] = true
			}
		}
	}
	for name := range table(t).Sources {
		if !used[name] {
			t.Errorf("no price has the source %q", name)
		}
	}
}

func TestParse(t *testing.T) {
	const item = "prices: {nat.hour: {unit: hour, regions: {us-east-1: %s}}}"
	cases := map[string]struct {
		reason, data, err string
	}{
		"NoDate":    {"A table without a date cannot grow old.", "prices: {}", `cannot read prices: date: parsing time ""`},
		"Unknown":   {"A misspelt field is found.", "date: \"2026-11-30\"\nprice: {}", `unknown field "price"`},
		"NoPrice":   {"A price is a positive number.", "date: \"2026-11-30\"\n" + strings.Replace(item, "%s", `{usd: "free"}`, 1), `nat.hour in us-east-1: "free" is no price`},
		"Zero":      {"What is free is no price.", "date: \"2026-11-30\"\n" + strings.Replace(item, "%s", `{usd: "0"}`, 1), `nat.hour in us-east-1: "0" is no price`},
		"NoSource":  {"A source that is named has an address.", "date: \"2026-11-30\"\n" + strings.Replace(item, "%s", `{usd: "1", sources: [x]}`, 1), `source "x" has no address and date`},
		"NoUnit":    {"A price is for a unit.", "date: \"2026-11-30\"\nprices: {a: {regions: {us-east-1: {usd: \"1\"}}}}", "a has no unit"},
		"NoRegions": {"An item may have no regions.", "date: \"2026-11-30\"\nprices: {a: {unit: hour}}", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := prices.Parse([]byte(tc.data))
			if tc.err == "" && err != nil || tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("%s\nParse(...): got error %v, want %q", tc.reason, err, tc.err)
			}
		})
	}
}

func TestOutdated(t *testing.T) {
	table := &prices.Table{Date: "2026-11-30"}
	cases := map[string]struct {
		now  time.Time
		want bool
	}{
		"SixMonths": {time.Date(2027, 5, 30, 0, 0, 0, 0, time.UTC), false},
		"Older":     {time.Date(2027, 5, 31, 0, 0, 0, 0, time.UTC), true},
		"Newer":     {time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := table.Outdated(tc.now); got != tc.want {
				t.Errorf("Outdated(%s): %v, want %v", tc.now, got, tc.want)
			}
		})
	}
}
