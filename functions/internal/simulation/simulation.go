// Package simulation is a control plane in memory for tests of composition
// functions: it runs a function as Crossplane would, keeps what the function
// wants, and plays the provider that makes it exist.
//
// It knows what a function sees and no more: no API server, no schemas, no AWS
// rules. The tests in test/ have those. All that a function is shown has secrets
// beside it, and none may be in its answer.
package simulation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// maxFetches is how often Crossplane runs a function that asks for resources
// before it gives up.
const maxFetches = 5

// A Provider fills in what AWS would answer for a managed resource: at is the
// status.atProvider of the resource, in which forProvider, id and arn already
// stand. The id of another resource is looked up by its name in the composition;
// it is empty while that resource has none.
type Provider func(kind, name string, at map[string]any, id func(name string) string)

// A Plane is a control plane with one composite resource.
type Plane struct {
	// Function under test.
	Function fnv1.FunctionRunnerServiceServer

	// XR is the composite resource. Reconcile writes its status.
	XR map[string]any

	// Required are the resources that exist for the function to ask for, by kind
	// and name, such as EnvironmentConfig/dev; the composites of other claims by
	// the claim's name, such as XNetwork/au-dev.
	Required map[string]map[string]any

	// Provider of the managed resources.
	Provider Provider

	composed map[string]map[string]any
	clock    time.Time
}

// New returns a plane with a composite resource and nothing else.
func New(fn fnv1.FunctionRunnerServiceServer, xr map[string]any, p Provider) *Plane {
	return &Plane{
		Function: fn, XR: xr, Provider: p,
		Required: map[string]map[string]any{},
		composed: map[string]map[string]any{},
		clock:    time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	}
}

// Request is what Crossplane would send now, with a secret wherever there can be
// one.
func (p *Plane) Request() (*fnv1.RunFunctionRequest, error) {
	xr, err := structpb.NewStruct(p.XR)
	if err != nil {
		return nil, fmt.Errorf("cannot convert composite: %w", err)
	}
	req := &fnv1.RunFunctionRequest{
		Meta:     &fnv1.RequestMeta{Tag: "simulation", Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_CAPABILITIES, fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
		Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: xr, ConnectionDetails: details()}, Resources: map[string]*fnv1.Resource{}},
	}
	for name, r := range p.composed {
		s, err := structpb.NewStruct(r)
		if err != nil {
			return nil, fmt.Errorf("cannot convert %q: %w", name, err)
		}
		plant(s)
		req.Observed.Resources[name] = &fnv1.Resource{Resource: s, ConnectionDetails: details()}
	}
	return req, nil
}

// Run calls the function until it asks for nothing more, and applies nothing. A
// function that tells a secret is an error.
func (p *Plane) Run(ctx context.Context) (*fnv1.RunFunctionResponse, error) {
	req, err := p.Request()
	if err != nil {
		return nil, err
	}
	var asked *fnv1.Requirements
	for range maxFetches {
		rsp, err := p.Function.RunFunction(ctx, req)
		if err != nil {
			return nil, err
		}
		if Fatal(rsp) != "" || proto.Equal(rsp.GetRequirements(), asked) {
			return rsp, quiet(rsp)
		}
		asked = rsp.GetRequirements()
		if req.RequiredResources, err = p.fetch(asked); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("the function asked for other resources %d times", maxFetches)
}

func (p *Plane) fetch(asked *fnv1.Requirements) (map[string]*fnv1.Resources, error) {
	out := make(map[string]*fnv1.Resources, len(asked.GetResources()))
	for key, sel := range asked.GetResources() {
		out[key] = &fnv1.Resources{}
		name := sel.GetMatchName()
		if labels := sel.GetMatchLabels().GetLabels(); labels != nil {
			name = labels["crossplane.io/claim-name"]
		}
		if r, ok := p.Required[sel.GetKind()+"/"+name]; ok {
			s, err := structpb.NewStruct(r)
			if err != nil {
				return nil, fmt.Errorf("cannot convert required %s: %w", key, err)
			}
			out[key].Items = []*fnv1.Resource{{Resource: s, ConnectionDetails: details()}}
		}
	}
	return out, nil
}

// Fatal is the message of a response's fatal result; empty when it has none.
func Fatal(rsp *fnv1.RunFunctionResponse) string {
	for _, r := range rsp.GetResults() {
		if r.GetSeverity() == fnv1.Severity_SEVERITY_FATAL {
			return r.GetMessage()
		}
	}
	return ""
}

// Reconcile runs the function and applies what it wants: new resources exist
// afterwards, without a status; those that it leaves out are gone. A fatal
// result changes nothing.
func (p *Plane) Reconcile(ctx context.Context) (*fnv1.RunFunctionResponse, error) {
	rsp, err := p.Run(ctx)
	if err != nil || Fatal(rsp) != "" {
		return rsp, err
	}
	p.clock = p.clock.Add(time.Minute)
	for name, r := range rsp.GetDesired().GetResources() {
		p.apply(name, r.GetResource().AsMap())
	}
	for name := range p.composed {
		if _, ok := rsp.GetDesired().GetResources()[name]; !ok {
			delete(p.composed, name)
		}
	}
	if s, ok := rsp.GetDesired().GetComposite().GetResource().AsMap()["status"]; ok {
		p.XR["status"] = s
	}
	return rsp, nil
}

func (p *Plane) apply(name string, want map[string]any) {
	meta := child(want, "metadata")
	is, exists := p.composed[name]
	if exists {
		old := child(is, "metadata")
		for _, k := range []string{"name", "uid", "creationTimestamp"} {
			meta[k] = old[k]
		}
		if a, ok := child(old, "annotations")[externalName]; ok {
			child(meta, "annotations")[externalName] = a
		}
		if s, ok := is["status"]; ok {
			want["status"] = s
		}
	} else {
		id := digest(fmt.Sprint(child(p.XR, "metadata")["name"], name))
		meta["name"] = fmt.Sprintf("%s-%s", child(p.XR, "metadata")["name"], id[:12])
		meta["uid"] = id
		meta["creationTimestamp"] = p.clock.Format(time.RFC3339)
	}
	p.composed[name] = want
}

const externalName = "crossplane.io/external-name"

// Provide makes resources ready that exist; all of them when none is named.
func (p *Plane) Provide(names ...string) {
	if len(names) == 0 {
		names = p.Names()
	}
	for _, name := range names {
		r, ok := p.composed[name]
		if !ok {
			continue
		}
		at := map[string]any{}
		maps.Copy(at, child(child(r, "spec"), "forProvider"))
		id := ID(r["kind"].(string), child(r, "metadata")["uid"].(string))
		annotations := child(child(r, "metadata"), "annotations")
		if n, ok := annotations[externalName].(string); ok {
			id = n
		}
		annotations[externalName] = id
		at["id"] = id
		at["arn"] = "arn:aws:simulated:::" + id
		if p.Provider != nil {
			p.Provider(r["kind"].(string), name, at, p.id)
		}
		r["status"] = map[string]any{
			"atProvider": at,
			"conditions": []any{
				map[string]any{"type": "Synced", "status": "True", "reason": "ReconcileSuccess", "lastTransitionTime": p.clock.Format(time.RFC3339)},
				map[string]any{"type": "Ready", "status": "True", "reason": "Available", "lastTransitionTime": p.clock.Format(time.RFC3339)},
			},
		}
	}
}

// Fail makes the provider unable to sync a resource.
func (p *Plane) Fail(name, message string) {
	r := p.composed[name]
	status := child(r, "status")
	status["conditions"] = []any{
		map[string]any{"type": "Synced", "status": "False", "reason": "ReconcileError", "message": message},
		map[string]any{"type": "Ready", "status": "False", "reason": "Creating"},
	}
}

func (p *Plane) id(name string) string {
	id, _ := child(child(p.composed[name], "status"), "atProvider")["id"].(string)
	return id
}

// Names of the composed resources that exist, sorted.
func (p *Plane) Names() []string {
	return slices.Sorted(maps.Keys(p.composed))
}

// Get a composed resource that exists, or nil.
func (p *Plane) Get(name string) map[string]any {
	return p.composed[name]
}

// ID is a made-up AWS id.
func ID(kind, seed string) string {
	return strings.ToLower(kind) + "-" + digest(kind + seed)[:17]
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// child returns the object in a field, and makes it when it is not there.
func child(m map[string]any, field string) map[string]any {
	c, ok := m[field].(map[string]any)
	if !ok {
		c = map[string]any{}
		if m != nil {
			m[field] = c
		}
	}
	return c
}
