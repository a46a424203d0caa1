package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ausmart/platform/test/cloud/account"
)

// tellMadeAgain prints what was made again while it was deleted. Crossplane may be composing when its composite is deleted: the last
// Usage that goes changes the composite, which is composed once more, and two seconds later the deletion is replayed. On a busy machine
// the two meet, and what went first is made again, only to be deleted too: isGone has seen to that.
func tellMadeAgain(t *testing.T, resources []account.Resource) {
	t.Helper()
	if again := madeAgain(resources); len(again) > 0 {
		t.Logf("made again during the deletion, and deleted again:\n  %s", strings.Join(again, "\n  "))
	}
}

// madeAgain are resources that were made after they had been deleted, by kind and name.
func madeAgain(resources []account.Resource) []string {
	var again []string
	for _, r := range resources {
		if r.Made > 1 {
			again = append(again, fmt.Sprintf("%s %s (%d times)", r.Kind, r.Name, r.Made))
		}
	}
	return again
}
