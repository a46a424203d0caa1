package settings

import (
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/apis/v1alpha1"
)

func TestParseConfig(t *testing.T) {
	const known = "known are applyImmediately, backupRetentionDays, deletionProtection, finalSnapshot, flowLogs, iamPath, kms, multiAZ, natGateways, permissionsBoundary, publicAPI, retentionDays, vpcEndpoints, waf"
	const boundary = "arn:aws:iam::111122223333:policy/ausmart/boundary"
	noPath := func(path string) string {
		return fmt.Sprintf(`EnvironmentConfig "dev": data.iamPath: %q is no path of IAM: begin and end it with /, as in /ausmart/, in at most 512 characters of ASCII without spaces, *, ? and $`, path)
	}
	noPolicy := func(arn string) string {
		return fmt.Sprintf(`EnvironmentConfig "dev": data.permissionsBoundary: %q is no ARN of an IAM policy: `, arn) +
			"use one such as arn:aws:iam::111122223333:policy/boundary, or leave it out for none"
	}
	longest := "/" + strings.Repeat("a", 510) + "/"
	type want struct {
		values map[Name]any
		err    string
	}
	cases := map[string]struct {
		reason string
		data   map[string]any
		want   want
	}{
		"All": {
			reason: "Every setting can be set. Numbers come as floats from protobuf.",
			data: map[string]any{
				"kms": true, "waf": false, "multiAZ": true, "natGateways": "Single", "vpcEndpoints": true, "flowLogs": false,
				"retentionDays": 400.0, "deletionProtection": true, "finalSnapshot": false, "applyImmediately": true, "backupRetentionDays": 35.0, "publicAPI": false,
				"iamPath": "/ausmart/", "permissionsBoundary": boundary,
			},
			want: want{values: map[Name]any{
				KMS: true, WAF: false, MultiAZ: true, NATGateways: v1alpha1.NATGatewaySingle, VPCEndpoints: true, FlowLogs: false,
				RetentionDays: int32(400), DeletionProtection: true, FinalSnapshot: false, ApplyImmediately: true, BackupRetentionDays: int32(35), PublicAPI: false,
				IAMPath: v1alpha1.IAMPath("/ausmart/"), PermissionsBoundary: v1alpha1.PolicyARN(boundary),
			}},
		},
		"None": {
			reason: "An EnvironmentConfig without data says nothing.",
			want:   want{values: map[Name]any{}},
		},
		"Null": {
			reason: "A setting that is null says nothing, as everywhere in Kubernetes.",
			data:   map[string]any{"kms": nil, "retentionDays": nil, "natGateways": nil},
			want:   want{values: map[Name]any{}},
		},
		"Lowest": {
			reason: "To keep no backups is a choice. The API server has whole numbers.",
			data:   map[string]any{"backupRetentionDays": int64(0), "retentionDays": int64(1)},
			want:   want{values: map[Name]any{BackupRetentionDays: int32(0), RetentionDays: int32(1)}},
		},
		"Highest": {
			reason: "The longest that AWS has.",
			data:   map[string]any{"backupRetentionDays": 35.0, "retentionDays": 3653.0},
			want:   want{values: map[Name]any{BackupRetentionDays: int32(35), RetentionDays: int32(3653)}},
		},
		"Unknown": {
			reason: "A misspelt setting is named, and what would be right.",
			data:   map[string]any{"retentionDay": 30.0},
			want:   want{err: `EnvironmentConfig "dev": data.retentionDay: unknown setting: ` + known},
		},
		"UnknownFirst": {
			reason: "Of several the first by letter is named, so that the message stays the same.",
			data:   map[string]any{"kms": "yes", "zeta": 1.0, "alpha": 1.0},
			want:   want{err: `EnvironmentConfig "dev": data.alpha: unknown setting: ` + known},
		},
		"OtherCase": {
			reason: "The case of a letter is part of a name.",
			data:   map[string]any{"KMS": true},
			want:   want{err: `EnvironmentConfig "dev": data.KMS: unknown setting: ` + known},
		},
		"TextForSwitch": {
			reason: "YAML's yes is text when it is quoted.",
			data:   map[string]any{"kms": "yes"},
			want:   want{err: `EnvironmentConfig "dev": data.kms: must be true or false, not text`},
		},
		"NumberForSwitch": {
			reason: "A switch is no number.",
			data:   map[string]any{"waf": 1.0},
			want:   want{err: `EnvironmentConfig "dev": data.waf: must be true or false, not a number`},
		},
		"TextForNumber": {
			reason: "A quoted number is text.",
			data:   map[string]any{"retentionDays": "14"},
			want:   want{err: `EnvironmentConfig "dev": data.retentionDays: must be a whole number of 32 bits, not text`},
		},
		"Fraction": {
			reason: "No log is kept for half a day.",
			data:   map[string]any{"retentionDays": 14.5},
			want:   want{err: `EnvironmentConfig "dev": data.retentionDays: must be a whole number of 32 bits, not 14.5`},
		},
		"Overflow": {
			reason: "A number that does not fit is not cut down in silence.",
			data:   map[string]any{"backupRetentionDays": 4294967297.0},
			want:   want{err: `EnvironmentConfig "dev": data.backupRetentionDays: must be a whole number of 32 bits, not 4294967297`},
		},
		"LongOverflow": {
			reason: "Nor is a whole number.",
			data:   map[string]any{"backupRetentionDays": int64(4294967297)},
			want:   want{err: `EnvironmentConfig "dev": data.backupRetentionDays: must be a whole number of 32 bits, not 4294967297`},
		},
		"SwitchForNumber": {
			reason: "On is no number of days.",
			data:   map[string]any{"retentionDays": true},
			want:   want{err: `EnvironmentConfig "dev": data.retentionDays: must be a whole number of 32 bits, not true or false`},
		},
		"SwitchForText": {
			reason: "NAT gateways are a mode.",
			data:   map[string]any{"natGateways": true},
			want:   want{err: `EnvironmentConfig "dev": data.natGateways: must be text, not true or false`},
		},
		"Nested": {
			reason: "The settings are flat, other than a claim's fields.",
			data:   map[string]any{"flowLogs": map[string]any{"enabled": true}},
			want:   want{err: `EnvironmentConfig "dev": data.flowLogs: must be true or false, not an object`},
		},
		"List": {
			reason: "A list is no value of any setting.",
			data:   map[string]any{"publicAPI": []any{true}},
			want:   want{err: `EnvironmentConfig "dev": data.publicAPI: must be true or false, not a list`},
		},
		"NotANumber": {
			reason: "What JSON does not have is refused and no panic.",
			data:   map[string]any{"retentionDays": math.NaN()},
			want:   want{err: `EnvironmentConfig "dev": data.retentionDays: must be a whole number of 32 bits, not NaN`},
		},
		"Mode": {
			reason: "The modes are named.",
			data:   map[string]any{"natGateways": "Two"},
			want:   want{err: `EnvironmentConfig "dev": data.natGateways: unknown mode "Two": use None, Single or PerZone`},
		},
		"NoMode": {
			reason: "An empty mode is no mode.",
			data:   map[string]any{"natGateways": ""},
			want:   want{err: `EnvironmentConfig "dev": data.natGateways: unknown mode "": use None, Single or PerZone`},
		},
		"Retention": {
			reason: "CloudWatch takes certain numbers only, and says so after the log group is made.",
			data:   map[string]any{"retentionDays": 15.0},
			want:   want{err: `EnvironmentConfig "dev": data.retentionDays: CloudWatch cannot keep logs for 15 days: use one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653`},
		},
		"BackupsTooLong": {
			reason: "RDS has a longest retention.",
			data:   map[string]any{"backupRetentionDays": 36.0},
			want:   want{err: `EnvironmentConfig "dev": data.backupRetentionDays: 36 is out of range: use 0 to 35`},
		},
		"PathRoot": {
			reason: "AWS's own path can be asked for.",
			data:   map[string]any{"iamPath": "/"},
			want:   want{values: map[Name]any{IAMPath: v1alpha1.IAMPathRoot}},
		},
		"PathLongest": {
			reason: "IAM takes 512 characters.",
			data:   map[string]any{"iamPath": longest},
			want:   want{values: map[Name]any{IAMPath: v1alpha1.IAMPath(longest)}},
		},
		"PathTooLong": {
			reason: "It takes no more.",
			data:   map[string]any{"iamPath": "/a" + longest},
			want:   want{err: noPath("/a" + longest)},
		},
		"PathWithoutEnd": {
			reason: "A path ends with /.",
			data:   map[string]any{"iamPath": "/ausmart"},
			want:   want{err: noPath("/ausmart")},
		},
		"PathWithoutStart": {
			reason: "A path begins with /.",
			data:   map[string]any{"iamPath": "ausmart/"},
			want:   want{err: noPath("ausmart/")},
		},
		"PathEmpty": {
			reason: "An empty text is no path; leaving the setting out takes AWS's own.",
			data:   map[string]any{"iamPath": ""},
			want:   want{err: noPath("")},
		},
		"PathSpace": {
			reason: "A path has no spaces.",
			data:   map[string]any{"iamPath": "/aus mart/"},
			want:   want{err: noPath("/aus mart/")},
		},
		"PathWildcard": {
			reason: "In the policies that name a role, * would be every role.",
			data:   map[string]any{"iamPath": "/*/"},
			want:   want{err: noPath("/*/")},
		},
		"PathVariable": {
			reason: "In the policies that name a role, ${...} would be a variable.",
			data:   map[string]any{"iamPath": "/${aws:username}/"},
			want:   want{err: noPath("/${aws:username}/")},
		},
		"BoundaryOfAWS": {
			reason: "AWS's own policies can bound a role too.",
			data:   map[string]any{"permissionsBoundary": "arn:aws-us-gov:iam::aws:policy/PowerUserAccess"},
			want:   want{values: map[Name]any{PermissionsBoundary: v1alpha1.PolicyARN("arn:aws-us-gov:iam::aws:policy/PowerUserAccess")}},
		},
		"BoundaryRole": {
			reason: "A role bounds nothing.",
			data:   map[string]any{"permissionsBoundary": "arn:aws:iam::111122223333:role/boundary"},
			want:   want{err: noPolicy("arn:aws:iam::111122223333:role/boundary")},
		},
		"BoundaryName": {
			reason: "A name is no ARN.",
			data:   map[string]any{"permissionsBoundary": "boundary"},
			want:   want{err: noPolicy("boundary")},
		},
		"BoundaryEmpty": {
			reason: "None is to leave it out.",
			data:   map[string]any{"permissionsBoundary": ""},
			want:   want{err: noPolicy("")},
		},
		"BackupsNegative": {
			reason: "A day before today keeps nothing.",
			data:   map[string]any{"backupRetentionDays": -1.0},
			want:   want{err: `EnvironmentConfig "dev": data.backupRetentionDays: -1 is out of range: use 0 to 35`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			given := maps.Clone(tc.data)
			config, err := ParseConfig("dev", tc.data)
			got := want{err: text(err)}
			if config != nil {
				got.values = config.values
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nParseConfig(...): -want, +got:\n%s", tc.reason, diff)
			}
			if name != "NotANumber" && !cmp.Equal(given, tc.data) {
				t.Errorf("%s\nParseConfig(...) changed its argument", tc.reason)
			}
		})
	}
}
