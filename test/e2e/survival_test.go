package e2e

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/cloud/control"
)

func TestNetworkSurvivesKill(t *testing.T) {
	for _, victim := range []string{"function-network", "function-auto-ready", "crossplane", "kube-apiserver", "kube-controller-manager", "etcd", "cloud"} {
		t.Run(victim, func(t *testing.T) {
			n := aNetwork(t, "survives-"+victim)
			n.isApplied(spec("prod"))
			n.isHalfDone()
			before := n.inTheCloud()

			n.kill(t, victim)
			n.becomesReady()
			if lost := without(before, n.inTheCloud()); len(lost) > 0 {
				t.Errorf("killing %s lost %s", victim, lost)
			}
			n.hasNothingTwice()
		})
	}
}

func TestDriftIsHealed(t *testing.T) {
	t.Parallel()
	n := aNetwork(t, "drifts")
	n.isApplied(spec("dev"))
	n.becomesReady()
	_, vpc, _ := strings.Cut(ofKind(n.inTheCloud(), "ec2/VPC")[0], " ")

	const field = "enableDnsHostnames"
	if err := n.cloud.Drift(t.Context(), account.Target{Kind: "ec2/VPC", Name: vpc}, map[string]any{field: false}); err != nil {
		t.Fatal(err)
	}
	n.eventually("has its drifted VPC mended", func(ctx context.Context) error {
		live, err := n.live(ctx)
		for _, r := range live {
			if r.ID == vpc && r.Params[field] == true {
				return nil
			}
		}
		return errors.Join(errors.New(field+" is still off"), err)
	})
}

func TestLostResourceIsMadeAgain(t *testing.T) {
	t.Parallel()
	n := aNetwork(t, "loses")
	n.isApplied(spec("dev"))
	n.becomesReady()
	routes := len(ofKind(n.inTheCloud(), "ec2/Route"))
	_, route, _ := strings.Cut(ofKind(n.inTheCloud(), "ec2/Route")[0], " ")
	if err := n.cloud.Lose(t.Context(), account.Target{Kind: "ec2/Route", Name: route}); err != nil {
		t.Fatal(err)
	}
	n.eventually("has its lost route again", func(ctx context.Context) error {
		live, err := n.live(ctx)
		found := 0
		for _, r := range live {
			if r.Kind.String() == "ec2/Route" {
				found++
			}
		}
		if found != routes {
			return errors.Join(errors.New("a route is missing"), err)
		}
		return err
	})
	n.hasNothingTwice()
}

func TestFailureIsExplained(t *testing.T) {
	cases := map[string]struct {
		reason string
		fault  account.Fault
		says   string
		remedy string
	}{
		"Throttling": {
			reason: "Nobody has to do anything, and the claim says so.",
			fault:  fault("ec2/NATGateway", "ThrottlingException"),
			says:   "Throttled", remedy: "it goes on by itself",
		},
		"Quota": {
			reason: "Somebody has to ask AWS for more, and the claim says where.",
			fault:  fault("ec2/VPC", "VpcLimitExceeded"),
			says:   "QuotaExceeded", remedy: "Service Quotas console",
		},
		"Permission": {
			reason: "Somebody has to give the provider's role a permission.",
			fault:  fault("ec2/VPC", "UnauthorizedOperation"),
			says:   "PermissionDenied", remedy: "give the role of the ProviderConfig the permission",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Log(tc.reason)
			n := aNetwork(t, "fails-"+strings.ToLower(name))
			if err := n.cloud.Fail(t.Context(), tc.fault); err != nil {
				t.Fatal(err)
			}
			n.isApplied(spec("dev"))
			n.says("NetworkReady", tc.says, tc.remedy)
			mend(t, n.cloud)
			n.becomesReady()
			n.hasNothingTwice()
		})
	}
}

func fault(kind, code string) account.Fault {
	return account.Fault{Target: account.Target{Kind: kind, Operation: account.Create}, Code: code}
}

func mend(t *testing.T, c *control.Client) {
	t.Helper()
	if err := c.Clear(t.Context()); err != nil {
		t.Fatal(err)
	}
}
