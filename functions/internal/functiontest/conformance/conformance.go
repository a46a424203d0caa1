// Package conformance proves that a function behaves as the Crossplane
// functions specification wants it.
//
// It calls the function in this process with the requests that its caller gives
// and with broken versions of them, and compares what comes back. It reads no
// file, opens no connection, and knows nothing about what a function composes.
//
// The specification: https://github.com/crossplane/crossplane/blob/main/contributing/specifications/functions.md
package conformance

import (
	"context"
	"errors"
	"fmt"
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

// A Rule is one thing that the specification asks of a function.
type Rule struct {
	Name string
	// Section of the specification, or another text that Crossplane's authors
	// wrote, that the rule comes from.
	Section string
	// Text of the rule in our words.
	Text string

	check func(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error
}

// Rules that every function must follow, each by itself.
func Rules() []Rule {
	rules := metaRules()
	rules = append(rules, desiredRules()...)
	rules = append(rules, resultRules()...)
	return append(rules, callRules()...)
}

// Test checks every rule with every request. The requests are what Crossplane
// would send; at least one must make the function compose something, or the
// rules would have nothing to look at.
func Test(t *testing.T, fn fnv1.FunctionRunnerServiceServer, requests map[string]*fnv1.RunFunctionRequest) {
	t.Helper()

	f := newFunction(fn)
	if !composes(t.Context(), f, requests) {
		t.Errorf("No request makes the function compose a resource: the rules would prove nothing")
	}
	for _, rule := range Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			for name, req := range requests {
				t.Run(name, func(t *testing.T) {
					if err := rule.check(t.Context(), f, proto.CloneOf(req)); err != nil {
						t.Errorf("%s\n(functions specification, %s)\n%v", rule.Text, rule.Section, err)
					}
				})
			}
		})
	}
}

// Check that the function follows the rule when it is asked this request.
func (r Rule) Check(ctx context.Context, fn fnv1.FunctionRunnerServiceServer, req *fnv1.RunFunctionRequest) error {
	return r.check(ctx, newFunction(fn), proto.CloneOf(req))
}

func composes(ctx context.Context, fn function, requests map[string]*fnv1.RunFunctionRequest) bool {
	for _, req := range requests {
		rsp, err := fn.run(ctx, proto.CloneOf(req))
		if err == nil && len(rsp.GetDesired().GetResources()) > len(req.GetDesired().GetResources()) {
			return true
		}
	}
	return false
}

// A function under test.
type function struct {
	server fnv1.FunctionRunnerServiceServer

	outcomes map[string]outcome // of withGarbage, by request
}

func newFunction(fn fnv1.FunctionRunnerServiceServer) function {
	return function{server: fn, outcomes: map[string]outcome{}}
}

// run the function. A panic is an error, so that one rule can tell of it while
// the others go on.
func (f function) run(ctx context.Context, req *fnv1.RunFunctionRequest) (rsp *fnv1.RunFunctionResponse, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the function panicked: %v", p)
		}
	}()
	rsp, err = f.server.RunFunction(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("the call failed: %w", err)
	}
	if rsp == nil {
		return nil, errors.New("the call answered nothing")
	}
	return rsp, nil
}

// answer of the function to a request of its own copy. It is nil when there is
// none: the rule AnswersGarbage reports that, and no other.
func (f function) answer(ctx context.Context, req *fnv1.RunFunctionRequest) *fnv1.RunFunctionResponse {
	rsp, err := f.run(ctx, proto.CloneOf(req))
	if err != nil {
		return nil
	}
	return rsp
}

// fatal reports whether a response stops the pipeline.
func fatal(rsp *fnv1.RunFunctionResponse) bool {
	for _, r := range rsp.GetResults() {
		if r.GetSeverity() == fnv1.Severity_SEVERITY_FATAL {
			return true
		}
	}
	return false
}

// difference of two messages; empty when they are the same. Comparing is cheap
// and saying what differs is not, and most are the same.
func difference(want, got proto.Message) string {
	if proto.Equal(want, got) {
		return ""
	}
	return cmp.Diff(want, got, protocmp.Transform())
}
