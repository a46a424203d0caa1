package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNetworkBecomesReady(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "plain")
	n.isAppliedWith(spec("dev"))
	n.becomesReady()

	if addresses := n.hasStatus("natAddresses"); len(addresses) != 1 {
		t.Errorf("dev has one NAT gateway, but natAddresses is %v", addresses)
	}
	n.hasStatus("subnets", "public")
	n.hasStatus("subnets", "app")
	n.hasStatus("subnets", "data")
	n.hasNothingTwice()
}

func TestNetworkIsRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason string
		spec   map[string]any
		text   string
	}{
		"UnknownEnvironment": {
			reason: "Only three environments have settings.",
			spec:   spec("production"),
			text:   `supported values: "dev", "staging", "prod"`,
		},
		"OtherCIDR": {
			reason: "AWS cannot move a VPC to other addresses.",
			spec:   spec("dev", map[string]any{"cidr": "10.1.0.0/16"}),
			text:   "cidr cannot change",
		},
		"TooSmall": {
			reason: "AWS refuses a VPC of this size.",
			spec:   spec("dev", map[string]any{"cidr": "10.0.0.0/28"}),
			text:   "must be between /16",
		},
	}
	n := newNetwork(t, "refused")
	n.isAppliedWith(spec("dev"))
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Log(tc.reason)
			n := *n
			n.t = t
			n.isRefused(tc.spec, tc.text)
		})
	}
}

func TestEnvironmentChangesInPlace(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "grows")
	n.isAppliedWith(spec("dev"))
	n.becomesReady()
	dev, addresses := n.inTheCloud(), n.hasStatus("natAddresses")

	n.isAppliedWith(spec("prod"))
	n.becomesReady()
	prod := n.inTheCloud()
	if lost := without(dev, prod); len(lost) > 0 {
		t.Errorf("dev to prod replaced or removed %s", lost)
	}
	if n := len(ofKind(prod, "ec2/NATGateway")); n != 3 {
		t.Errorf("prod has %d NAT gateways, not one in each of three zones", n)
	}
	for zone, address := range addresses {
		if got := n.hasStatus("natAddresses")[zone]; got != address {
			t.Errorf("the NAT gateway of zone %s had address %s and has %s", zone, address, got)
		}
	}

	n.isAppliedWith(spec("dev"))
	n.becomesReady()
	back := n.inTheCloud()
	if n := len(ofKind(back, "s3/Bucket")); n != 2 {
		t.Errorf("there are %d buckets: the two with prod's flow logs and access logs stay", n)
	}
	back = slices.DeleteFunc(back, func(resource string) bool { return strings.HasPrefix(resource, "s3/") })
	if diff := cmp.Diff(dev, back); diff != "" {
		t.Errorf("dev to prod and back must end where it started, but for the buckets: -want, +got:\n%s", diff)
	}
	n.hasNothingTwice()
}

// TestRoleIsPlaced sets the IAM path of the role of a network's flow logs, which then cannot
// change, and sets and removes its permissions boundary.
func TestRoleIsPlaced(t *testing.T) {
	t.Parallel()
	const boundary = "arn:aws:iam::111111111111:policy/e2e/boundary"
	placed := func(more map[string]any) map[string]any {
		return spec("dev", map[string]any{"flowLogs": map[string]any{"enabled": true, "destination": "CloudWatchLogs"}}, more)
	}
	n := newNetwork(t, "placed")
	n.isAppliedWith(placed(map[string]any{"iamPath": "/e2e/", "permissionsBoundary": boundary}))
	n.becomesReady()
	n.hasRole("/e2e/", boundary)

	n.isAppliedWith(placed(nil))
	n.networkSays("Refused", "AWS cannot move it to / as the platform wants: set spec.iamPath: /e2e/ to keep it")
	n.isNotReady("Network placed")
	n.hasRole("/e2e/", "") // The boundary is not in dispute.

	n.isAppliedWith(placed(map[string]any{"iamPath": "/e2e/"}))
	n.becomesReady()
	n.hasRole("/e2e/", "")
}

// hasRole waits until the role has the IAM path and the permissions boundary; an empty boundary means none.
func (e *environment) hasRole(path, boundary string) {
	e.t.Helper()
	e.eventually("has a role at "+path+" with boundary "+strconv.Quote(boundary), func(ctx context.Context) error {
		live, err := e.live(ctx)
		if err != nil {
			return err
		}
		for _, r := range live {
			if r.Kind.String() != "iam/Role" {
				continue
			}
			arn, _ := r.Attributes["arn"].(string)
			is, _ := r.Params["permissionsBoundary"].(string)
			if !strings.Contains(arn, ":role"+path) || is != boundary {
				return fmt.Errorf("it is at %s, with boundary %q", arn, is)
			}
			return nil
		}
		return errors.New("there is none")
	})
}

func TestNetworkIsDeletedInOrder(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "goes")
	n.isAppliedWith(spec("prod"))
	n.becomesReady()
	n.refusesDeletion("Network goes", "first set spec.deletionProtection: false in the claim")
	n.isUnprotected()
	n.isDeleted()
	n.isGone()
	gone := n.deletedInOrder()
	logRecreated(t, gone)
	lines := make([]string, 0, len(gone))
	for _, r := range gone {
		lines = append(lines, "  "+r.Kind.String()+" "+r.ID)
	}
	t.Log("deleted in this order:\n" + strings.Join(lines, "\n"))
}
