package desired

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
)

func TestKeepStateful(t *testing.T) {
	bucket := map[string]any{"kind": "Bucket"}
	leaving := map[string]any{"kind": "Bucket", "metadata": map[string]any{"deletionTimestamp": "2026-11-01T00:00:00Z"}}
	used := func(of, by string) map[string]any {
		ref := func(name string) map[string]any { return map[string]any{"resourceRef": map[string]any{"name": name}} }
		return map[string]any{"kind": "ClusterUsage", "spec": map[string]any{"of": ref(of), "by": ref(by)}}
	}
	selecting := func(name string) map[string]any {
		by := map[string]any{"matchControllerRef": true, "matchLabels": map[string]any{"platform.ausmart.io/resource": name}}
		return map[string]any{"kind": "BucketPolicy", "spec": map[string]any{"forProvider": map[string]any{"bucketSelector": by}}}
	}
	cases := map[string]struct {
		reason  string
		exist   map[string]map[string]any
		want    []string
		allowed []string
		refused []string
		kept    []string
	}{
		"Nothing": {
			reason: "Nothing exists, so nothing is deleted.",
		},
		"Wanted": {
			reason: "A desired resource stays.",
			exist:  map[string]map[string]any{"logs": bucket},
			want:   []string{"logs"},
		},
		"Allowed": {
			reason:  "A removal that the claim asks for is allowed.",
			exist:   map[string]map[string]any{"logs": bucket},
			allowed: []string{"logs"},
		},
		"Deleting": {
			reason: "A resource that is being deleted is not checked: to refuse would only stop everything else.",
			exist:  map[string]map[string]any{"logs": leaving},
		},
		"Stateless": {
			reason: "A resource without state may be deleted.",
			exist:  map[string]map[string]any{"route": {"kind": "Route"}},
		},
		"KindUnknown": {
			reason: "A resource without a kind may be deleted.",
			exist:  map[string]map[string]any{"empty": {}},
		},
		"Dropped": {
			reason:  "A removal that the claim does not ask for is refused, and the message has both remedies.",
			exist:   map[string]map[string]any{"logs": bucket, "route": {"kind": "Route"}},
			refused: []string{`refusing to delete Bucket "logs": because of logs; or annotate the claim with platform.ausmart.io/allow-removal: logs`},
			kept:    []string{"logs"},
		},
		"OtherAllowed": {
			reason:  "The permission is for one resource. All others stay, and each reason is named once with all that it is about.",
			exist:   map[string]map[string]any{"a": bucket, "c": bucket, "b": bucket, "other": bucket},
			allowed: []string{"a"},
			refused: []string{
				`refusing to delete Bucket "b" and Bucket "c": because of them; or annotate the claim with platform.ausmart.io/allow-removal: b,c`,
				`refusing to delete Bucket "other": because of other; or annotate the claim with platform.ausmart.io/allow-removal: other`,
			},
			kept: []string{"b", "c", "other"},
		},
		"WithWhatBelongsToIt": {
			reason: "A resource that stays keeps the Usages that order its deletion, what selects it, and what selects that.",
			exist: map[string]map[string]any{
				"logs":    {"kind": "Bucket", "metadata": map[string]any{"name": "logs-1"}},
				"of-logs": used("logs-1", "route-1"), "by-logs": used("key-1", "logs-1"), "of-other": used("key-1", "route-1"),
				"policy": selecting("logs"), "policy-version": selecting("policy"), "other-policy": selecting("other"),
			},
			refused: []string{`refusing to delete Bucket "logs": because of logs; or annotate the claim with platform.ausmart.io/allow-removal: logs`},
			kept:    []string{"by-logs", "logs", "of-logs", "policy", "policy-version"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Resources: map[string]*fnv1.Resource{}}}
			for _, n := range slices.Sorted(maps.Keys(tc.exist)) {
				req.Observed.Resources[n] = functiontest.Resource(tc.exist[n])
			}
			r := New(observed.From(req), "account")
			for _, n := range tc.want {
				r.Add(n, group("r"))
			}
			for _, n := range tc.allowed {
				r.AllowRemoval(n)
			}
			var refused []string
			for _, err := range r.KeepStateful([]string{"Bucket"}, func(n string) string {
				if n == "b" || n == "c" {
					return "because of them"
				}
				return "because of " + n
			}) {
				refused = append(refused, err.Error())
			}
			if diff := cmp.Diff([][]string{tc.refused, tc.kept}, [][]string{refused, slices.Sorted(maps.Keys(r.kept))}, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nKeepStateful(...): refusals, and what stays: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestRemovalOfWhatIsProtected leaves out a resource that its protection still holds: it goes once
// the protection is gone, which Kubernetes would refuse before.
func TestRemovalOfWhatIsProtected(t *testing.T) {
	held := map[string]*fnv1.Resource{
		"logs":         functiontest.Resource(map[string]any{"kind": "Bucket"}),
		"hold-of-logs": functiontest.Resource(map[string]any{"kind": "ClusterUsage"}),
	}
	for _, step := range [][]string{{"logs"}, nil} {
		r := New(observed.From(&fnv1.RunFunctionRequest{Observed: &fnv1.State{Resources: held}}), "account")
		r.AllowRemoval("logs")
		if refused := r.KeepStateful([]string{"Bucket"}, func(string) string { return "" }); len(refused) > 0 {
			t.Fatal(refused)
		}
		r.KeepHeld([]string{"Bucket"})
		rsp := &fnv1.RunFunctionResponse{}
		if err := r.Write(rsp); err != nil {
			t.Fatal(err)
		}
		if got := functiontest.Names(rsp); !slices.Equal(step, got) {
			t.Errorf("of %v stay %v, want %v", slices.Sorted(maps.Keys(held)), got, step)
		}
		delete(held, "hold-of-logs")
	}
}
