package functiontest

import (
	"encoding/base64"
	"errors"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"
)

// TestSecrets has a function that tells secrets: from each place where it finds one,
// and in each place where it could.
func TestSecrets(t *testing.T) {
	observed := func(req *fnv1.RunFunctionRequest) string {
		return string(req.GetObserved().GetResources()["vpc"].GetConnectionDetails()["password"])
	}
	cases := map[string]struct {
		reason string
		run    func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse)
		quiet  bool
	}{
		"Resource": {
			reason: "A field of a resource is what everyone reads.",
			run: func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Desired.Resources["b"] = Resource(map[string]any{"spec": map[string]any{"url": "mysql://root:" + observed(req) + "@db"}})
			},
		},
		"Secret": {
			reason: "A Secret has it in another writing.",
			run: func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Desired.Resources["b"] = Resource(map[string]any{"data": map[string]any{"password": base64.StdEncoding.EncodeToString([]byte(observed(req)))}})
			},
		},
		"ConnectionDetails": {
			reason: "What the composite has of its own is not to be passed on.",
			run: func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Desired.Composite = &fnv1.Resource{ConnectionDetails: req.GetObserved().GetComposite().GetConnectionDetails()}
			},
		},
		"Status": {
			reason: "A provider may put one into the status of its resource.",
			run: func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Desired.Composite = &fnv1.Resource{Resource: &structpb.Struct{Fields: map[string]*structpb.Value{
					"status": req.GetObserved().GetResources()["vpc"].GetResource().GetFields()["status"],
				}}}
			},
		},
		"Result": {
			reason: "Results are events; other claims have secrets too.",
			run: func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				for _, r := range req.GetRequiredResources()["it"].GetItems() {
					response.Fatal(rsp, errors.New("cannot log in with "+string(r.GetConnectionDetails()["password"])))
				}
			},
		},
		"Condition": {
			reason: "Conditions are read by everyone too.",
			run: func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Conditions = []*fnv1.Condition{{Type: "Ready", Message: new(observed(req))}}
			},
		},
		"Context": {
			reason: "The next function may tell it.",
			run: func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Context = Resource(map[string]any{"password": observed(req)}).GetResource()
			},
		},
		"None": {
			reason: "A function that says nothing of it is not accused.",
			run:    func(*fnv1.RunFunctionRequest, *fnv1.RunFunctionResponse) {},
			quiet:  true,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := NewControlPlane(function{run: wants(map[string]map[string]any{"vpc": vpc("10.0.0.0/16")})}, named(), nil)
			if _, err := p.TryReconcile(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.MarkReady()
			p.Require("EnvironmentConfig/dev", map[string]any{"data": "dev's"})
			p.Function = function{run: func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Requirements = &fnv1.Requirements{Resources: map[string]*fnv1.ResourceSelector{
					"it": {Kind: "EnvironmentConfig", Match: &fnv1.ResourceSelector_MatchName{MatchName: "dev"}},
				}}
				rsp.Desired = &fnv1.State{Resources: map[string]*fnv1.Resource{}}
				tc.run(req, rsp)
			}}
			if _, err := p.Run(t.Context()); (err == nil) != tc.quiet {
				t.Errorf("%s\nRun(...): %v", tc.reason, err)
			}
		})
	}
}
