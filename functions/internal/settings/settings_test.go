package settings

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// A sample of a value that a setting can have, as YAML and as a status have it.
type sample struct {
	yaml   any
	status string
}

// samples of a row: neither is a built-in value, unless the setting has but two.
func samples(t *testing.T, r row) [2]sample {
	t.Helper()
	byName := map[Name][2]sample{
		NATGateways:         {{"None", "None"}, {"PerZone", "PerZone"}},
		IAMPath:             {{"/a/", "/a/"}, {"/b/", "/b/"}},
		PermissionsBoundary: {{"arn:aws:iam::aws:policy/a", "arn:aws:iam::aws:policy/a"}, {"arn:aws:iam::aws:policy/b", "arn:aws:iam::aws:policy/b"}},
	}
	switch r.(type) {
	case *setting[bool]:
		return [2]sample{{true, "on"}, {false, "off"}}
	case *setting[int32]:
		return [2]sample{{3.0, "3"}, {5.0, "5"}}
	}
	pair, ok := byName[r.Name()]
	if !ok {
		t.Fatalf("%s: this test has no samples of its values", r.Name())
	}
	return pair
}

// TestRows finds a field of Settings without a row, and a row that fills another's field.
func TestRows(t *testing.T) {
	typ := reflect.TypeFor[Settings]()
	var want, got []string
	for f := range typ.Fields() {
		if f.IsExported() {
			want = append(want, strings.ToLower(f.Name))
		}
	}
	for _, r := range table {
		var s Settings
		if err := r.resolve(&s, nil, nil); err != nil {
			t.Fatalf("%s: %v", r.Name(), err)
		}
		for f, v := range reflect.ValueOf(s).Fields() {
			if !v.IsZero() {
				got = append(got, strings.ToLower(f.Name))
			}
			if !v.IsZero() && !strings.EqualFold(f.Name, string(r.Name())) {
				t.Errorf("The row of %s fills %s", r.Name(), f.Name)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("The rows are those of the fields, in their order: -fields, +rows:\n%s", diff)
	}
}

// TestPrecedence checks for each setting that the claim overrides the EnvironmentConfig,
// that this overrides the built-in value, and that no setting has another's value.
func TestPrecedence(t *testing.T) {
	for _, r := range table {
		for _, kind := range kinds() {
			path, acts := r.field(kind)
			s := resolve(t, kind, nil, nil)
			builtIn := all(s)
			shown := map[Name]bool{}
			for name := range s.Effective() {
				shown[Name(name)] = true
			}
			if shown[r.Name()] != acts {
				t.Errorf("%s of a %s is in its status: %t, but that it acts on it: %t", r.Name(), kind, shown[r.Name()], acts)
			}

			pair := samples(t, r)
			for i, sample := range pair {
				other := pair[1-i]
				config, claim := Origin("EnvironmentConfig/dev"), OriginClaim
				cases := map[string]struct {
					reason        string
					claim, config any
					value         string
					origin        Origin
				}{
					"BuiltIn":         {"Neither has a value.", nil, nil, builtIn[r.Name()].Value, OriginBuiltIn},
					"Config":          {"The EnvironmentConfig overrides the built-in value.", nil, sample.yaml, sample.status, config},
					"Claim":           {"The claim overrides the built-in value.", sample.yaml, nil, sample.status, claim},
					"ClaimOverConfig": {"The claim overrides the EnvironmentConfig.", sample.yaml, other.yaml, sample.status, claim},
				}
				for name, tc := range cases {
					if tc.claim != nil && path == noField {
						continue
					}
					t.Run(fmt.Sprintf("%s/%s/%s/%s", kind, r.Name(), name, sample.status), func(t *testing.T) {
						want := maps.Clone(builtIn)
						want[r.Name()] = v1alpha1.EffectiveSetting{Value: tc.value, Origin: string(tc.origin)}
						got := all(resolve(t, kind, map[string]any{string(r.Name()): tc.config}, at(path, tc.claim)))
						if diff := cmp.Diff(want, got); diff != "" {
							t.Errorf("%s\nResolve(...): -want, +got:\n%s", tc.reason, diff)
						}
					})
				}
			}
		}
	}
}

func kinds() []string { return []string{"Network", "Cluster", "Database", "Service"} }

// at is a spec with a value at a path, and nothing else.
func at(path string, value any) map[string]any {
	keys := strings.Split(path, ".")
	for _, key := range slices.Backward(keys) {
		value = map[string]any{key: value}
	}
	spec, _ := value.(map[string]any)
	return spec
}

func resolve(t *testing.T, kind string, config, spec map[string]any) Settings {
	t.Helper()
	c, err := ParseConfig("dev", config)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Resolve(kind, v1alpha1.EnvironmentDev, c, spec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// all settings, whichever the kind acts on.
func all(s Settings) map[Name]v1alpha1.EffectiveSetting {
	out := map[Name]v1alpha1.EffectiveSetting{}
	for _, r := range table {
		out[r.Name()] = r.effective(&s)
	}
	return out
}

func TestResolve(t *testing.T) {
	type want struct {
		settings map[string]v1alpha1.EffectiveSetting
		err      string
	}
	builtIn := func(value string) v1alpha1.EffectiveSetting {
		return v1alpha1.EffectiveSetting{Value: value, Origin: "built-in"}
	}
	config := func(data map[string]any) *Config {
		c, err := ParseConfig("staging", data)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	cases := map[string]struct {
		reason  string
		kind    string
		env     v1alpha1.Environment
		config  *Config
		spec    map[string]any
		without []Name
		want    want
	}{
		"NoConfig": {
			reason: "The platform works without an EnvironmentConfig.",
			kind:   "Service",
			env:    v1alpha1.EnvironmentProd,
			want: want{settings: map[string]v1alpha1.EffectiveSetting{
				"deletionProtection": builtIn("on"), "iamPath": builtIn("/"), "internalIngress": builtIn("off"), "permissionsBoundary": builtIn("none"),
			}},
		},
		"ThreeLayers": {
			reason:  "Each setting has its own origin, and those without effect are not shown.",
			kind:    "Database",
			env:     v1alpha1.EnvironmentStaging,
			config:  config(map[string]any{"kms": true, "backupRetentionDays": 20.0}),
			spec:    map[string]any{"backupRetentionDays": 3.0, "deletionProtection": nil, "kms": nil},
			without: []Name{MultiAZ, RetentionDays, FinalSnapshot, ApplyImmediately},
			want: want{settings: map[string]v1alpha1.EffectiveSetting{
				"kms":                 {Value: "on", Origin: "EnvironmentConfig/staging"},
				"backupRetentionDays": {Value: "3", Origin: "claim"},
				"deletionProtection":  builtIn("off"),
				"redisLogin":          builtIn("on"),
			}},
		},
		"FieldOfAnotherKind": {
			reason: "A Service has no multiAZ, whatever else its spec has.",
			kind:   "Service",
			env:    v1alpha1.EnvironmentDev,
			spec:   map[string]any{"multiAZ": true, "backupRetentionDays": 7, "iamPath": "/a/"},
			want: want{settings: map[string]v1alpha1.EffectiveSetting{
				"deletionProtection": builtIn("off"), "iamPath": {Value: "/a/", Origin: "claim"}, "internalIngress": builtIn("on"),
				"permissionsBoundary": builtIn("none"),
			}},
		},
		"UnknownEnvironment": {
			reason: "An environment that does not exist has no settings, whatever the other layers have.",
			kind:   "Network",
			env:    "production",
			config: config(map[string]any{"kms": true}),
			spec:   at("kms.enabled", true),
			want:   want{err: `spec.environment: unknown environment "production": use dev, staging or prod`},
		},
		"NoEnvironment": {
			reason: "A claim without an environment has no settings.",
			kind:   "Network",
			want:   want{err: `spec.environment: unknown environment "": use dev, staging or prod`},
		},
		"ClaimOutOfBounds": {
			reason: "A composite that is edited by hand has not passed the schema. The message names the claim's field.",
			kind:   "Database",
			env:    v1alpha1.EnvironmentDev,
			spec:   at("backupRetentionDays", 36.0),
			want:   want{err: "spec.backupRetentionDays: 36 is out of range: use 0 to 35"},
		},
		"ClaimOfOtherType": {
			reason: "The message has the whole path of the field.",
			kind:   "Network",
			env:    v1alpha1.EnvironmentDev,
			spec:   at("flowLogs.enabled", "yes"),
			want:   want{err: "spec.flowLogs.enabled: must be true or false, not text"},
		},
		"ClaimOfOtherShape": {
			reason: "A field that is no object has no field below it.",
			kind:   "Network",
			env:    v1alpha1.EnvironmentDev,
			spec:   at("flowLogs", []any{}),
			want:   want{err: "spec.flowLogs: must be an object, not a list"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s, err := Resolve(tc.kind, tc.env, tc.config, tc.spec)
			got := want{err: text(err)}
			if err == nil {
				got.settings = s.Effective(tc.without...)
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nResolve(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestChangedByClaim(t *testing.T) {
	last := func(env v1alpha1.Environment, origin Origin) v1alpha1.CommonStatus {
		return v1alpha1.CommonStatus{Environment: env, Settings: map[string]v1alpha1.EffectiveSetting{"kms": {Value: "on", Origin: string(origin)}}}
	}
	cases := map[string]struct {
		reason string
		spec   map[string]any
		last   v1alpha1.CommonStatus
		want   bool
	}{
		"New":         {"There was nothing to change.", nil, v1alpha1.CommonStatus{}, false},
		"Platform":    {"A new version of the platform has another value.", nil, last("dev", OriginBuiltIn), false},
		"Config":      {"The EnvironmentConfig no longer has the setting.", nil, last("dev", "EnvironmentConfig/dev"), false},
		"Field":       {"The claim has the field.", at("kms.enabled", false), last("dev", OriginBuiltIn), true},
		"FieldBefore": {"The claim had the field.", nil, last("dev", OriginClaim), true},
		"OtherField":  {"The field of another setting changes nothing.", at("flowLogs.enabled", false), last("dev", OriginBuiltIn), false},
		"Environment": {"The claim moved to another environment.", nil, last("prod", OriginBuiltIn), true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := resolve(t, "Network", nil, tc.spec).ChangedByClaim(KMS, tc.last); got != tc.want {
				t.Errorf("%s\nChangedByClaim(...): want %t, got %t", tc.reason, tc.want, got)
			}
		})
	}
}

func TestKeep(t *testing.T) {
	status := func(env v1alpha1.Environment, origin Origin, protection, snapshot, days string) v1alpha1.CommonStatus {
		values := map[string]v1alpha1.EffectiveSetting{}
		for name, value := range map[string]string{"deletionProtection": protection, "finalSnapshot": snapshot, "backupRetentionDays": days, "multiAZ": "on"} {
			values[name] = v1alpha1.EffectiveSetting{Value: value, Origin: string(origin)}
		}
		return v1alpha1.CommonStatus{Environment: env, Settings: values}
	}
	all := []string{"deletionProtection: on", "finalSnapshot: on", "backupRetentionDays: 30"}
	cases := map[string]struct {
		reason string
		spec   map[string]any
		last   v1alpha1.CommonStatus
		want   []string
	}{
		"New":     {"There was nothing to keep.", nil, v1alpha1.CommonStatus{}, nil},
		"Moved":   {"Another environment takes no protection away.", nil, status("prod", OriginBuiltIn, "on", "on", "30"), all},
		"Later":   {"Nor does it in the next reconciles.", nil, status("dev", OriginKept, "on", "on", "30"), all},
		"GivenUp": {"The claim gives the protection up, and with it the rest.", at("deletionProtection", false), status("dev", OriginKept, "on", "on", "30"), nil},
		"OwnField": {
			"What the claim itself says holds.", map[string]any{"finalSnapshot": false}, status("prod", OriginBuiltIn, "on", "on", "30"),
			[]string{"deletionProtection: on", "backupRetentionDays: 30"},
		},
		"Unprotected": {"Where nothing was protected, nothing is kept.", nil, status("staging", OriginBuiltIn, "off", "off", "7"), nil},
		"Config":      {"A change of the platform team is no change of the claim.", nil, status("dev", "EnvironmentConfig/dev", "on", "on", "30"), nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, resolve(t, "Database", nil, tc.spec).Keep(tc.last).Kept()); diff != "" {
				t.Errorf("%s\nKeep(...).Kept(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRemovalReason(t *testing.T) {
	cases := map[string]struct {
		reason string
		kind   string
		config map[string]any
		spec   map[string]any
		name   Name
		want   string
	}{
		"BuiltIn": {
			reason: "A built-in value changed.",
			kind:   "Cluster", name: KMS,
			want: "kms is now as the platform has it, and the claim did not ask for that: to agree, set spec.kms.enabled in the claim",
		},
		"Config": {
			reason: "The EnvironmentConfig changed.",
			kind:   "Network", name: RetentionDays, config: map[string]any{"retentionDays": 3.0},
			want: "retentionDays is now as EnvironmentConfig/dev has it, and the claim did not ask for that: to agree, set spec.flowLogs.retentionDays in the claim",
		},
		"NoField": {
			reason: "Without a field in the claim the message has no remedy.",
			kind:   "Cluster", name: MultiAZ,
			want: "multiAZ is now as the platform has it, and the claim did not ask for that",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, resolve(t, tc.kind, tc.config, tc.spec).RemovalReason(tc.name)); diff != "" {
				t.Errorf("%s\nRemovalReason(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
