package settings

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// data of an EnvironmentConfig.
type data = map[string]any

const (
	longestPath = 512
	boundary    = "arn:aws:iam::111122223333:policy/ausmart/boundary"
	awsBoundary = "arn:aws-us-gov:iam::aws:policy/PowerUserAccess"
)

// pathOf so many characters.
func pathOf(characters int) string { return "/" + strings.Repeat("a", characters-len("//")) + "/" }

func TestParseConfig(t *testing.T) {
	cases := map[string]struct {
		reason string
		data   data
		want   map[Name]any
	}{
		"None":        {"An EnvironmentConfig without data sets nothing.", nil, map[Name]any{}},
		"Null":        {"A setting that is null is not set, as everywhere in Kubernetes.", data{"kms": nil, "retentionDays": nil, "natGateways": nil}, map[Name]any{}},
		"OffAndOn":    {"Off is a value as on is.", data{"kms": false, "waf": true}, map[Name]any{KMS: false, WAF: true}},
		"Lowest":      {"To keep no backups is a choice.", data{"backupRetentionDays": 0.0, "retentionDays": 1.0}, map[Name]any{BackupRetentionDays: int32(0), RetentionDays: int32(1)}},
		"Highest":     {"The longest that AWS has. The API server has whole numbers, protobuf has floats.", data{"backupRetentionDays": int64(35), "retentionDays": 3653.0}, map[Name]any{BackupRetentionDays: int32(35), RetentionDays: int32(3653)}},
		"Mode":        {"The modes are texts.", data{"natGateways": "None"}, map[Name]any{NATGateways: v1alpha1.NATGatewayNone}},
		"PathRoot":    {"AWS's own path can be asked for.", data{"iamPath": "/"}, map[Name]any{IAMPath: v1alpha1.IAMPathRoot}},
		"PathLongest": {"IAM takes 512 characters.", data{"iamPath": pathOf(longestPath)}, map[Name]any{IAMPath: v1alpha1.IAMPath(pathOf(longestPath))}},
		"Boundary":    {"A policy of the account can bound a role.", data{"permissionsBoundary": boundary}, map[Name]any{PermissionsBoundary: v1alpha1.PolicyARN(boundary)}},
		"BoundaryAWS": {"AWS's own policies can, too.", data{"permissionsBoundary": awsBoundary}, map[Name]any{PermissionsBoundary: v1alpha1.PolicyARN(awsBoundary)}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			given := maps.Clone(tc.data)
			config, err := ParseConfig("dev", tc.data)
			if err != nil {
				t.Fatalf("%s\nParseConfig(...): %v", tc.reason, err)
			}
			if diff := cmp.Diff(&Config{origin: "EnvironmentConfig/dev", values: tc.want}, config, cmp.AllowUnexported(Config{})); diff != "" {
				t.Errorf("%s\nParseConfig(...): -want, +got:\n%s", tc.reason, diff)
			}
			if !cmp.Equal(given, tc.data) {
				t.Errorf("%s\nParseConfig(...) changed its argument", tc.reason)
			}
		})
	}
}

func TestParseConfigRefuses(t *testing.T) {
	names := make([]string, 0, len(table))
	for _, r := range table {
		names = append(names, string(r.Name()))
	}
	slices.Sort(names)
	unknown := "unknown setting: known are " + strings.Join(names, ", ")
	noPath := func(path string) string {
		return fmt.Sprintf("data.iamPath: %q is no path of IAM: start and end it with /, as in /ausmart/, in at most 512 characters of ASCII without spaces, *, ? and $", path)
	}
	noPolicy := func(arn string) string {
		return fmt.Sprintf("data.permissionsBoundary: %q is no ARN of an IAM policy: use one such as arn:aws:iam::111122223333:policy/boundary, or leave it out for none", arn)
	}
	const noNumber = "must be a whole number of 32 bits, not "
	cases := map[string]struct {
		reason string
		data   data
		want   string
	}{
		"Unknown":          {"A misspelt setting is named, and what would be right.", data{"retentionDay": 30.0}, "data.retentionDay: " + unknown},
		"All":              {"All that is wrong is named, by letter, so that the message stays the same.", data{"waf": "yes", "zeta": 1.0}, "data.waf: must be true or false, not text\nEnvironmentConfig \"dev\": data.zeta: " + unknown},
		"OtherCase":        {"The case of a letter is part of a name.", data{"KMS": true}, "data.KMS: " + unknown},
		"TextForSwitch":    {"YAML's yes is text when it is quoted.", data{"kms": "yes"}, "data.kms: must be true or false, not text"},
		"NumberForSwitch":  {"One is not on.", data{"waf": 1.0}, "data.waf: must be true or false, not a number"},
		"Nested":           {"The settings are flat, other than a claim's fields.", data{"flowLogs": data{"enabled": true}}, "data.flowLogs: must be true or false, not an object"},
		"List":             {"No setting takes a list.", data{"publicAPI": []any{true}}, "data.publicAPI: must be true or false, not a list"},
		"TextForNumber":    {"A quoted number is text.", data{"retentionDays": "14"}, "data.retentionDays: " + noNumber + "text"},
		"SwitchForNumber":  {"On is no number of days.", data{"retentionDays": true}, "data.retentionDays: " + noNumber + "true or false"},
		"Fraction":         {"No log is kept for half a day.", data{"retentionDays": 14.5}, "data.retentionDays: " + noNumber + "14.5"},
		"Overflow":         {"A number that does not fit is not cut down in silence.", data{"backupRetentionDays": 4294967297.0}, "data.backupRetentionDays: " + noNumber + "4294967297"},
		"OverflowOfWhole":  {"Nor is a whole one.", data{"backupRetentionDays": int64(4294967297)}, "data.backupRetentionDays: " + noNumber + "4294967297"},
		"NotANumber":       {"What JSON does not have is refused and no panic.", data{"retentionDays": math.NaN()}, "data.retentionDays: " + noNumber + "NaN"},
		"Retention":        {"CloudWatch takes certain numbers only, and tells after the log group is made.", data{"retentionDays": 15.0}, "data.retentionDays: CloudWatch cannot keep logs for 15 days: use one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653"},
		"BackupsTooLong":   {"RDS has a longest retention.", data{"backupRetentionDays": 36.0}, "data.backupRetentionDays: 36 is out of range: use 0 to 35"},
		"BackupsNegative":  {"A number of days is not negative.", data{"backupRetentionDays": -1.0}, "data.backupRetentionDays: -1 is out of range: use 0 to 35"},
		"SwitchForText":    {"NAT gateways are a mode.", data{"natGateways": true}, "data.natGateways: must be text, not true or false"},
		"Mode":             {"The modes are named.", data{"natGateways": "Two"}, `data.natGateways: unknown mode "Two": use None, Single or PerZone`},
		"NoMode":           {"An empty mode is no mode.", data{"natGateways": ""}, `data.natGateways: unknown mode "": use None, Single or PerZone`},
		"PathTooLong":      {"IAM takes no more than 512 characters.", data{"iamPath": pathOf(longestPath + 1)}, noPath(pathOf(longestPath + 1))},
		"PathWithoutEnd":   {"A path ends with /.", data{"iamPath": "/ausmart"}, noPath("/ausmart")},
		"PathWithoutStart": {"A path starts with /.", data{"iamPath": "ausmart/"}, noPath("ausmart/")},
		"PathEmpty":        {"An empty text is no path; leaving the setting out takes AWS's own.", data{"iamPath": ""}, noPath("")},
		"PathSpace":        {"A path has no spaces.", data{"iamPath": "/aus mart/"}, noPath("/aus mart/")},
		"PathWildcard":     {"In the policies that name a role, * would be every role.", data{"iamPath": "/*/"}, noPath("/*/")},
		"PathVariable":     {"In the policies that name a role, ${...} would be a variable.", data{"iamPath": "/${aws:username}/"}, noPath("/${aws:username}/")},
		"BoundaryRole":     {"A role bounds nothing.", data{"permissionsBoundary": "arn:aws:iam::111122223333:role/boundary"}, noPolicy("arn:aws:iam::111122223333:role/boundary")},
		"BoundaryName":     {"A name is no ARN.", data{"permissionsBoundary": "boundary"}, noPolicy("boundary")},
		"BoundaryEmpty":    {"None is to leave it out.", data{"permissionsBoundary": ""}, noPolicy("")},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			config, err := ParseConfig("dev", tc.data)
			if diff := cmp.Diff(`EnvironmentConfig "dev": `+tc.want, text(err)); diff != "" || len(config.values) > 0 {
				t.Errorf("%s\nParseConfig(...): %v, -want, +got:\n%s", tc.reason, config, diff)
			}
		})
	}
}
