package settings

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// values that a setting can have: the same in a claim, whose schema has the same
// bounds, and in an EnvironmentConfig, which has no schema.
type values[T any] struct {
	// words for them in the documentation.
	words string

	// read one as YAML has it. Errors say what would be right.
	read func(v any) (T, error)

	// show one as a claim's status does.
	show func(T) string
}

func onOff() values[bool] {
	return values[bool]{
		words: "`true` or `false`",
		read: func(v any) (bool, error) {
			b, ok := v.(bool)
			if !ok {
				return false, fmt.Errorf("must be true or false, not %s", typeName(v))
			}
			return b, nil
		},
		show: func(v bool) string {
			if v {
				return "on"
			}
			return "off"
		},
	}
}

// numbers that the check accepts.
func numbers(words string, check func(int32) error) values[int32] {
	return values[int32]{
		words: words,
		read: func(v any) (int32, error) {
			n, err := integer(v)
			if err != nil {
				return 0, err
			}
			return n, check(n)
		},
		show: func(v int32) string { return strconv.Itoa(int(v)) },
	}
}

// texts that the check accepts. None is shown for an empty one.
func texts[T ~string](words string, check func(T) error) values[T] {
	return values[T]{
		words: words,
		read: func(v any) (T, error) {
			s, ok := v.(string)
			if !ok {
				return "", fmt.Errorf("must be text, not %s", typeName(v))
			}
			return T(s), check(T(s))
		},
		show: func(v T) string { return cmp.Or(string(v), "none") },
	}
}

func natGatewayModes() values[v1alpha1.NATGatewayMode] {
	modes := []v1alpha1.NATGatewayMode{v1alpha1.NATGatewayNone, v1alpha1.NATGatewaySingle, v1alpha1.NATGatewayPerZone}
	return texts("`None`, `Single` or `PerZone`", func(m v1alpha1.NATGatewayMode) error {
		if !slices.Contains(modes, m) {
			return fmt.Errorf("unknown mode %q: use None, Single or PerZone", m)
		}
		return nil
	})
}

// logRetention has the numbers of v1alpha1.RetentionDays.
func logRetention() values[int32] {
	days := []int32{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
	list := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(days)), ", "), "[]")
	return numbers("one of "+list, func(d int32) error {
		if !slices.Contains(days, d) {
			return fmt.Errorf("CloudWatch cannot keep logs for %d days: use one of %s", d, list)
		}
		return nil
	})
}

// backupRetention is 35 days at most (RDS, ModifyDBInstance API, read 2026-11).
func backupRetention() values[int32] {
	const longest = 35
	return numbers(fmt.Sprintf("0 to %d", longest), func(d int32) error {
		if d < 0 || d > longest {
			return fmt.Errorf("%d is out of range: use 0 to %d", d, longest)
		}
		return nil
	})
}

// The bounds of v1alpha1.IAMPath and PolicyARN.
const (
	iamPathMax   = 512
	policyARNMax = 2048
)

var (
	iamPath   = regexp.MustCompile(`^/([!-#%-)+->@-~]+/)?$`)
	policyARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[!-~]+$`)
)

func iamPaths() values[v1alpha1.IAMPath] {
	words := fmt.Sprintf("a path that starts and ends with `/`, such as `/ausmart/`, of at most %d characters of ASCII without spaces, `*`, `?` and `$`", iamPathMax)
	return texts(words, func(p v1alpha1.IAMPath) error {
		if len(p) > iamPathMax || !iamPath.MatchString(string(p)) {
			return fmt.Errorf("%q is no path of IAM: start and end it with /, as in /ausmart/, in at most %d characters of ASCII without spaces, *, ? and $", p, iamPathMax)
		}
		return nil
	})
}

func policyARNs() values[v1alpha1.PolicyARN] {
	words := "the ARN of an IAM policy, such as `arn:aws:iam::111122223333:policy/boundary`"
	return texts(words, func(arn v1alpha1.PolicyARN) error {
		if len(arn) > policyARNMax || !policyARN.MatchString(string(arn)) {
			return fmt.Errorf("%q is no ARN of an IAM policy: use one such as arn:aws:iam::111122223333:policy/boundary, or leave it out for none", arn)
		}
		return nil
	})
}

// integer of 32 bits, whichever type it has: protobuf has floats only.
func integer(v any) (int32, error) {
	const must = "must be a whole number of 32 bits, not "
	switch n := v.(type) {
	case int64:
		if n < math.MinInt32 || n > math.MaxInt32 {
			return 0, errors.New(must + strconv.FormatInt(n, 10))
		}
		return int32(n), nil
	case float64:
		if n != math.Trunc(n) || n < math.MinInt32 || n > math.MaxInt32 {
			return 0, errors.New(must + strconv.FormatFloat(n, 'f', -1, 64))
		}
		return int32(n), nil
	default:
		return 0, errors.New(must + typeName(v))
	}
}

// typeName of a value, in the words of YAML.
func typeName(v any) string {
	switch v.(type) {
	case bool:
		return "true or false"
	case string:
		return "text"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return "a number"
	}
}
