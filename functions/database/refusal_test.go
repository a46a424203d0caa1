package database

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestRefusedPromotion makes databases of dev, which have no key of their own, databases of prod: the
// key is refused, and all that protects them is there at once.
func TestRefusedPromotion(t *testing.T) {
	cases := map[string]struct {
		spec map[string]any
		want map[string]any // of the resource that is the database
	}{
		"postgres": {
			spec: map[string]any{"engine": "postgres"},
			want: map[string]any{"deletionProtection": true, "multiAz": true, "backupRetentionPeriod": 30.0, "skipFinalSnapshot": false, "kmsKeyId": nil},
		},
		"redis": {
			spec: map[string]any{"engine": "redis"},
			want: map[string]any{"multiAzEnabled": true, "snapshotRetentionLimit": 30.0, "transitEncryptionEnabled": false, "kmsKeyId": nil},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "orders", tc.spec)
			p.Settle(t)
			p.Set("environment", "prod")
			p.Settle(t)
			p.MarkReady()
			rsp := p.Settle(t)

			refusals := functiontest.Refusals(rsp)
			if len(refusals) == 0 || !strings.HasPrefix(refusals[0], "spec.kms.enabled: the database was made without a key of its own") {
				t.Errorf("refused is %q, want the key", refusals)
			}
			if len(p.Protections()) != 2 {
				t.Errorf("it is prod, and not protected: %v", p.Protections())
			}
			got := map[string]any{}
			for field := range tc.want {
				got[field] = p.ForProvider(primaryOf(p))[field]
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
			kms := functiontest.Status(rsp)["settings"].(map[string]any)["kms"]
			if diff := cmp.Diff(map[string]any{"value": "off", "origin": "kept"}, kms); diff != "" {
				t.Errorf("status.settings.kms: -want, +got:\n%s", diff)
			}

			p.Set("kms.enabled", false)
			p.Set("redisLogin", false)
			if m := functiontest.Refusal(p.Reconcile(t)); m != "" {
				t.Errorf("the remedies do not help: %s", m)
			}
		})
	}
}

// TestRefusedAtOnce has a claim with several faults: a person reads all of them.
func TestRefusedAtOnce(t *testing.T) {
	p := kit().New(t, "orders", map[string]any{"engine": "mysql", "version": "8.4", "storageGiB": 400})
	p.Settle(t)
	p.Set("environment", "prod")
	p.Set("version", "9.7")
	p.Set("restoreFrom", map[string]any{"snapshot": "old"})
	p.Set("storageGiB", 20)
	want := []string{"spec.restoreFrom.snapshot: ", "spec.version: ", "spec.kms.enabled: ", "spec.storageGiB: "}
	for range 2 {
		got := functiontest.Refusals(p.Reconcile(t))
		for i, field := range want {
			if len(got) != len(want) || !strings.HasPrefix(got[i], field) {
				t.Fatalf("refused are %q, want one for each of %q", got, want)
			}
		}
	}
	i := p.ForProvider("instance")
	if diff := cmp.Diff([]any{"8.4", 400.0, nil, nil}, []any{i["engineVersion"], i["allocatedStorage"], i["snapshotIdentifier"], i["kmsKeyId"]}); diff != "" {
		t.Errorf("version, volume, snapshot and key: -want, +got:\n%s", diff)
	}
}
