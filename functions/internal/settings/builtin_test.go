package settings

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// TestBuiltIn is the table that the platform promises.
func TestBuiltIn(t *testing.T) {
	cases := map[string]struct {
		reason string
		env    v1alpha1.Environment
		want   map[string]string
		ok     bool
	}{
		"Dev": {
			reason: "Small and cheap, and gone without a trace.",
			env:    v1alpha1.EnvironmentDev,
			want: map[string]string{
				"kms": "off", "waf": "off", "multiAZ": "off", "natGateways": "Single", "vpcEndpoints": "off", "flowLogs": "off",
				"retentionDays": "14", "deletionProtection": "off", "finalSnapshot": "off", "applyImmediately": "on", "backupRetentionDays": "1", "publicAPI": "on", "iamPath": "/", "permissionsBoundary": "none",
			},
			ok: true,
		},
		"Staging": {
			reason: "As cheap as dev, behind a firewall and for longer.",
			env:    v1alpha1.EnvironmentStaging,
			want: map[string]string{
				"kms": "off", "waf": "on", "multiAZ": "off", "natGateways": "Single", "vpcEndpoints": "off", "flowLogs": "off",
				"retentionDays": "30", "deletionProtection": "off", "finalSnapshot": "off", "applyImmediately": "on", "backupRetentionDays": "7", "publicAPI": "off", "iamPath": "/", "permissionsBoundary": "none",
			},
			ok: true,
		},
		"Prod": {
			reason: "Encrypted, redundant, recorded and protected.",
			env:    v1alpha1.EnvironmentProd,
			want: map[string]string{
				"kms": "on", "waf": "on", "multiAZ": "on", "natGateways": "PerZone", "vpcEndpoints": "on", "flowLogs": "on",
				"retentionDays": "90", "deletionProtection": "on", "finalSnapshot": "on", "applyImmediately": "off", "backupRetentionDays": "30", "publicAPI": "off", "iamPath": "/", "permissionsBoundary": "none",
			},
			ok: true,
		},
		"Unknown": {
			reason: "There is no environment test, and no default for one.",
			env:    "test",
		},
		"Empty": {
			reason: "A claim without an environment has no settings.",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			layer, ok := BuiltIn(tc.env)
			if ok != tc.ok {
				t.Errorf("%s\nBuiltIn(%q): ok is %t", tc.reason, tc.env, ok)
			}
			if diff := cmp.Diff(tc.want, written(layer)); diff != "" {
				t.Errorf("%s\nBuiltIn(%q): -want, +got:\n%s", tc.reason, tc.env, diff)
			}
		})
	}
}

// written is what a layer says, by the names that its fields have in an
// EnvironmentConfig.
func written(l Layer) map[string]string {
	var out map[string]string
	v := reflect.ValueOf(l)
	for i, name := range fields() {
		if v.Field(i).IsNil() {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[name] = word(v.Field(i).Elem())
	}
	return out
}
