package credentials_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/env"
)

func TestLogin(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret := file("secret.json", `{"username":"rds","password":"p\"1"}`)
	password, user := file("password", "from file\n"), file("user", "someone")
	torn := file("torn.json", `{"username":"rds","passw`)

	cases := map[string]struct {
		reason string
		vars   map[string]string
		want   credentials.Login
		err    string
	}{
		"Default":   {reason: "The user has a default, the password has none.", want: credentials.Login{User: "catalog_user"}},
		"Variables": {reason: "Variables hold the values.", vars: map[string]string{"P_USER": "u", "P_PASSWORD": "p"}, want: credentials.Login{User: "u", Password: "p"}},
		"Files":     {reason: "A file wins over a value; the newline at its end is not part of it.", vars: map[string]string{"P_PASSWORD": "p", "P_PASSWORD_FILE": password, "P_USER_FILE": user}, want: credentials.Login{User: "someone", Password: "from file"}},
		"Secret":    {reason: "A secret as AWS manages it for RDS holds both.", vars: map[string]string{"P_SECRET_FILE": secret}, want: credentials.Login{User: "rds", Password: `p"1`}},
		"Missing":   {reason: "A missing file is named.", vars: map[string]string{"P_PASSWORD_FILE": dir + "/nothing"}, err: "cannot read credentials: open " + dir + "/nothing: no such file or directory"},
		"Torn":      {reason: "A file that is no secret is named, and nothing of it is shown.", vars: map[string]string{"P_SECRET_FILE": torn}, err: "cannot read credentials in " + torn + ": it must hold JSON with username and password"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := credentials.FromEnv(env.Map(tc.vars), "P", "P_USER", "catalog_user").Login(t.Context())
			message := ""
			if err != nil {
				message = err.Error()
			}
			if diff := cmp.Diff([]any{tc.want, tc.err}, []any{got, message}); diff != "" {
				t.Errorf("%s\nlogin and error: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

var (
	errRefused = errors.New("refused")
	errDown    = errors.New("down")
)

// server accepts one password, which a test may change.
type server struct {
	password string
	down     bool
	tried    []string
	hook     func(attempt int)
}

func (s *server) connect(_ context.Context, l credentials.Login) (string, error) {
	s.tried = append(s.tried, l.Password)
	if s.hook != nil {
		s.hook(len(s.tried))
	}
	switch {
	case s.down:
		return "", errDown
	case l.Password != s.password:
		return "", errRefused
	}
	return "connected", nil
}

func TestDial(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	write := func(password string) {
		if err := os.WriteFile(path, []byte(password), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rotating := func() *credentials.Source {
		return credentials.FromEnv(env.Map(map[string]string{"P_PASSWORD_FILE": path}), "P", "P_USER", "u")
	}
	dial := func(s *server, src *credentials.Source) error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := credentials.Dial(ctx, src, s.connect, func(err error) bool { return errors.Is(err, errRefused) })
		return err
	}
	cases := map[string]struct {
		reason string
		run    func(s *server) error
		tried  string
		err    error
	}{
		"Good": {
			reason: "A good password is tried once.",
			run:    func(s *server) error { return dial(s, rotating()) },
			tried:  "one",
		},
		"FileFirst": {
			reason: "While only the file has changed, the password that worked last still opens connections.",
			run: func(s *server) error {
				src := rotating()
				if err := dial(s, src); err != nil {
					return err
				}
				write("two")
				return dial(s, src)
			},
			tried: "one two one",
		},
		"ServerFirst": {
			reason: "While only the server has changed, a new connection waits for the file.",
			run: func(s *server) error {
				s.password = "two"
				s.hook = func(attempt int) {
					if attempt == 2 {
						write("two")
					}
				}
				return dial(s, rotating())
			},
			tried: "one one two",
		},
		"Down": {
			reason: "A server that is down is not asked again here: that is the caller's to decide.",
			run:    func(s *server) error { s.down = true; return dial(s, rotating()) },
			tried:  "one",
			err:    errDown,
		},
		"Fixed": {
			reason: "A password that cannot change is not tried twice.",
			run:    func(s *server) error { return dial(s, credentials.Fixed(credentials.Login{Password: "wrong"})) },
			tried:  "wrong",
			err:    errRefused,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			write("one")
			s := &server{password: "one"}
			if err := tc.run(s); !errors.Is(err, tc.err) {
				t.Errorf("%s\nwant %v, got %v", tc.reason, tc.err, err)
			}
			if diff := cmp.Diff(tc.tried, strings.Join(s.tried, " ")); diff != "" {
				t.Errorf("%s\npasswords tried: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
