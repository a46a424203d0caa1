// Package env reads a service's settings from named environment variables.
//
// It reads through a lookup function, so that tests and the all-in-one store can hand in their own variables. It collects
// what is wrong instead of stopping at the first mistake; it never prints a value that may be secret.
package env

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Env is a set of variables together with the mistakes found while reading them.
type Env struct {
	lookup func(string) string
	errs   []error
}

// New returns an Env that reads by lookup, such as os.Getenv.
func New(lookup func(string) string) *Env { return &Env{lookup: lookup} }

// Map returns an Env that reads from vars only.
func Map(vars map[string]string) *Env {
	return New(func(key string) string { return vars[key] })
}

// Err returns every mistake found so far, as one error.
func (e *Env) Err() error { return errors.Join(e.errs...) }

// String returns the variable, or fallback when it is unset or empty.
func (e *Env) String(key, fallback string) string {
	if v := e.lookup(key); v != "" {
		return v
	}
	return fallback
}

// OneOf returns the variable, which must be one of allowed; the first of them is the default.
func (e *Env) OneOf(key string, allowed ...string) string {
	v := e.String(key, allowed[0])
	if !slices.Contains(allowed, v) {
		e.fail(key, v, "is not one of "+strings.Join(allowed, ", "))
		return allowed[0]
	}
	return v
}

// Int returns the variable as a number from low to high.
func (e *Env) Int(key string, fallback, low, high int) int {
	v := e.lookup(key)
	if v == "" {
		return fallback
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		e.fail(key, v, fmt.Sprintf("is not a number from %d to %d", low, high))
		return fallback
	}
	return n
}

// Bool returns the variable as true or false.
func (e *Env) Bool(key string, fallback bool) bool {
	v := e.lookup(key)
	if v == "" {
		return fallback
	}
	b, err := strconv.ParseBool(v)
	if err != nil {
		e.fail(key, v, "is not true or false")
		return fallback
	}
	return b
}

// Duration returns the variable as a duration such as 5s. A bare number is taken as seconds, as the sample's charts write it.
func (e *Env) Duration(key string, fallback time.Duration) time.Duration {
	v := e.lookup(key)
	if v == "" {
		return fallback
	}
	if n, err := strconv.Atoi(v); err == nil && n >= 0 {
		return time.Duration(n) * time.Second
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		e.fail(key, v, "is not a duration such as 5s")
		return fallback
	}
	return d
}

func (e *Env) fail(key, value, what string) {
	e.errs = append(e.errs, fmt.Errorf("cannot use %s: %q %s", key, value, what))
}
