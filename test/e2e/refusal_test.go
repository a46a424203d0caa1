package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/e2e/harness"
)

// TestRefusalIsSeen makes a database of dev, which has no key of its own, one of prod. The key is
// refused, which the claim shows; the database is kept, and it is protected as prod is.
func TestRefusalIsSeen(t *testing.T) {
	t.Parallel()
	const claim = "Database orders"
	e := readyPart(t, "refused-database", "au-dev", "Network", claim)

	e.isPatched(claim, `{"spec":{"environment":"prod","allowCrossEnvironment":true}}`)
	e.says(claim, "DatabaseReady", "Refused", "set spec.kms.enabled: false to keep it")
	e.isNotReady(claim)
	e.isWarned(claim, "Refused", "spec.kms.enabled")
	e.eventually(claim+" is protected", func(ctx context.Context) error {
		xr, err := e.get(ctx, e.claim(claim))
		if err != nil {
			return err
		}
		settings, _, _ := unstructured.NestedStringMap(xr.Object, "status", "settings", "deletionProtection")
		if settings["value"] != "on" {
			return fmt.Errorf("status.settings.deletionProtection is %v", settings)
		}
		return nil
	})
	e.eventually("its claim is protected, after its composite", func(ctx context.Context) error {
		if err := e.client.Delete(ctx, e.claim(claim).DeepCopy(), client.DryRunAll); err == nil {
			return errors.New("its deletion is not refused yet")
		}
		return nil
	})
	e.refusesDeletion(claim, "first set spec.deletionProtection: false in the claim")

	e.isPatched(claim, `{"spec":{"kms":{"enabled":false}}}`)
	e.claim(claim).Object["spec"].(map[string]any)["environment"] = "prod"
	e.claimBecomesReady(e.claim(claim))
	e.hasNothingTwice()
}

// isPatched changes a claim by a merge patch.
func (e *environment) isPatched(claim, patch string) {
	e.t.Helper()
	c := e.claim(claim).DeepCopy()
	if err := e.client.Patch(e.t.Context(), c, client.RawPatch("application/merge-patch+json", []byte(patch))); err != nil {
		e.t.Fatalf("cannot patch %s: %v", claim, err)
	}
}

// isWarned waits until a claim has a warning event of that reason, whose message contains text.
func (e *environment) isWarned(claim, reason, text string) {
	e.t.Helper()
	of := e.claim(claim)
	e.eventually(claim+" has an event", func(ctx context.Context) error {
		events := &unstructured.UnstructuredList{}
		events.SetAPIVersion("v1")
		events.SetKind("EventList")
		if err := e.client.List(ctx, events, client.InNamespace(of.GetNamespace())); err != nil {
			return err
		}
		for _, event := range events.Items {
			about, _, _ := unstructured.NestedStringMap(event.Object, "involvedObject")
			message, _, _ := unstructured.NestedString(event.Object, "message")
			if about["kind"] == of.GetKind() && about["name"] == of.GetName() && event.Object["type"] == "Warning" && event.Object["reason"] == reason && strings.Contains(message, text) {
				return nil
			}
		}
		return fmt.Errorf("%s has no warning %s about %s among %d events", harness.Title(of), reason, text, len(events.Items))
	})
}
