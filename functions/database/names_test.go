package database

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
)

func named(name, uid string) *database {
	return &database{
		Composition: &composition.Composition{Name: name, UID: uid},
		spec:        v1alpha1.DatabaseSpec{CommonSpec: v1alpha1.CommonSpec{Region: "ap-southeast-2"}},
	}
}

func TestNamesInAWS(t *testing.T) {
	long := strings.Repeat("x", 63)
	cases := map[string]struct {
		reason string
		name   string
		limit  int
		part   string
		want   string
	}{
		"Plain":        {"A name that AWS takes stays as it is.", "orders-x7k2p", 63, "", "orders-x7k2p"},
		"Part":         {"A part's name is added.", "orders-x7k2p", 40, "app", "orders-x7k2p-app"},
		"Dots":         {"AWS allows no dot. Without the digest another name could become the same.", "shop.orders", 63, "", "shop-orders-412efcb6"},
		"Hyphens":      {"RDS refuses two hyphens in a row.", "shop--orders", 63, "", "shop-orders-75ec9730"},
		"Digit":        {"AWS requires a letter first.", "2orders", 63, "", "db-2orders-1b9e028e"},
		"Long":         {"A name that is cut keeps its digest and its part.", long, 40, "app", strings.Repeat("x", 27) + "-8a573309-app"},
		"CutAtAHyphen": {"A cut at a hyphen leaves no two hyphens in a row.", strings.Repeat("x", 26) + "-" + long, 40, "app", strings.Repeat("x", 26) + "-da15a9bc-app"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := named(tc.name, "1")
			if diff := cmp.Diff(tc.want, d.awsName(tc.limit, tc.part)); diff != "" {
				t.Errorf("%s\nawsName(%d, %q): -want, +got:\n%s", tc.reason, tc.limit, tc.part, diff)
			}
		})
	}
}

// FuzzNamesInAWS checks that every name of a composite becomes one that RDS and
// ElastiCache accept.
func FuzzNamesInAWS(f *testing.F) {
	f.Add("orders-x7k2p", "app")
	f.Add("2.orders--x", "")
	f.Add(strings.Repeat("a-", 120)+"a", "final-0a1b2c3d")
	valid := regexp.MustCompile(`^[a-z](-?[a-z0-9])*$`)
	f.Fuzz(func(t *testing.T, name, part string) {
		if !regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`).MatchString(name) || len(name) > 253 || part != "" && (!valid.MatchString(part) || len(part) > 14) {
			t.Skip("no name of Kubernetes")
		}
		d := named(name, "1")
		for _, limit := range []int{elasticacheNameMax, instanceNameMax, composition.AliasMax, otherNameMax} {
			if got := d.awsName(limit, part); !valid.MatchString(got) || len(got) > limit || !strings.HasSuffix(got, part) {
				t.Fatalf("awsName(%d, %q) of %q: %q", limit, part, name, got)
			}
		}
	})
}

// TestNamesOfTheFirstDatabaseAreNotTaken has two claims of one name, one after the other:
// AWS would refuse the second final snapshot of the same name.
func TestNamesOfTheFirstDatabaseAreNotTaken(t *testing.T) {
	first, second := named("orders", "1"), named("orders", "2")
	if first.finalSnapshot() == second.finalSnapshot() {
		t.Errorf("both have the final snapshot %s", first.finalSnapshot())
	}
}

// TestFinalSnapshotFollowsTheInstance deletes an instance by itself: the one that is made in its
// place has another final snapshot, since the first one's may exist.
func TestFinalSnapshotFollowsTheInstance(t *testing.T) {
	for _, claim := range []string{"orders", "checkout"} {
		p := kit().NewExample(t, "au-prod/"+claim)
		p.Settle(t)
		snapshot := func() any { return p.ForProvider(primaryOf(p))["finalSnapshotIdentifier"] }
		before, primary := snapshot(), primaryOf(p)
		p.Settle(t)
		if got := snapshot(); got != before || before == nil {
			t.Errorf("%s: the final snapshot of an instance that stays is %v and then %v", claim, before, got)
		}
		p.Get(primary)["metadata"].(map[string]any)["uid"] = "another"
		p.Settle(t)
		if got := snapshot(); got == before {
			t.Errorf("%s: two instances have the final snapshot %v", claim, got)
		}
	}
}
