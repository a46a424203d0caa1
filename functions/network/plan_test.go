package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/functiontest"
)

func TestPlan(t *testing.T) {
	abc := []v1alpha1.Zone{"a", "b", "c"}
	explicit := func(change func(s *v1alpha1.SubnetPlan)) v1alpha1.NetworkSpec {
		s := v1alpha1.SubnetPlan{
			Public: v1alpha1.ZoneRanges{"a": "10.0.1.0/24", "b": "10.0.2.0/24", "c": "10.0.3.0/24"},
			App:    v1alpha1.ZoneRanges{"a": "10.0.10.0/24", "b": "10.0.11.0/24", "c": "10.0.12.0/24"},
			Data:   v1alpha1.ZoneRanges{"a": "10.0.20.0/24", "b": "10.0.21.0/24", "c": "10.0.22.0/24"},
		}
		change(&s)
		return v1alpha1.NetworkSpec{CIDR: "10.0.0.0/16", AvailabilityZones: abc, Subnets: &s}
	}
	cases := map[string]struct {
		reason string
		spec   v1alpha1.NetworkSpec
		want   []string
		err    string
	}{
		"Default": {
			reason: "Half of a zone's /19 is the app tier's; the slots of d to f and a quarter of each zone stay free.",
			spec:   v1alpha1.NetworkSpec{CIDR: "10.0.0.0/16", AvailabilityZones: abc},
			want: []string{
				"app-a 10.0.0.0/20", "app-b 10.0.32.0/20", "app-c 10.0.64.0/20",
				"data-a 10.0.16.0/22", "data-b 10.0.48.0/22", "data-c 10.0.80.0/22",
				"public-a 10.0.20.0/22", "public-b 10.0.52.0/22", "public-c 10.0.84.0/22",
			},
		},
		"DefaultSmallest": {
			reason: "A /21 still gives load balancers the /27 that they need.",
			spec:   v1alpha1.NetworkSpec{CIDR: "10.9.8.0/21", AvailabilityZones: []v1alpha1.Zone{"a", "f"}},
			want: []string{
				"app-a 10.9.8.0/25", "app-f 10.9.13.0/25",
				"data-a 10.9.8.128/27", "data-f 10.9.13.128/27",
				"public-a 10.9.8.160/27", "public-f 10.9.13.160/27",
			},
		},
		"Original": {
			reason: "An explicit plan has the ranges of the project that the platform comes from.",
			spec:   explicit(func(*v1alpha1.SubnetPlan) {}),
			want: []string{
				"app-a 10.0.10.0/24", "app-b 10.0.11.0/24", "app-c 10.0.12.0/24",
				"data-a 10.0.20.0/24", "data-b 10.0.21.0/24", "data-c 10.0.22.0/24",
				"public-a 10.0.1.0/24", "public-b 10.0.2.0/24", "public-c 10.0.3.0/24",
			},
		},
		"TooSmall": {
			reason: "A /28 is too small for three tiers.",
			spec:   v1alpha1.NetworkSpec{CIDR: "10.0.0.0/28", AvailabilityZones: abc},
			err:    "spec.cidr: 10.0.0.0/28 must be between /16 (the largest VPC that AWS allows) and /24 (the smallest that holds three tiers)",
		},
		"TooLarge": {
			reason: "AWS has no VPC larger than /16.",
			spec:   v1alpha1.NetworkSpec{CIDR: "10.0.0.0/8", AvailabilityZones: abc},
			err:    "spec.cidr: 10.0.0.0/8 must be between /16 (the largest VPC that AWS allows) and /24 (the smallest that holds three tiers)",
		},
		"TooSmallToPlan": {
			reason: "The default plan needs a /21: smaller VPCs need ranges in the claim.",
			spec:   v1alpha1.NetworkSpec{CIDR: "10.0.0.0/22", AvailabilityZones: abc},
			err:    "spec.cidr: 10.0.0.0/22 is too small for the default subnet plan: use /21 or larger, or give the ranges yourself in spec.subnets",
		},
		"NotARange": {
			reason: "The message shows the range that is not valid.",
			spec:   v1alpha1.NetworkSpec{CIDR: "10.0.0/16", AvailabilityZones: abc},
			err:    `spec.cidr: "10.0.0/16" is not an IPv4 range: write it like 10.0.0.0/16`,
		},
		"IPv6": {
			reason: "The plan knows IPv4 only.",
			spec:   v1alpha1.NetworkSpec{CIDR: "fd00::/56", AvailabilityZones: abc},
			err:    `spec.cidr: "fd00::/56" is not an IPv4 range: write it like 10.0.0.0/16`,
		},
		"HostBits": {
			reason: "AWS would silently use another range.",
			spec:   v1alpha1.NetworkSpec{CIDR: "10.0.1.0/16", AvailabilityZones: abc},
			err:    "spec.cidr: 10.0.1.0/16 does not start at its network address: write 10.0.0.0/16",
		},
		"Overlap": {
			reason: "The message names both fields.",
			spec:   explicit(func(s *v1alpha1.SubnetPlan) { s.Data["b"] = "10.0.10.128/25" }),
			err:    "spec.subnets.data.b: 10.0.10.128/25 overlaps spec.subnets.app.a, which is 10.0.10.0/24",
		},
		"Outside": {
			reason: "A subnet lies in its VPC.",
			spec:   explicit(func(s *v1alpha1.SubnetPlan) { s.App["c"] = "10.1.0.0/24" }),
			err:    "spec.subnets.app.c: 10.1.0.0/24 lies outside spec.cidr, 10.0.0.0/16",
		},
		"LargerThanVPC": {
			reason: "A subnet that contains the VPC lies outside it too.",
			spec:   explicit(func(s *v1alpha1.SubnetPlan) { s.App["c"] = "10.0.0.0/12" }),
			err:    "spec.subnets.app.c: 10.0.0.0/12 lies outside spec.cidr, 10.0.0.0/16",
		},
		"PublicTooSmall": {
			reason: "A load balancer needs a larger subnet.",
			spec:   explicit(func(s *v1alpha1.SubnetPlan) { s.Public["a"] = "10.0.1.0/28" }),
			err:    "spec.subnets.public.a: 10.0.1.0/28 is too small: a load balancer needs /27 or larger",
		},
		"SubnetTooSmall": {
			reason: "AWS has no subnet smaller than /28.",
			spec:   explicit(func(s *v1alpha1.SubnetPlan) { s.Data["a"] = "10.0.20.0/29" }),
			err:    "spec.subnets.data.a: 10.0.20.0/29 is too small: AWS allows subnets down to /28",
		},
		"ZoneMissing": {
			reason: "Each zone has a range in each tier.",
			spec:   explicit(func(s *v1alpha1.SubnetPlan) { delete(s.App, "b") }),
			err:    "spec.subnets.app.b: has no range: give each zone of spec.availabilityZones one",
		},
		"ZoneTooMany": {
			reason: "A range for a zone that the network does not have is a mistake.",
			spec:   explicit(func(s *v1alpha1.SubnetPlan) { s.Data["d"] = "10.0.23.0/24" }),
			err:    "spec.subnets.data.d: zone d is not in spec.availabilityZones: add it there or remove its range",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := newPlan(tc.spec)
			if got := functiontest.Message(err); got != tc.err {
				t.Fatalf("%s\nerror:\n got %s\nwant %s", tc.reason, got, tc.err)
			}
			var got []string
			for tier, zones := range p {
				for z, r := range zones {
					got = append(got, fmt.Sprintf("%s-%s %s", tier, z, r))
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCheckZones(t *testing.T) {
	cases := map[string]struct {
		reason string
		region string
		zones  []v1alpha1.Zone
		err    string
	}{
		"Known":         {"Most regions have three zones.", "ap-southeast-2", []v1alpha1.Zone{"c", "a"}, ""},
		"Unknown":       {"AWS would refuse the zone minutes later.", "ap-southeast-2", []v1alpha1.Zone{"a", "d"}, `spec.availabilityZones: unknown zone "d": ap-southeast-2 has a, b, c`},
		"Word":          {"A zone is one letter.", "us-east-1", []v1alpha1.Zone{"a", "ab"}, `spec.availabilityZones: unknown zone "ab": us-east-1 has a, b, c, d, e, f`},
		"Empty":         {"The empty letter is no zone.", "us-east-1", []v1alpha1.Zone{"a", ""}, `spec.availabilityZones: unknown zone "": us-east-1 has a, b, c, d, e, f`},
		"Twice":         {"The same zone twice is one zone.", "us-east-1", []v1alpha1.Zone{"a", "a"}, `spec.availabilityZones: zone "a" is given twice`},
		"One":           {"EKS refuses one zone.", "us-east-1", []v1alpha1.Zone{"a"}, "spec.availabilityZones: needs at least two zones, since EKS and RDS do"},
		"UnknownRegion": {"A region newer than this list may have any zone.", "xx-north-9", []v1alpha1.Zone{"a", "f"}, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := functiontest.Message(checkZones(tc.region, tc.zones)); got != tc.err {
				t.Errorf("%s\n got %s\nwant %s", tc.reason, got, tc.err)
			}
		})
	}
}

// disjoint checks that the subnets of a response lie in its VPC and apart.
func disjoint(t *testing.T, rsp *fnv1.RunFunctionResponse) {
	t.Helper()
	cidr := func(name string) netip.Prefix {
		fp := rsp.GetDesired().GetResources()[name].GetResource().AsMap()["spec"].(map[string]any)["forProvider"].(map[string]any)
		return netip.MustParsePrefix(fp["cidrBlock"].(string))
	}
	vpc := cidr(vpcName)
	var subnets []netip.Prefix
	for name := range rsp.GetDesired().GetResources() {
		if !strings.HasPrefix(name, "subnet-") {
			continue
		}
		r := cidr(name)
		if !vpc.Contains(r.Addr()) || r.Bits() < vpc.Bits() {
			t.Errorf("%s: %s lies outside %s", name, r, vpc)
		}
		for _, other := range subnets {
			if other.Overlaps(r) {
				t.Errorf("%s: %s overlaps %s", name, r, other)
			}
		}
		subnets = append(subnets, r)
	}
}
