package settings

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// fields of a Layer by their names in an EnvironmentConfig, in their order.
func fields() []string {
	t := reflect.TypeFor[Layer]()
	names := make([]string, t.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return names
}

// word is a value as a claim's status shows it.
func word(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Bool:
		return map[bool]string{false: "off", true: "on"}[v.Bool()]
	case v.Kind() == reflect.String && v.String() == "":
		return "none"
	default:
		return fmt.Sprint(v.Interface())
	}
}

// two values of a setting, neither of which is a built-in one unless it is a
// switch, which has no third.
func two(t *testing.T, typ reflect.Type) [2]reflect.Value {
	t.Helper()
	values := map[reflect.Kind][2]any{
		reflect.Bool:   {true, false},
		reflect.Int32:  {int32(3), int32(5)},
		reflect.String: {"None", "Other"},
	}
	pair, ok := values[typ.Elem().Kind()]
	if !ok {
		t.Fatalf("a setting of type %s: this test has no values for it", typ)
	}
	var out [2]reflect.Value
	for i, v := range pair {
		out[i] = reflect.New(typ.Elem())
		out[i].Elem().Set(reflect.ValueOf(v).Convert(typ.Elem()))
	}
	return out
}

// TestPrecedence proves for each setting that the claim wins over the
// EnvironmentConfig and that over the built-in value, and that no setting
// takes another's value. A setting without a rule fails here.
func TestPrecedence(t *testing.T) {
	const env = v1alpha1.EnvironmentDev
	base, _ := BuiltIn(env)
	builtIn := map[string]v1alpha1.EffectiveSetting{}
	all := make([]Name, 0, len(fields()))
	for name, value := range written(base) {
		builtIn[name] = v1alpha1.EffectiveSetting{Value: value, Origin: "built-in"}
	}
	for _, name := range fields() {
		all = append(all, Name(name))
	}

	for i, name := range fields() {
		values := two(t, reflect.TypeFor[Layer]().Field(i).Type)
		for j, v := range values {
			other := values[1-j]
			value, different := word(v.Elem()), word(other.Elem())
			cases := map[string]struct {
				reason string
				claim  *reflect.Value
				config *reflect.Value
				want   v1alpha1.EffectiveSetting
			}{
				"Nobody":          {"Nobody says anything.", nil, nil, builtIn[name]},
				"Config":          {"The platform team's word is better than ours.", nil, &v, v1alpha1.EffectiveSetting{Value: value, Origin: "EnvironmentConfig/dev"}},
				"Claim":           {"The claim's word is the last.", &v, nil, v1alpha1.EffectiveSetting{Value: value, Origin: "claim"}},
				"ClaimOverConfig": {"The claim's word is the last, also against the platform team's.", &v, &other, v1alpha1.EffectiveSetting{Value: value, Origin: "claim"}},
			}
			for at, tc := range cases {
				t.Run(fmt.Sprintf("%s/%s/%sNot%s", name, at, value, different), func(t *testing.T) {
					got, err := Resolve(env, &Config{Name: "dev", Layer: saying(i, tc.config)}, saying(i, tc.claim))
					if err != nil {
						t.Fatalf("%s\nResolve(...): %v", tc.reason, err)
					}
					want := map[string]v1alpha1.EffectiveSetting{}
					maps.Copy(want, builtIn)
					want[name] = tc.want
					if diff := cmp.Diff(want, got.Effective(all...)); diff != "" {
						t.Errorf("%s\nResolve(...): -want, +got:\n%s", tc.reason, diff)
					}
				})
			}
		}
	}
}

// saying is a layer with one field.
func saying(i int, v *reflect.Value) Layer {
	var l Layer
	if v != nil {
		reflect.ValueOf(&l).Elem().Field(i).Set(*v)
	}
	return l
}

func TestResolve(t *testing.T) {
	type want struct {
		settings map[string]v1alpha1.EffectiveSetting
		err      string
	}
	cases := map[string]struct {
		reason string
		env    v1alpha1.Environment
		config *Config
		claim  Layer
		names  []Name
		want   want
	}{
		"NoConfig": {
			reason: "A platform team need not write an EnvironmentConfig.",
			env:    v1alpha1.EnvironmentProd,
			names:  []Name{KMS, RetentionDays, NATGateways},
			want: want{settings: map[string]v1alpha1.EffectiveSetting{
				"kms":           {Value: "on", Origin: "built-in"},
				"retentionDays": {Value: "90", Origin: "built-in"},
				"natGateways":   {Value: "PerZone", Origin: "built-in"},
			}},
		},
		"ThreeLayers": {
			reason: "Each setting has its own origin, and only the settings that are named are shown.",
			env:    v1alpha1.EnvironmentStaging,
			config: &Config{Name: "staging", Layer: Layer{KMS: new(true), RetentionDays: new(int32(60))}},
			claim:  Layer{RetentionDays: new(int32(7))},
			names:  []Name{KMS, RetentionDays, WAF},
			want: want{settings: map[string]v1alpha1.EffectiveSetting{
				"kms":           {Value: "on", Origin: "EnvironmentConfig/staging"},
				"retentionDays": {Value: "7", Origin: "claim"},
				"waf":           {Value: "on", Origin: "built-in"},
			}},
		},
		"Unknown": {
			reason: "An environment that does not exist has no settings, whatever the other layers say.",
			env:    "production",
			config: &Config{Name: "production", Layer: Layer{KMS: new(true)}},
			claim:  Layer{KMS: new(true)},
			want:   want{settings: map[string]v1alpha1.EffectiveSetting{}, err: `spec.environment: unknown environment "production": use dev, staging or prod`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s, err := Resolve(tc.env, tc.config, tc.claim)
			got := want{settings: s.Effective(tc.names...), err: text(err)}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nResolve(...): -want, +got:\n%s", tc.reason, diff)
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
