package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// checkZones refuses zones that are given twice or that the region does not
// have, before AWS does so minutes later. Its errors name the claim's field.
func checkZones(region string, zones []v1alpha1.Zone) error {
	const field = "spec.availabilityZones"
	if len(zones) < 2 {
		return fmt.Errorf("%s: needs at least two zones, since EKS and RDS do", field)
	}
	have := zonesOf(region)
	for i, z := range zones {
		if slices.Contains(zones[:i], z) {
			return fmt.Errorf("%s: zone %q is given twice", field, z)
		}
		if len(z) != 1 || !strings.Contains(have, string(z)) {
			return fmt.Errorf("%s: unknown zone %q: %s has %s", field, z, region, strings.Join(strings.Split(have, ""), ", "))
		}
	}
	return nil
}

// zonesOf returns the zone letters of a region.
//
// Most regions have three zones, a to c; the exceptions are listed. Letters that only
// older accounts have are included: AWS refuses them for the others. A region that is not
// in the list may have any zone. Source:
// docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html,
// read 2026-11.
func zonesOf(region string) string {
	switch region {
	case "us-east-1":
		return "abcdef"
	case "us-west-2", "ap-northeast-1", "ap-northeast-2", "ca-central-1", "cn-north-1":
		return "abcd"
	case "us-east-2", "us-west-1", "ca-west-1", "mx-central-1", "sa-east-1",
		"eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3",
		"af-south-1", "il-central-1", "me-central-1", "me-south-1",
		"ap-east-1", "ap-east-2", "ap-northeast-3", "ap-south-1", "ap-south-2",
		"ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
		"cn-northwest-1", "us-gov-east-1", "us-gov-west-1":
		return "abc"
	default:
		return "abcdef"
	}
}
