package conformance

import (
	"context"
	"fmt"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
)

func metaRules() []Rule {
	const section = "Serving Requests from Crossplane"
	return []Rule{
		{
			Name:    "CopiesTag",
			Section: section,
			Text:    "A response carries the tag of its request, and depends on it in nothing else.",
			check:   copiesTag,
		},
		{
			Name:    "SetsTTL",
			Section: section,
			Text:    "A response says how long Crossplane may keep it.",
			check:   setsTTL,
		},
	}
}

func copiesTag(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	var answers []*fnv1.RunFunctionResponse
	for _, tag := range []string{"one", "another", ""} {
		setTag(req, tag)
		rsp := fn.answer(ctx, req)
		if rsp == nil {
			return nil
		}
		if got := rsp.GetMeta().GetTag(); got != tag {
			return fmt.Errorf("asked with tag %q, the function answers with tag %q", tag, got)
		}
		answers = append(answers, rsp)
	}

	ignore := protocmp.IgnoreFields(&fnv1.ResponseMeta{}, "tag")
	for _, other := range answers[1:] {
		if diff := cmp.Diff(answers[0], other, protocmp.Transform(), ignore); diff != "" {
			return fmt.Errorf("another tag makes another response:\n%s", diff)
		}
	}
	return nil
}

func setTag(req *fnv1.RunFunctionRequest, tag string) {
	if req.GetMeta() == nil {
		req.Meta = &fnv1.RequestMeta{}
	}
	req.Meta.Tag = tag
}

func setsTTL(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	rsp := fn.answer(ctx, req)
	if rsp == nil {
		return nil
	}
	if ttl := rsp.GetMeta().GetTtl(); ttl.AsDuration() <= 0 {
		return fmt.Errorf("the TTL is %s, want more than nothing", ttl.AsDuration())
	}
	return nil
}
