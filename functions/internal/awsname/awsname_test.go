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

func TestSingleHyphens(t *testing.T) {
	for name, want := range map[string]string{"orders-x7k2p": "orders-x7k2p", "a--b---c": "a-b-c"} {
		if got := SingleHyphens(name); got != want {
			t.Errorf("SingleHyphens(%q): %q, want %q", name, got, want)
		}
	}
}

func TestRule(t *testing.T) {
	cases := map[string]struct {
		reason string
		rule   Rule
		name   string
		want   string // as Prefixed
		err    string // of the name as it is
	}{
		"Free":        {"A name that no service keeps stays as it is.", SecurityGroup(), "shop-sg-node", "shop-sg-node", ""},
		"SecurityID":  {"EC2's own ids start so.", SecurityGroup(), "sg-prod-node", "ausmart-sg-prod-node", `"sg-prod-node" starts with "sg-", which AWS keeps for itself`},
		"Punycode":    {"S3 takes no name of another alphabet.", Bucket(), "xn--shop", "ausmart-xn--shop", `"xn--shop" starts with "xn--", which AWS keeps for itself`},
		"Demo":        {"S3's examples start so.", Bucket(), "amzn-s3-demo-1", "ausmart-amzn-s3-demo-1", `"amzn-s3-demo-1" starts with "amzn-s3-demo-", which AWS keeps for itself`},
		"Short":       {"A bucket has three characters.", Bucket(), "ab", "ab", `"ab" has 2 characters, and AWS takes 3 to 63`},
		"Characters":  {"A dot is no character of ours.", Bucket(), "a.b", "a.b", `"a.b" does not match [a-z0-9][a-z0-9-]*[a-z0-9]`},
		"LongestName": {"A group has 255.", SecurityGroup(), strings.Repeat("x", 255), strings.Repeat("x", 255), ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.rule.Prefixed(tc.name)); diff != "" {
				t.Errorf("%s\nPrefixed(%q): -want, +got:\n%s", tc.reason, tc.name, diff)
			}
			var got string
			if err := tc.rule.Check(tc.name); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tc.err, got); diff != "" {
				t.Errorf("%s\nCheck(%q): -want, +got:\n%s", tc.reason, tc.name, diff)
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
