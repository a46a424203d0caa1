package guardrails_test

import (
	"fmt"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// TestNamespaceWaitsForItsClaims deletes an approved namespace with the real namespace controller:
// its claim is not approved, so the namespace waits and says for what. Once the claim is approved,
// both are deleted.
func TestNamespaceWaitsForItsClaims(t *testing.T) {
	config := server.Get(t).Config
	root, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{T: t, config: config, kind: "Database", root: root, suffix: "-waiting"}
	u, ns := s.claim("prod", ""), s.namespace(production)
	s.approve(ns)
	if err := s.client(operator).Delete(t.Context(), ns); err != nil {
		t.Fatal(err)
	}

	message := ""
	err = eventually(t.Context(), func() error {
		if err := root.Get(t.Context(), client.ObjectKeyFromObject(ns), ns); err != nil {
			return err
		}
		message = condition(ns, "NamespaceDeletionContentFailure")
		if !strings.Contains(message, "is production, and nothing was deleted") {
			return fmt.Errorf("the namespace does not say what it waits for: %q", message)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(message)
	if err := root.Get(t.Context(), client.ObjectKeyFromObject(u), u); err != nil || u.GetDeletionTimestamp() != nil {
		t.Fatalf("the claim is not as it was: %v", err)
	}

	s.approve(u)
	if err := eventually(t.Context(), func() error { return gone(root.Get(t.Context(), client.ObjectKeyFromObject(ns), ns)) }); err != nil {
		t.Error(err)
	}
}

func gone(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return fmt.Errorf("it is still there: %w", err)
}

// condition's message.
func condition(u *unstructured.Unstructured, name string) string {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		if c, ok := c.(map[string]any); ok && c["type"] == name {
			return fmt.Sprint(c["message"])
		}
	}
	return ""
}
