package e2e

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/e2e/harness"
)

// TestDatabasesBecomeReady applies an environment's network and its databases at once, and takes
// them away at once. Production's databases refuse the second until they have been asked twice.
func TestDatabasesBecomeReady(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{"au-dev", "au-prod"} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			network := claimsOf(t, environment, "network.yaml")
			databases := claimsOf(t, environment, "databases", "*.yaml")
			all := slices.Concat(network, databases)
			theStage.apply(t, all...)
			t.Cleanup(func() { theStage.clear(t, all...) })
			theStage.becomeReady(t, all...)

			if environment == "au-prod" {
				theStage.areProtected(t, databases...)
				for _, d := range databases {
					release(d)
				}
				theStage.apply(t, databases...)
				theStage.areReleased(t, databases...)
			}
			theStage.delete(t, all...)
			theStage.areGone(t, all...)
		})
	}
}

// claimsOf an environment in examples/, in a namespace of the test's.
func claimsOf(t *testing.T, environment string, path ...string) []*unstructured.Unstructured {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(append([]string{"..", "..", "examples", environment}, path...)...))
	if err != nil || len(files) == 0 {
		t.Fatalf("cannot find the claims of %s: %d files, %v", environment, len(files), err)
	}
	claims, err := manifest.Read(files...)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range claims {
		c.SetNamespace("databases-" + environment)
	}
	return claims
}

// release a claim from its protection: the first step.
func release(claim *unstructured.Unstructured) {
	_ = unstructured.SetNestedField(claim.Object, false, "spec", "deletionProtection")
}

func (s *stage) apply(t *testing.T, claims ...*unstructured.Unstructured) {
	t.Helper()
	s.hasNamespace(t, claims[0].GetNamespace())
	if err := manifest.Apply(t.Context(), s.client, claims...); err != nil {
		t.Fatal(err)
	}
}

// each tries with every claim until it comes true.
func (s *stage) each(t *testing.T, what string, claims []*unstructured.Unstructured, try func(ctx context.Context, claim *unstructured.Unstructured, err error) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), *patience)
	defer cancel()
	for _, c := range claims {
		if err := eventually(ctx, func(ctx context.Context) error {
			is, err := s.get(ctx, c)
			return try(ctx, is, err)
		}); err != nil {
			t.Fatalf("%s %s never %s: %v", c.GetKind(), c.GetName(), what, err)
		}
	}
}

func (s *stage) becomeReady(t *testing.T, claims ...*unstructured.Unstructured) {
	t.Helper()
	s.each(t, "becomes Ready", claims, func(_ context.Context, is *unstructured.Unstructured, err error) error {
		if err != nil {
			return err
		}
		return upToDate(is)
	})
}

// areProtected: a deletion is refused with what to do first, and leaves everything as it is.
func (s *stage) areProtected(t *testing.T, claims ...*unstructured.Unstructured) {
	t.Helper()
	for _, c := range claims {
		err := s.client.Delete(t.Context(), c.DeepCopy())
		if err == nil || !strings.Contains(err.Error(), "first set spec.deletionProtection: false in the claim") {
			t.Errorf("%s: want its deletion refused with the first step, got: %v", c.GetName(), err)
		}
		t.Logf("%s: %v", c.GetName(), err)
		is, err := s.get(t.Context(), c)
		if err != nil || is.GetDeletionTimestamp() != nil {
			t.Fatalf("%s: a refused deletion must leave it as it is: %v", c.GetName(), err)
		}
		ref, _, _ := unstructured.NestedStringMap(is.Object, "spec", "resourceRef")
		if err := s.client.Delete(t.Context(), harness.Reference(ref["apiVersion"], ref["kind"], ref["name"])); err == nil {
			t.Fatalf("%s: want the deletion of its composite refused too", c.GetName())
		}
	}
}

// areReleased: the condition says that the second step may follow.
func (s *stage) areReleased(t *testing.T, claims ...*unstructured.Unstructured) {
	t.Helper()
	s.each(t, "lets itself be deleted", claims, func(_ context.Context, is *unstructured.Unstructured, err error) error {
		if err != nil {
			return err
		}
		c, _ := manifest.Condition(is, "DeletionProtected")
		if c.Status != "False" || is.GetLabels()["crossplane.io/in-use"] != "" {
			return fmt.Errorf("it says DeletionProtected %s: %s", c.Status, c.Message)
		}
		t.Logf("%s: %s", is.GetName(), c.Message)
		return nil
	})
}

func (s *stage) delete(t *testing.T, claims ...*unstructured.Unstructured) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	for _, c := range claims {
		if err := client.IgnoreNotFound(s.client.Delete(ctx, c.DeepCopy())); err != nil {
			t.Errorf("cannot delete %s: %v", c.GetName(), err)
		}
	}
}

// areGone, with the composites behind them.
func (s *stage) areGone(t *testing.T, claims ...*unstructured.Unstructured) {
	t.Helper()
	s.each(t, "is gone", claims, func(_ context.Context, _ *unstructured.Unstructured, err error) error {
		if !kerrors.IsNotFound(err) {
			return errors.Join(errors.New("the claim is still there"), err)
		}
		return nil
	})
	for _, kind := range []string{"XDatabase", "XNetwork"} {
		if err := eventually(t.Context(), func(ctx context.Context) error { return s.hasNone(ctx, kind, claims[0].GetNamespace()) }); err != nil {
			t.Fatal(err)
		}
	}
}

// hasNone of a kind that belongs to the claims of a namespace.
func (s *stage) hasNone(ctx context.Context, kind, namespace string) error {
	found := &unstructured.UnstructuredList{}
	found.SetAPIVersion("platform.ausmart.io/v1alpha1")
	found.SetKind(kind + "List")
	if err := s.client.List(ctx, found, client.MatchingLabels{"crossplane.io/claim-namespace": namespace}); err != nil {
		return err
	}
	if len(found.Items) > 0 {
		return fmt.Errorf("%s %s is still there", kind, found.Items[0].GetName())
	}
	return nil
}

// clear what a failed test leaves.
func (s *stage) clear(t *testing.T, claims ...*unstructured.Unstructured) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	for _, c := range claims {
		if _, err := s.get(ctx, c); kerrors.IsNotFound(err) {
			continue
		}
		if c.GetKind() == "Database" {
			release(c)
			_ = manifest.Apply(ctx, s.client, c)
			s.areReleased(t, c)
		}
		s.delete(t, c)
	}
}
