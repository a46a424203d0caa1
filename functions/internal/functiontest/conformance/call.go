package conformance

import (
	"context"
	"errors"
	"fmt"
	"time"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

func callRules() []Rule {
	return []Rule{
		{
			Name:    "Deterministic",
			Section: "Serving Requests from Crossplane",
			Text:    "The same request gets the same response, byte for byte: Crossplane may keep one for the other.",
			check:   deterministic,
		},
		{
			Name:    "LeavesRequestAlone",
			Section: "Serving Requests from Crossplane",
			Text:    "The request is only read: what is passed through must be what came.",
			check:   leavesRequestAlone,
		},
		{
			Name:    "AnswersGarbage",
			Section: "Runtime Environment",
			Text:    "Whatever the request, the answer is a response: no gRPC error, no panic.",
			check:   answersGarbage,
		},
		{
			Name:    "RespectsCancellation",
			Section: "Runtime Environment",
			Text:    "A cancelled call ends, with its context's error or the whole response, never with a part of it.",
			check:   respectsCancellation,
		},
	}
}

// repeats are enough to see a Go map's order: a map of two keys changes it in
// one call of eight, so a function that leaks it passes once in 800 tests.
const repeats = 50

func deterministic(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	first := fn.answer(ctx, req)
	for range repeats {
		again := fn.answer(ctx, req)
		if first == nil || again == nil {
			return nil
		}
		if diff := difference(first, again); diff != "" {
			return fmt.Errorf("two responses to one request:\n%s", diff)
		}
	}
	return nil
}

func leavesRequestAlone(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	given := withEarlierStep(req)
	kept := proto.CloneOf(given)
	_, _ = fn.run(ctx, given) // AnswersGarbage reports an error.
	if diff := difference(kept, given); diff != "" {
		return fmt.Errorf("the request before and after the call:\n%s", diff)
	}
	return nil
}

func answersGarbage(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	for _, bad := range append(nonsense(req), emptied(req)...) { // Without an earlier step.
		if _, err := fn.run(ctx, bad.req); err != nil {
			return fmt.Errorf("%s: %w", bad.how, err)
		}
	}
	return fn.withGarbage(ctx, req).answered
}

// patience is how long a cancelled call may take before it is given up. It only
// bounds a test that fails.
const patience = time.Minute

func respectsCancellation(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	whole := fn.answer(ctx, req)
	if whole == nil {
		return nil
	}

	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	type answer struct {
		rsp *fnv1.RunFunctionResponse
		err error
	}
	answers := make(chan answer, 1)
	go func() {
		rsp, err := fn.run(cancelled, proto.CloneOf(req))
		answers <- answer{rsp, err}
	}()

	select {
	case <-time.After(patience):
		return fmt.Errorf("a cancelled call still runs after %s", patience)
	case got := <-answers:
		if errors.Is(got.err, context.Canceled) || status.Code(got.err) == codes.Canceled {
			return nil
		}
		if got.err != nil {
			return fmt.Errorf("a cancelled call ended with %w, want its context's error", got.err)
		}
		if diff := difference(whole, got.rsp); diff != "" {
			return fmt.Errorf("a cancelled call answered something else: -want, +got:\n%s", diff)
		}
		return nil
	}
}
