// Package credentials reads a dependency's user name and password at the moment a connection is made.
//
// They come from environment variables, or from mounted files that something else rewrites when the
// password rotates, or are signed on the spot. Files are read again for every new connection, so a
// rotated password needs no restart. Nothing is ever logged.
package credentials

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/retry"
)

// recheck is how often a refused connection reads the password again. The database and the mounted
// file do not change at the same instant; in between, a new connection waits instead of failing.
const recheck = 100 * time.Millisecond

// Login is what a connection authenticates with.
type Login struct {
	User     string `json:"username"`
	Password string `json:"password"`
}

// Source yields the login that is valid now, and remembers the last one that worked.
type Source struct {
	fixed        Login
	userFile     string
	passwordFile string
	secretFile   string
	sign         func(ctx context.Context) (Login, error)

	good atomic.Pointer[Login]
}

// FromEnv returns the Source that the variables describe: USER and PASSWORD hold the values; USER_FILE and PASSWORD_FILE
// name files that hold one each; SECRET_FILE names a JSON file with username and password, as AWS manages them for RDS.
// A file wins over a value. userKey is the name of the USER variable, such as RETAIL_ORDERS_PERSISTENCE_USERNAME.
func FromEnv(e *env.Env, prefix, userKey, defaultUser string) *Source {
	return &Source{
		fixed:        Login{User: e.String(userKey, defaultUser), Password: e.String(prefix+"_PASSWORD", "")},
		userFile:     e.String(userKey+"_FILE", ""),
		passwordFile: e.String(prefix+"_PASSWORD_FILE", ""),
		secretFile:   e.String(prefix+"_SECRET_FILE", ""),
	}
}

// Fixed returns a Source that always yields login.
func Fixed(login Login) *Source { return &Source{fixed: login} }

// Signed returns a Source that asks sign for each connection's login: a token that is valid for minutes only.
func Signed(sign func(ctx context.Context) (Login, error)) *Source { return &Source{sign: sign} }

// Login returns the login that is valid now.
func (s *Source) Login(ctx context.Context) (Login, error) {
	if s.sign != nil {
		return s.sign(ctx)
	}
	login := s.fixed
	if s.secretFile != "" {
		raw, err := os.ReadFile(s.secretFile)
		if err != nil {
			return Login{}, fmt.Errorf("cannot read credentials: %w", err)
		}
		if err := json.Unmarshal(raw, &login); err != nil {
			return Login{}, fmt.Errorf("cannot read credentials in %s: it must hold JSON with username and password", s.secretFile)
		}
	}
	for path, value := range map[string]*string{s.userFile: &login.User, s.passwordFile: &login.Password} {
		if path == "" {
			continue
		}
		raw, err := os.ReadFile(path) // The operator names the file.
		if err != nil {
			return Login{}, fmt.Errorf("cannot read credentials: %w", err)
		}
		*value = string(bytes.TrimRight(raw, "\r\n"))
	}
	return login, nil
}

// Dial makes a connection by connect; refused recognises an error as a refusal of the login. While a rotation is under way
// Dial also tries the login that worked last, then waits for the next one until ctx ends.
func Dial[T any](ctx context.Context, s *Source, connect func(context.Context, Login) (T, error), refused func(error) bool) (T, error) {
	for {
		conn, err := attempt(ctx, s, connect, refused)
		if err == nil || !refused(err) || !s.rotates() || retry.Sleep(ctx, recheck) != nil {
			return conn, err
		}
	}
}

// attempt connects with the login of now, then with the last good one if that is another.
func attempt[T any](ctx context.Context, s *Source, connect func(context.Context, Login) (T, error), refused func(error) bool) (T, error) {
	login, err := s.Login(ctx)
	if err != nil {
		var none T
		return none, err
	}
	conn, err := connect(ctx, login)
	if err == nil {
		s.good.Store(&login)
		return conn, nil
	}
	if last := s.good.Load(); refused(err) && last != nil && *last != login {
		if conn, err := connect(ctx, *last); err == nil {
			return conn, nil
		}
	}
	return conn, err
}

func (s *Source) rotates() bool {
	return s.userFile != "" || s.passwordFile != "" || s.secretFile != "" || s.sign != nil
}
