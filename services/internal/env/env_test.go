package env_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/internal/env"
)

func TestEnv(t *testing.T) {
	type settings struct {
		Name     string
		Provider string
		Port     int
		Chaos    bool
		Timeout  time.Duration
	}
	read := func(e *env.Env) settings {
		return settings{
			Name:     e.String("NAME", "catalog"),
			Provider: e.OneOf("PROVIDER", "in-memory", "mysql"),
			Port:     e.Int("PORT", 8080, 0, 65535),
			Chaos:    e.Bool("CHAOS", true),
			Timeout:  e.Duration("TIMEOUT", time.Second),
		}
	}
	defaults := settings{Name: "catalog", Provider: "in-memory", Port: 8080, Chaos: true, Timeout: time.Second}

	cases := map[string]struct {
		reason string
		vars   map[string]string
		want   settings
		err    string
	}{
		"Empty": {
			reason: "Without variables every setting has its default.",
			want:   defaults,
		},
		"Set": {
			reason: "Every variable is taken.",
			vars:   map[string]string{"NAME": "x", "PROVIDER": "mysql", "PORT": "0", "CHAOS": "false", "TIMEOUT": "250ms"},
			want:   settings{Name: "x", Provider: "mysql", Timeout: 250 * time.Millisecond},
		},
		"BareSeconds": {
			reason: "The sample's charts write time-outs as a number of seconds.",
			vars:   map[string]string{"TIMEOUT": "5"},
			want:   settings{Name: "catalog", Provider: "in-memory", Port: 8080, Chaos: true, Timeout: 5 * time.Second},
		},
		"EveryMistake": {
			reason: "All mistakes are reported at once, each with what would be right.",
			vars:   map[string]string{"PROVIDER": "oracle", "PORT": "70000", "CHAOS": "maybe", "TIMEOUT": "soon"},
			want:   defaults,
			err: `cannot use PROVIDER: "oracle" is not one of in-memory, mysql
cannot use PORT: "70000" is not a number from 0 to 65535
cannot use CHAOS: "maybe" is not true or false
cannot use TIMEOUT: "soon" is not a duration such as 5s`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			e := env.Map(tc.vars)
			if diff := cmp.Diff(tc.want, read(e)); diff != "" {
				t.Errorf("%s\nsettings: -want +got:\n%s", tc.reason, diff)
			}
			got := ""
			if err := e.Err(); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tc.err, got); diff != "" {
				t.Errorf("%s\nerror: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
