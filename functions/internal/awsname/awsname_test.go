package awsname

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFit(t *testing.T) {
	cases := map[string]struct {
		reason  string
		name    Name
		suffix  string
		longest int
		want    string
	}{
		"Fits": {
			reason: "A name that fits stays as it is.",
			name:   WithoutDots("shop", 6), suffix: "-node", longest: 9,
			want: "shop-node",
		},
		"TooLong": {
			reason: "A name that is one character too long is cut and gets its digest; the suffix stays.",
			name:   WithoutDots("shops", 6), suffix: "-eks", longest: 16,
			want: "shops-eks",
		},
		"Cut": {
			reason: "The result is never longer than the longest.",
			name:   WithoutDots("shop-in-the-city", 6), suffix: "-node", longest: 18,
			want: "shop-i-2a0e20-node",
		},
		"CutAtHyphen": {
			reason: "No name has two hyphens in a row, which RDS refuses.",
			name:   WithoutDots("shops-in-the-city", 6), suffix: "-node", longest: 18,
			want: "shops-eb5ede-node",
		},
		"Dots": {
			reason: "A name that was changed gets its digest: shop.a and shop-a are two names.",
			name:   WithoutDots("shop.a", 6), suffix: "", longest: 64,
			want: "shop-a-d37087",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := tc.name.Fit(tc.suffix, tc.longest)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nFit(...): -want, +got:\n%s", tc.reason, diff)
			}
			if len(got) > tc.longest || strings.Contains(got, "--") {
				t.Errorf("%s\nFit(...) is %q: too long, or two hyphens in a row", tc.reason, got)
			}
		})
	}
}

func TestJoin(t *testing.T) {
	cases := map[string]struct {
		reason string
		parts  []string
		want   string
	}{
		"Fits":   {"A short name stays as it is.", []string{"orders", "events"}, "orders-events"},
		"Exact":  {"So does one that is as long as it may be.", []string{strings.Repeat("x", 18), "a"}, "xxxxxxxxxxxxxxxxxx-a"},
		"Cut":    {"A longer one is cut, and a digest of the whole tells it apart.", []string{strings.Repeat("x", 20), "a"}, "xxxxxxxxxxx-c157e6db"},
		"Other":  {"As from this one.", []string{strings.Repeat("x", 20), "b"}, "xxxxxxxxxxx-5155b813"},
		"Hyphen": {"A hyphen before the digest stays.", []string{strings.Repeat("x", 10), "abcdefghij"}, "xxxxxxxxxx--70a82426"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Join(20, 8, tc.parts...)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
