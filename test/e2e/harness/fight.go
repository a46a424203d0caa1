package harness

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// mostChanges is how often what a resource asks for may change until everything is Ready: it is
// made, the provider resolves its references and fills in what AWS chose, and the function what it
// learned of others. Under the real provider-aws the most was 4 (2026-11-29).
const mostChanges = 8

// FoughtOver says that two sides write a resource in turn, as where Crossplane takes away what a
// provider filled in. Each turn is a pass of Crossplane over everything behind the claim, so such a
// control plane never rests.
func FoughtOver(u *unstructured.Unstructured) error {
	if n := u.GetGeneration(); n > mostChanges {
		return fmt.Errorf("%s %s was changed %d times on its way to Ready: see who writes what with kubectl get -o yaml --show-managed-fields", u.GetKind(), u.GetName(), n)
	}
	return nil
}
