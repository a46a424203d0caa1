package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// A Config is what an EnvironmentConfig says about the settings.
type Config struct {
	// Name of the EnvironmentConfig, which is the environment's.
	Name string

	// Layer of values that it sets.
	Layer Layer
}

// Origin of values that come from this config.
func (c *Config) Origin() Origin {
	return Origin("EnvironmentConfig/" + c.Name)
}

// ParseConfig reads the data of the named EnvironmentConfig. It accepts nothing
// that it does not understand: a misspelt setting that is ignored in silence
// would be found out in production. Errors name the config and the field.
func ParseConfig(name string, data map[string]any) (*Config, error) {
	c := &Config{Name: name}
	if err := c.Layer.read(data); err != nil {
		return nil, fmt.Errorf("EnvironmentConfig %q: %w", name, err)
	}
	return c, nil
}

func (l *Layer) read(data map[string]any) error {
	// Not left to encoding/json, which takes KMS for kms.
	for _, field := range slices.Sorted(maps.Keys(data)) {
		if !slices.Contains(known(), field) {
			return fmt.Errorf("data.%s: unknown setting: known are %s", field, strings.Join(known(), ", "))
		}
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	if err := json.Unmarshal(raw, l); err != nil {
		return explain(err)
	}
	return l.validate()
}

// explain turns a decoding error into one that names the field and says what
// would be right.
func explain(err error) error {
	if typ := (*json.UnmarshalTypeError)(nil); errors.As(err, &typ) {
		return fmt.Errorf("data.%s: must be %s, not %s", typ.Field, wanted(typ.Type), given(typ.Value))
	}
	return err
}

func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int32:
		return "a whole number of 32 bits"
	default:
		return "text"
	}
}

// given is what encoding/json calls a value, in the words of YAML.
func given(value string) string {
	switch value {
	case "string":
		return "text"
	case "bool":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "an object"
	case "number":
		return "a number"
	default:
		return strings.TrimPrefix(value, "number ")
	}
}

func known() []string {
	t := reflect.TypeFor[Layer]()
	names := make([]string, t.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	slices.Sort(names)
	return names
}

// validate holds a config to the bounds that a claim's schema holds claims to.
func (l *Layer) validate() error {
	if m := l.NATGateways; m != nil && !slices.Contains(natModes(), *m) {
		return fmt.Errorf("data.natGateways: unknown mode %q: use None, Single or PerZone", *m)
	}
	if d := l.RetentionDays; d != nil && !slices.Contains(retentions(), *d) {
		return fmt.Errorf("data.retentionDays: CloudWatch cannot keep logs for %d days: use one of %s", *d, join(retentions()))
	}
	// RDS keeps backups for 35 days at most (ModifyDBInstance API, read 2026-11).
	if d := l.BackupRetentionDays; d != nil && (*d < 0 || *d > 35) {
		return fmt.Errorf("data.backupRetentionDays: %d is out of range: use 0 to 35", *d)
	}
	return l.validateIAM()
}

func (l *Layer) validateIAM() error {
	if p := l.IAMPath; p != nil && (len(*p) > iamPathMax || !iamPath.MatchString(string(*p))) {
		return fmt.Errorf("data.iamPath: %q is no path of IAM: begin and end it with /, as in /ausmart/, in at most %d characters of ASCII without spaces, *, ? and $", *p, iamPathMax)
	}
	if b := l.PermissionsBoundary; b != nil && (len(*b) > arnMax || !policyARN.MatchString(string(*b))) {
		return fmt.Errorf("data.permissionsBoundary: %q is no ARN of an IAM policy: use one such as arn:aws:iam::111122223333:policy/boundary, or leave it out for none", *b)
	}
	return nil
}

// The bounds of v1alpha1.IAMPath and PolicyARN; a test compares the two.
const (
	iamPathMax = 512
	arnMax     = 2048
)

var (
	iamPath   = regexp.MustCompile(`^/([!-#%-)+->@-~]+/)?$`)
	policyARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[!-~]+$`)
)

func natModes() []v1alpha1.NATGatewayMode {
	return []v1alpha1.NATGatewayMode{v1alpha1.NATGatewayNone, v1alpha1.NATGatewaySingle, v1alpha1.NATGatewayPerZone}
}

// retentions are the values of v1alpha1.RetentionDays; a test compares the two.
func retentions() []int32 {
	return []int32{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
}

func join(days []int32) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(days)), ", "), "[]")
}
