package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fakeAWS is an account with the resources of a test.
type fakeAWS struct {
	id                       string
	vpcs, subnets, databases []thing
	left                     func() []string
}

var _ account = fakeAWS{}

func (f fakeAWS) ID(context.Context) (string, error)                      { return f.id, nil }
func (f fakeAWS) VPCs(context.Context, string) ([]thing, error)           { return f.vpcs, nil }
func (f fakeAWS) Subnets(context.Context, string) ([]thing, error)        { return f.subnets, nil }
func (f fakeAWS) Databases(context.Context, string) ([]thing, error)      { return f.databases, nil }
func (f fakeAWS) Left(context.Context, string) (left []string, err error) { return f.left(), nil }

// fakeClaims are claims that become Ready and are gone when a test says so. It counts the calls.
type fakeClaims struct {
	pending, remaining func() []string
	applyErr           error
	applied, deleted   int
}

var _ claimant = &fakeClaims{}

func (f *fakeClaims) Apply(context.Context) error                 { f.applied++; return f.applyErr }
func (f *fakeClaims) Pending(context.Context) ([]string, error)   { return f.pending(), nil }
func (f *fakeClaims) Delete(context.Context) error                { f.deleted++; return nil }
func (f *fakeClaims) Remaining(context.Context) ([]string, error) { return f.remaining(), nil }
func (f *fakeClaims) Network(context.Context) (string, []string, error) {
	return "vpc-1", []string{"subnet-1", "subnet-2"}, nil
}

// after some calls nothing is listed any more.
func after(calls int, what string) func() []string {
	return func() []string {
		if calls == 0 {
			return nil
		}
		calls--
		return []string{what}
	}
}

func always(what string) func() []string { return func() []string { return []string{what} } }

// ours are correct things.
func ours(ids ...string) []thing {
	var all []thing
	for _, id := range ids {
		all = append(all, thing{
			ID: id, Owner: "1", State: "available", Encrypted: true, Secret: true,
			Tags: map[string]string{runTag: "smoke", "ausmart.io/environment": "dev"},
		})
	}
	return all
}

func TestRun(t *testing.T) {
	type outcome struct {
		Applied, Deleted int
		Says             []string // in the error
	}
	good := func() fakeAWS {
		return fakeAWS{id: "1", vpcs: ours("vpc-1"), subnets: ours("subnet-1", "subnet-2"), databases: ours("db"), left: after(1, "vpc vpc-1")}
	}
	cases := map[string]struct {
		reason string
		change func(a *fakeAWS, c *fakeClaims)
		want   outcome
	}{
		"Passes": {
			reason: "Everything is created, is correct, and is deleted.",
			want:   outcome{Applied: 1, Deleted: 1},
		},
		"OtherAccount": {
			reason: "In another account nothing is made, and nothing deleted.",
			change: func(a *fakeAWS, _ *fakeClaims) { a.id = "2" },
			want:   outcome{Says: []string{"cannot run in account 2: -account is 1"}},
		},
		"CannotApply": {
			reason: "Half of the claims may have been applied: they are deleted.",
			change: func(_ *fakeAWS, c *fakeClaims) { c.applyErr = errors.New("no such kind") },
			want:   outcome{Applied: 1, Deleted: 1, Says: []string{"no such kind"}},
		},
		"NeverReady": {
			reason: "At the cap everything is deleted, and the run fails.",
			change: func(_ *fakeAWS, c *fakeClaims) { c.pending = always("Network: Ready is False") },
			want:   outcome{Applied: 1, Deleted: 1, Says: []string{"the time that the cost cap leaves is over", "Network: Ready is False"}},
		},
		"OtherVPC": {
			reason: "The claim's VPC is not in the account.",
			change: func(a *fakeAWS, _ *fakeClaims) { a.vpcs = ours("vpc-2") },
			want: outcome{Applied: 1, Deleted: 1, Says: []string{
				`there is no VPC "vpc-1" with the tag ausmart-smoke=smoke in account 1`, "VPC vpc-2 has the run's tag, and the claim does not know it",
			}},
		},
		"Database": {
			reason: "A database that differs from what the platform promises.",
			change: func(a *fakeAWS, _ *fakeClaims) {
				a.databases = []thing{{ID: "db", State: "stopped", Public: true}}
			},
			want: outcome{Applied: 1, Deleted: 1, Says: []string{
				"database db is stopped", "can be reached from the internet", "is not encrypted", "is not managed by AWS", "lacks the tag ausmart.io/environment=dev",
			}},
		},
		"NoDatabase": {
			reason: "AWS does not have the database of a Ready claim.",
			change: func(a *fakeAWS, _ *fakeClaims) { a.databases = nil },
			want:   outcome{Applied: 1, Deleted: 1, Says: []string{"there are 0 databases with the tag ausmart-smoke=smoke"}},
		},
		"StaysInCluster": {
			reason: "A claim that is not deleted is named, with what to do.",
			change: func(_ *fakeAWS, c *fakeClaims) { c.remaining = always("Network: it is in use") },
			want:   outcome{Applied: 1, Deleted: 1, Says: []string{"not everything was gone", "it is in use", "-run=smoke -delete"}},
		},
		"StaysInAWS": {
			reason: "The claims are gone, and AWS still has something.",
			change: func(a *fakeAWS, _ *fakeClaims) { a.left = always("NAT gateway nat-1") },
			want:   outcome{Applied: 1, Deleted: 1, Says: []string{"cannot prove that everything is deleted", "NAT gateway nat-1"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a, c := good(), &fakeClaims{pending: after(2, "Network: not yet"), remaining: after(1, "Network: going")}
			if tc.change != nil {
				tc.change(&a, c)
			}
			out := &bytes.Buffer{}
			s := smoke{
				aws: a, claims: c, out: out, run: "smoke", account: "1",
				making: 200 * time.Millisecond, going: 200 * time.Millisecond, poll: time.Millisecond,
			}
			err := s.Run(t.Context())
			got := outcome{Applied: c.applied, Deleted: c.deleted}
			for _, says := range tc.want.Says {
				if err != nil && strings.Contains(err.Error(), says) {
					got.Says = append(got.Says, says)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s\n%v\n%s", tc.reason, diff, err, out)
			}
			if passed := len(tc.want.Says) == 0; passed != (err == nil) {
				t.Errorf("%s\npassed: want %t, got %v", tc.reason, passed, err)
			}
		})
	}
}

// TestStopped checks that an interrupted run deletes everything too.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := &fakeClaims{remaining: after(3, "Network: going")}
	c.pending = func() []string { cancel(); return []string{"Network: not yet"} }
	s := smoke{
		aws: fakeAWS{id: "1", left: after(0, "")}, claims: c, out: &bytes.Buffer{}, run: "smoke", account: "1",
		making: time.Minute, going: time.Minute, poll: time.Millisecond,
	}
	if err := s.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("want it to say that it was interrupted, got %v", err)
	}
	if c.deleted != 1 || len(c.remaining()) != 0 {
		t.Errorf("want the claims deleted and waited for, got %d deletions", c.deleted)
	}
}

func TestParseFlags(t *testing.T) {
	for says, args := range map[string][]string{
		"say -account":     {},
		"say -hourly-cost": {"-account=1", "-region=ap-southeast-2"},
	} {
		if _, err := parseFlags(args); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("parseFlags(%v): want an error with %q, got %v", args, says, err)
		}
	}
	o, err := parseFlags([]string{"-account=1", "-region=ap-southeast-2", "-hourly-cost=0.1"})
	if err != nil {
		t.Fatal(err)
	}
	if got := cost(o.prices(), 90*time.Minute); got != 0.2 {
		t.Errorf("two started hours at 0.10 dollars: want 0.20, got %.2f", got)
	}
}

func TestAskedItself(t *testing.T) {
	cases := map[string]bool{
		"arn:aws:ec2:us-east-1:1:vpc/vpc-1":           true,
		"arn:aws:ec2:us-east-1:1:natgateway/nat-1":    true,
		"arn:aws:ec2:us-east-1:1:vpc-flow-log/fl-1":   false,
		"arn:aws:rds:us-east-1:1:db:smoke":            true,
		"arn:aws:rds:us-east-1:1:subgrp:smoke":        false,
		"arn:aws:s3:::smoke-logs":                     false,
		"arn:aws:logs:us-east-1:1:log-group:/aws/rds": false,
		"no ARN": false,
	}
	for arn, want := range cases {
		if got := askedItself(arn); got != want {
			t.Errorf("askedItself(%q): want %t, got %t", arn, want, got)
		}
	}
}

func TestParseClaims(t *testing.T) {
	claims, err := parse("smoke-1", "us-east-1", "sandbox")
	if err != nil {
		t.Fatal(err)
	}
	if len(claims) != 2 || claims[0].GetKind() != "Network" || claims[1].GetKind() != "Database" {
		t.Fatalf("want a Network and a Database, got %v", claims)
	}
	for _, c := range claims {
		spec, _ := c.Object["spec"].(map[string]any)
		tags, _ := spec["tags"].(map[string]any)
		got := []any{c.GetName(), c.GetNamespace(), spec["region"], spec["providerConfigName"], tags[runTag]}
		if diff := cmp.Diff([]any{"smoke-1", "smoke-1", "us-east-1", "sandbox", "smoke-1"}, got); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", c.GetKind(), diff)
		}
	}
}
