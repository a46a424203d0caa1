package e2e

import (
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/ausmart/platform/test/e2e/harness"
)

// TestDatabasesBecomeReady applies an environment's network and its databases at once, and deletes
// them at once. Production's databases refuse the deletion until their protection is switched off.
func TestDatabasesBecomeReady(t *testing.T) {
	t.Parallel()
	names := []string{"au-prod"}
	if *every { // TestEnvironments has these too.
		names = append(names, "au-dev")
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := environmentOf(t, "databases-"+name, name)
			e.only("Network", "Database")
			e.isApplied()
			e.becomesReady()
			if e.isProduction() {
				databases := slices.DeleteFunc(slices.Clone(e.claims), func(c *unstructured.Unstructured) bool { return c.GetKind() != "Database" })
				if len(databases) == 0 {
					t.Fatalf("%s has no Database", name)
				}
				for _, c := range databases {
					e.refusesDeletion(harness.Title(c), "first set spec.deletionProtection: false in the claim")
					e.refusesDeletionOfComposite(harness.Title(c))
				}
				e.isUnprotected()
			}
			e.isDeleted()
			e.isGone()
		})
	}
}
