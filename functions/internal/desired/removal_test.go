package desired

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
)

func TestCheckRemovals(t *testing.T) {
	bucket := map[string]any{"kind": "Bucket"}
	leaving := map[string]any{"kind": "Bucket", "metadata": map[string]any{"deletionTimestamp": "2026-11-01T00:00:00Z"}}
	cases := map[string]struct {
		reason  string
		exist   map[string]map[string]any
		want    []string
		allowed []string
		err     string
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
			reason: "A removal that the claim does not ask for is refused, and the message has both remedies.",
			exist:  map[string]map[string]any{"logs": bucket, "route": {"kind": "Route"}},
			err:    `refusing to delete Bucket "logs": because of logs; or annotate the claim with platform.ausmart.io/allow-removal: logs`,
		},
		"OtherAllowed": {
			reason:  "The permission is for one resource. The message names the first other one by name.",
			exist:   map[string]map[string]any{"a": bucket, "c": bucket, "b": bucket},
			allowed: []string{"a"},
			err:     `refusing to delete Bucket "b": because of b; or annotate the claim with platform.ausmart.io/allow-removal: b`,
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
			err := r.CheckRemovals([]string{"Bucket"}, func(n string) string { return "because of " + n })
			if diff := cmp.Diff(tc.err, functiontest.Message(err)); diff != "" {
				t.Errorf("%s\nCheckRemovals(...): -want, +got:\n%s", tc.reason, diff)
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
		if err := r.CheckRemovals([]string{"Bucket"}, func(string) string { return "" }); err != nil {
			t.Fatal(err)
		}
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
