package functiontest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

const (
	// maxFetches is how often Crossplane runs a function that asks for resources
	// before it gives up.
	maxFetches = 5

	// maxReconciles is how many reconciles a claim may need to settle.
	maxReconciles = 20

	externalName = "crossplane.io/external-name"
)

// AWS fills in what AWS answers for a managed resource: at is the
// status.atProvider of the resource, which already has forProvider, id and arn.
// id returns the id of another resource by its name in the composition; it is
// empty while that resource has none.
type AWS func(apiVersion, kind, name string, at map[string]any, id func(name string) string)

// A ControlPlane has one composite resource. It runs a function as Crossplane
// does, stores what the function desires, and is the provider that makes it exist.
//
// It knows what a function can see: no API server, no schemas, and of AWS's rules only
// those of a change. The tests in test/ have the others. There are secrets beside everything that a function
// is given, and none may be in its answer.
type ControlPlane struct {
	// Function under test.
	Function fnv1.FunctionRunnerServiceServer

	// XR is the composite resource. Reconcile writes its status.
	XR map[string]any

	// AWS behind the provider.
	AWS AWS

	required map[string]*object
	composed map[string]*object
	clock    time.Time
}

// An object that exists. To convert one for a request is most of what a control
// plane does, so the form on the wire is kept as long as nothing changes it.
type object struct {
	fields  map[string]any
	desired *structpb.Struct // as the function wanted it last
	wire    *structpb.Struct
	lent    bool // a test has the fields, and may change them at any time

	provided provided
}

func (o *object) lend() map[string]any {
	o.lent = true
	return o.fields
}

func (o *object) onWire() (*structpb.Struct, error) {
	if o.wire == nil || o.lent {
		s, err := structpb.NewStruct(o.fields)
		if err != nil {
			return nil, err
		}
		plant(s)
		o.wire = s
	}
	return o.wire, nil
}

// NewControlPlane returns one with a composite resource and nothing else.
func NewControlPlane(fn fnv1.FunctionRunnerServiceServer, xr map[string]any, aws AWS) *ControlPlane {
	return &ControlPlane{
		Function: fn, XR: xr, AWS: aws,
		required: map[string]*object{},
		composed: map[string]*object{},
		clock:    time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	}
}

// clone of the control plane, which a change leaves as it was.
func (p *ControlPlane) clone() *ControlPlane {
	out := *p
	out.XR, out.required, out.composed = Clone(p.XR), maps.Clone(p.required), make(map[string]*object, len(p.composed))
	for name, o := range p.composed {
		out.composed[name] = &object{
			fields: Clone(o.fields), desired: o.desired, wire: o.wire, lent: o.lent,
			provided: provided{held: o.provided.held, late: maps.Clone(o.provided.late)},
		}
	}
	return &out
}

// Require makes a resource exist that the function may ask for, by kind and name,
// such as EnvironmentConfig/dev. The composite of another claim has the claim's
// name, such as XNetwork/au-dev; a second one of that claim has /twin after it. Nil deletes it.
func (p *ControlPlane) Require(key string, resource map[string]any) {
	if resource == nil {
		delete(p.required, key)
		return
	}
	p.required[key] = &object{fields: resource}
}

// Required is a resource that the function may ask for, for a test to change; nil
// when there is none.
func (p *ControlPlane) Required(key string) map[string]any {
	o, ok := p.required[key]
	if !ok {
		return nil
	}
	if !o.lent { // Other control planes may have it too.
		o = &object{fields: Clone(o.fields)}
		p.required[key] = o
	}
	return o.lend()
}

// Configure sets the data of every environment's EnvironmentConfig; nil for none.
func (p *ControlPlane) Configure(data map[string]any) {
	for _, env := range []string{"dev", "staging", "prod"} {
		p.Require("EnvironmentConfig/"+env, nil)
		if data != nil {
			p.Require("EnvironmentConfig/"+env, map[string]any{
				"apiVersion": "apiextensions.crossplane.io/v1beta1", "kind": "EnvironmentConfig",
				"metadata": map[string]any{"name": env}, "data": data,
			})
		}
	}
}

// Spec of the composite, for a test to change.
func (p *ControlPlane) Spec() map[string]any { return child(p.XR, "spec") }

// Set a field of the composite's spec, such as kms.enabled.
func (p *ControlPlane) Set(path string, value any) { p.XR["spec"] = With(p.Spec(), path, value) }

// Annotate the composite.
func (p *ControlPlane) Annotate(name, value string) {
	child(child(p.XR, "metadata"), "annotations")[name] = value
}

// FirstRequest is what Crossplane sends first: nothing that the function requires is
// in it.
func (p *ControlPlane) FirstRequest() (*fnv1.RunFunctionRequest, error) {
	xr, err := structpb.NewStruct(p.XR)
	if err != nil {
		return nil, fmt.Errorf("cannot convert composite: %w", err)
	}
	req := &fnv1.RunFunctionRequest{
		Meta:     &fnv1.RequestMeta{Tag: "simulation", Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_CAPABILITIES, fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
		Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: xr, ConnectionDetails: details()}, Resources: map[string]*fnv1.Resource{}},
	}
	for name, o := range p.composed {
		s, err := o.onWire()
		if err != nil {
			return nil, fmt.Errorf("cannot convert %q: %w", name, err)
		}
		req.Observed.Resources[name] = &fnv1.Resource{Resource: s, ConnectionDetails: details()}
	}
	return req, nil
}

// Request is what Crossplane sends last: it has all that the function requires.
func (p *ControlPlane) Request(t testing.TB) *fnv1.RunFunctionRequest {
	t.Helper()
	req, _, err := p.call(t.Context())
	if err != nil {
		t.Fatalf("cannot run the function: %v", err)
	}
	return req
}

// Run calls the function until it asks for nothing more, and applies nothing. A
// function that tells a secret is an error.
func (p *ControlPlane) Run(ctx context.Context) (*fnv1.RunFunctionResponse, error) {
	_, rsp, err := p.call(ctx)
	if err != nil {
		return nil, err
	}
	return rsp, quiet(rsp)
}

func (p *ControlPlane) call(ctx context.Context) (*fnv1.RunFunctionRequest, *fnv1.RunFunctionResponse, error) {
	req, err := p.FirstRequest()
	if err != nil {
		return nil, nil, err
	}
	var asked *fnv1.Requirements
	for range maxFetches {
		rsp, err := p.Function.RunFunction(ctx, req)
		if err != nil {
			return nil, nil, err
		}
		if Fatal(rsp) != "" || proto.Equal(rsp.GetRequirements(), asked) {
			return req, rsp, nil
		}
		asked = rsp.GetRequirements()
		if req.RequiredResources, err = p.fetch(asked); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, fmt.Errorf("the function asked for other resources %d times", maxFetches)
}

func (p *ControlPlane) fetch(asked *fnv1.Requirements) (map[string]*fnv1.Resources, error) {
	out := make(map[string]*fnv1.Resources, len(asked.GetResources()))
	for key, sel := range asked.GetResources() {
		out[key] = &fnv1.Resources{}
		name := sel.GetMatchName()
		if labels := sel.GetMatchLabels().GetLabels(); labels != nil {
			name = labels["crossplane.io/claim-name"]
		}
		if name == "" { // All of a namespace, which is the only one here.
			items, err := p.all(sel.GetKind())
			if err != nil {
				return nil, err
			}
			out[key].Items = items
			continue
		}
		for _, of := range []string{sel.GetKind() + "/" + name, sel.GetKind() + "/" + name + "/twin"} {
			o, ok := p.required[of]
			if !ok {
				continue
			}
			s, err := o.onWire()
			if err != nil {
				return nil, fmt.Errorf("cannot convert required %s: %w", key, err)
			}
			out[key].Items = append(out[key].Items, &fnv1.Resource{Resource: s, ConnectionDetails: details()})
		}
	}
	return out, nil
}

// all resources of a kind that the function may ask for.
func (p *ControlPlane) all(kind string) ([]*fnv1.Resource, error) {
	var out []*fnv1.Resource
	for _, key := range sortedKeys(p.required) {
		if !strings.HasPrefix(key, kind+"/") {
			continue
		}
		s, err := p.required[key].onWire()
		if err != nil {
			return nil, fmt.Errorf("cannot convert required %s: %w", key, err)
		}
		out = append(out, &fnv1.Resource{Resource: s, ConnectionDetails: details()})
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

// Refusals of a response: a fatal result, or what the kind's own condition refuses.
func Refusals(rsp *fnv1.RunFunctionResponse) []string {
	if m := Fatal(rsp); m != "" {
		return []string{m}
	}
	for _, c := range rsp.GetConditions() {
		if c.GetReason() != "Refused" || !strings.HasSuffix(c.GetType(), "Ready") {
			continue
		}
		n := 0
		if _, err := fmt.Sscanf(c.GetMessage(), "1 of %d: ", &n); err != nil {
			return []string{c.GetMessage()}
		}
		out := make([]string, n)
		rest := strings.TrimPrefix(c.GetMessage(), fmt.Sprintf("1 of %d: ", n))
		for i := range out {
			out[i], rest, _ = strings.Cut(rest, fmt.Sprintf("; %d of %d: ", i+2, n))
		}
		return out
	}
	return nil
}

// Refusal is all refusals of a response, each on its line; empty when it has none.
func Refusal(rsp *fnv1.RunFunctionResponse) string { return strings.Join(Refusals(rsp), "\n") }

// TryReconcile runs the function and applies what it desires: new resources exist
// afterwards, without a status; those that it leaves out are gone. A fatal result
// changes nothing.
func (p *ControlPlane) TryReconcile(ctx context.Context) (*fnv1.RunFunctionResponse, error) {
	rsp, err := p.Run(ctx)
	if err != nil || Fatal(rsp) != "" {
		return rsp, err
	}
	p.clock = p.clock.Add(time.Minute)
	for name, r := range rsp.GetDesired().GetResources() {
		p.apply(name, r.GetResource())
	}
	for name := range p.composed {
		if _, ok := rsp.GetDesired().GetResources()[name]; !ok {
			delete(p.composed, name)
		}
	}
	if s, ok := rsp.GetDesired().GetComposite().GetResource().GetFields()["status"]; ok {
		p.XR["status"] = s.AsInterface()
	}
	return rsp, nil
}

// Reconcile is TryReconcile where an error is not what the test is about.
func (p *ControlPlane) Reconcile(t testing.TB) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp, err := p.TryReconcile(t.Context())
	if err != nil {
		t.Fatalf("cannot reconcile: %v", err)
	}
	return rsp
}

// Settle reconciles until everything is ready and nothing changes. A fatal result
// fails the test.
func (p *ControlPlane) Settle(t testing.TB) *fnv1.RunFunctionResponse {
	t.Helper()
	var last *fnv1.RunFunctionResponse
	for range maxReconciles {
		rsp := p.Reconcile(t)
		if m := Fatal(rsp); m != "" {
			t.Fatalf("unexpected fatal result: %s", m)
		}
		if last != nil && same(last, rsp) {
			return rsp
		}
		p.MarkReady()
		last = rsp
	}
	t.Fatal("the function does not settle: its answer changes with each reconcile")
	return nil
}

func (p *ControlPlane) apply(name string, desired *structpb.Struct) {
	is, exists := p.composed[name]
	if exists && !is.lent && equalStructs(is.desired, desired) {
		return
	}
	want := desired.AsMap()
	meta := child(want, "metadata")
	if exists {
		old := child(is.fields, "metadata")
		for _, k := range []string{"name", "uid", "creationTimestamp"} {
			meta[k] = old[k]
		}
		if a, ok := child(old, "annotations")[externalName]; ok {
			child(meta, "annotations")[externalName] = a
		}
		if s, ok := is.fields["status"]; ok {
			want["status"] = s
		}
		is.provided.stay(child(child(want, "spec"), "forProvider"))
	} else {
		id := digest(fmt.Sprint(child(p.XR, "metadata")["name"], name))
		meta["name"] = fmt.Sprintf("%s-%s", child(p.XR, "metadata")["name"], id[:12])
		meta["uid"] = id
		meta["creationTimestamp"] = p.clock.Format(time.RFC3339)
	}
	now := &object{fields: want, desired: desired}
	if exists {
		now.provided = is.provided
	}
	p.composed[name] = now
}

// MarkReady makes resources ready that exist; all of them when none is named.
func (p *ControlPlane) MarkReady(names ...string) {
	if len(names) == 0 {
		names = p.Names()
	}
	for _, name := range names {
		if o, ok := p.composed[name]; ok {
			p.markReady(name, o)
		}
	}
}

func (p *ControlPlane) markReady(name string, o *object) {
	r := o.fields
	kind, _ := r["kind"].(string)
	at, refused := o.provide()
	if refused != nil { // It is ready as it was.
		o.wire = nil
		child(r, "status")["conditions"] = p.conditions("False", "ReconcileError", "update failed: "+refused.Error())
		return
	}
	uid, _ := child(r, "metadata")["uid"].(string)
	id := ID(kind, uid)
	annotations := child(child(r, "metadata"), "annotations")
	if n, ok := annotations[externalName].(string); ok {
		id = n
	}
	at["id"] = id
	at["arn"] = "arn:aws:simulated:::" + id
	if p.AWS != nil {
		apiVersion, _ := r["apiVersion"].(string)
		p.AWS(apiVersion, kind, name, at, p.id)
	}
	if !o.lent && isReady(r) && annotations[externalName] == id && reflect.DeepEqual(child(r, "status")["atProvider"], at) {
		return
	}
	annotations[externalName] = id
	o.wire = nil
	r["status"] = map[string]any{
		"atProvider": at,
		"conditions": p.conditions("True", "ReconcileSuccess", ""),
	}
}

// conditions of a resource that is ready: whether the provider could sync it, and why not.
func (p *ControlPlane) conditions(synced, reason, message string) []any {
	at := p.clock.Format(time.RFC3339)
	sync := map[string]any{"type": "Synced", "status": synced, "reason": reason, "lastTransitionTime": at}
	if message != "" {
		sync["message"] = message
	}
	return []any{sync, map[string]any{"type": "Ready", "status": "True", "reason": "Available", "lastTransitionTime": at}}
}

func isReady(r map[string]any) bool {
	conditions, _ := child(r, "status")["conditions"].([]any)
	for _, c := range conditions {
		if c, _ := c.(map[string]any); c["status"] != "True" {
			return false
		}
	}
	return len(conditions) > 0
}

// Fail makes the provider unable to sync a resource.
func (p *ControlPlane) Fail(name, message string) {
	o := p.composed[name]
	o.wire = nil
	child(o.fields, "status")["conditions"] = []any{
		map[string]any{"type": "Synced", "status": "False", "reason": "ReconcileError", "message": message},
		map[string]any{"type": "Ready", "status": "False", "reason": "Creating"},
	}
}

func (p *ControlPlane) id(name string) string {
	o, ok := p.composed[name]
	if !ok {
		return ""
	}
	id, _ := child(child(o.fields, "status"), "atProvider")["id"].(string)
	return id
}

// Names of the composed resources that exist, sorted.
func (p *ControlPlane) Names() []string { return slices.Sorted(maps.Keys(p.composed)) }

// Has reports whether a composed resource exists.
func (p *ControlPlane) Has(name string) bool {
	_, ok := p.composed[name]
	return ok
}

// Kind of a composed resource.
func (p *ControlPlane) Kind(name string) string {
	if o, ok := p.composed[name]; ok {
		kind, _ := o.fields["kind"].(string)
		return kind
	}
	return ""
}

// Get a composed resource that exists, for a test to change; nil for one that does
// not.
func (p *ControlPlane) Get(name string) map[string]any {
	if o, ok := p.composed[name]; ok {
		return o.lend()
	}
	return nil
}

// ForProvider is the spec.forProvider of a composed resource.
func (p *ControlPlane) ForProvider(name string) map[string]any {
	spec, _ := p.Get(name)["spec"].(map[string]any)
	fp, _ := spec["forProvider"].(map[string]any)
	return fp
}

// AtProvider is the status.atProvider of a composed resource: what AWS answered.
func (p *ControlPlane) AtProvider(name string) map[string]any {
	status, _ := p.Get(name)["status"].(map[string]any)
	at, _ := status["atProvider"].(map[string]any)
	return at
}

// Answer changes what AWS answers from now on.
func (p *ControlPlane) Answer(change func(kind string, at map[string]any)) {
	before := p.AWS
	p.AWS = func(apiVersion, kind, name string, at map[string]any, id func(string) string) {
		before(apiVersion, kind, name, at, id)
		change(kind, at)
	}
}

// ID is a made-up AWS id.
func ID(kind, seed string) string {
	prefix := strings.ToLower(kind)
	if kind == "PodIdentityAssociation" { // The function reads this one, and AWS's start so.
		prefix = "a"
	}
	return prefix + "-" + digest(kind + seed)[:17]
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
