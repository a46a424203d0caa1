package harness

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// mostChanges is how often a resource's spec may change until everything is Ready: it is created,
// the provider resolves its references and adds the values that AWS chose, and the function adds
// what it learned from other resources. With the real provider-aws the highest number was 4
// (2026-11-29).
const mostChanges = 8

// FoughtOver returns an error when two sides write a resource in turn, for example when Crossplane
// removes what a provider fills in. Each turn is a reconcile of everything behind the claim, so
// such a control plane is never idle.
func FoughtOver(u *unstructured.Unstructured) error {
	if n := u.GetGeneration(); n > mostChanges {
		return fmt.Errorf("%s %s was changed %d times on its way to Ready: see who writes what with kubectl get -o yaml --show-managed-fields", u.GetKind(), u.GetName(), n)
	}
	return nil
}
