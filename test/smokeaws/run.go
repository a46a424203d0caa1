package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// An account reads from AWS.
type account interface {
	ID(ctx context.Context) (string, error)
	VPCs(ctx context.Context, run string) ([]thing, error)
	Subnets(ctx context.Context, run string) ([]thing, error)
	Databases(ctx context.Context, run string) ([]thing, error)
	Left(ctx context.Context, run string) ([]string, error)
}

// A claimant makes and deletes the claims.
type claimant interface {
	Apply(ctx context.Context) error
	Pending(ctx context.Context) ([]string, error)
	Network(ctx context.Context) (vpc string, subnets []string, err error)
	Delete(ctx context.Context) error
	Remaining(ctx context.Context) ([]string, error)
}

// A smoke is one run.
type smoke struct {
	aws    account
	claims claimant
	out    io.Writer

	run     string
	account string        // where it may run
	making  time.Duration // how long it may take until everything is created and checked
	going   time.Duration // how long the deletion may take
	poll    time.Duration
}

// Run applies the claims, checks them in AWS, and deletes everything, also after an error.
func (s smoke) Run(ctx context.Context) error {
	if err := s.checkAccount(ctx); err != nil {
		return err
	}
	made := s.make(ctx)
	if made != nil {
		fmt.Fprintln(s.out, "it failed, and everything is deleted now:", made)
	}
	return errors.Join(made, s.Delete(ctx))
}

// checkAccount returns an error unless the credentials are for the named account.
func (s smoke) checkAccount(ctx context.Context) error {
	id, err := s.aws.ID(ctx)
	if err != nil {
		return err
	}
	if id != s.account {
		return fmt.Errorf("cannot run in account %s: -account is %s: use credentials of that account", id, s.account)
	}
	return nil
}

func (s smoke) make(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.making, fmt.Errorf("the time that the cost cap leaves is over, after %s", s.making))
	defer cancel()
	if err := s.claims.Apply(ctx); err != nil {
		return err
	}
	if err := s.until(ctx, "not Ready yet", s.claims.Pending); err != nil {
		return err
	}
	fmt.Fprintln(s.out, "both claims are Ready")
	wrong, err := s.findings(ctx)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return errors.New("AWS differs from the claims:\n\t" + strings.Join(wrong, "\n\t"))
	}
	fmt.Fprintln(s.out, "AWS has the same: VPC, subnets and database exist, with the run's tag")
	return nil
}

// findings are the differences between the claims and AWS.
func (s smoke) findings(ctx context.Context) ([]string, error) {
	vpc, subnets, err := s.claims.Network(ctx)
	if err != nil {
		return nil, err
	}
	vpcs, err := s.aws.VPCs(ctx, s.run)
	if err != nil {
		return nil, err
	}
	have, err := s.aws.Subnets(ctx, s.run)
	if err != nil {
		return nil, err
	}
	databases, err := s.aws.Databases(ctx, s.run)
	if err != nil {
		return nil, err
	}
	return slices.Concat(
		s.compare("VPC", []string{vpc}, vpcs), s.compare("subnet", subnets, have), s.inspect(databases),
	), nil
}

// compare the ids in a claim's status with AWS's.
func (s smoke) compare(kind string, want []string, have []thing) []string {
	var wrong []string
	for _, id := range want {
		i := slices.IndexFunc(have, func(t thing) bool { return t.ID == id })
		if i < 0 {
			wrong = append(wrong, fmt.Sprintf("there is no %s %q with the tag %s=%s in account %s: is the ProviderConfig for another one?", kind, id, runTag, s.run, s.account))
			continue
		}
		wrong = append(wrong, s.wrong(kind, have[i])...)
	}
	for _, t := range have {
		if !slices.Contains(want, t.ID) {
			wrong = append(wrong, fmt.Sprintf("%s %s has the run's tag, and the claim does not know it", kind, t.ID))
		}
	}
	return wrong
}

func (s smoke) wrong(kind string, t thing) []string {
	var wrong []string
	if t.State != "available" {
		wrong = append(wrong, fmt.Sprintf("%s %s is %s, not available", kind, t.ID, t.State))
	}
	if t.Owner != "" && t.Owner != s.account { // Not every resource has an owner.
		wrong = append(wrong, fmt.Sprintf("%s %s is of account %s", kind, t.ID, t.Owner))
	}
	if t.Tags["ausmart.io/environment"] != "dev" {
		wrong = append(wrong, fmt.Sprintf("%s %s lacks the tag ausmart.io/environment=dev", kind, t.ID))
	}
	return wrong
}

// inspect the one database.
func (s smoke) inspect(databases []thing) []string {
	if len(databases) != 1 {
		return []string{fmt.Sprintf("there are %d databases with the tag %s=%s, not one", len(databases), runTag, s.run)}
	}
	d := databases[0]
	wrong := s.wrong("database", d)
	if d.Public {
		wrong = append(wrong, fmt.Sprintf("database %s can be reached from the internet", d.ID))
	}
	if !d.Encrypted {
		wrong = append(wrong, fmt.Sprintf("database %s is not encrypted", d.ID))
	}
	if !d.Secret {
		wrong = append(wrong, fmt.Sprintf("the password of database %s is not managed by AWS", d.ID))
	}
	return wrong
}

// Delete the claims, and prove that nothing is left. It continues when the caller's context ends.
func (s smoke) Delete(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), s.going, fmt.Errorf("not everything was gone after %s", s.going))
	defer cancel()
	if err := s.claims.Delete(ctx); err != nil {
		return s.withRemedy(err)
	}
	if err := s.until(ctx, "not gone yet", s.claims.Remaining); err != nil {
		return s.withRemedy(err)
	}
	fmt.Fprintln(s.out, "both claims are gone")
	left := func(ctx context.Context) ([]string, error) { return s.aws.Left(ctx, s.run) }
	if err := s.until(ctx, "AWS still lists", left); err != nil {
		return s.withRemedy(err)
	}
	fmt.Fprintln(s.out, "nothing is left: EC2, RDS and the search by tag list nothing of the run")
	return nil
}

// withRemedy adds what to do when something is left.
func (s smoke) withRemedy(err error) error {
	return fmt.Errorf("cannot prove that everything is deleted, and what is left costs money: %w; run it again with -run=%s -delete, or look for the tag %s=%s in AWS", err, s.run, runTag, s.run)
}

// until waits until nothing is listed any more. It prints each change. An error counts as a listed
// entry: the next call may succeed.
func (s smoke) until(ctx context.Context, what string, list func(context.Context) ([]string, error)) error {
	start, said := time.Now(), ""
	for {
		now, err := list(ctx)
		if err != nil {
			now = []string{err.Error()}
		}
		if len(now) == 0 {
			return nil
		}
		if says := what + ": " + strings.Join(now, "; "); says != said {
			fmt.Fprintf(s.out, "%5.0f s  %s\n", time.Since(start).Seconds(), says)
			said = says
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %s", context.Cause(ctx), said)
		case <-time.After(s.poll):
		}
	}
}
