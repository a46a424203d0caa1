package functiontest

import (
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// Names of the resources that a response desires, sorted.
func Names(rsp *fnv1.RunFunctionResponse) []string {
	return slices.Sorted(maps.Keys(rsp.GetDesired().GetResources()))
}

// Status of the composite that a response writes.
func Status(rsp *fnv1.RunFunctionResponse) map[string]any {
	s, _ := rsp.GetDesired().GetComposite().GetResource().GetFields()["status"].AsInterface().(map[string]any)
	return s
}

// Conditions of a response that are True, by type; those that are not are false.
func Conditions(rsp *fnv1.RunFunctionResponse) map[string]bool {
	out := map[string]bool{}
	for _, c := range rsp.GetConditions() {
		out[c.GetType()] = c.GetStatus() == fnv1.Status_STATUS_CONDITION_TRUE
	}
	return out
}

// Changes between the resources of two responses, each as "verb name", sorted.
func Changes(before, after *fnv1.RunFunctionResponse) []string {
	old, now := before.GetDesired().GetResources(), after.GetDesired().GetResources()
	var out []string
	for _, name := range keys(old, now) {
		switch {
		case now[name] == nil:
			out = append(out, "delete "+name)
		case old[name] == nil:
			out = append(out, "create "+name)
		case !equalResources(old[name], now[name]):
			out = append(out, "update "+name)
		}
	}
	slices.Sort(out)
	return out
}

// same reports whether two responses are equal. It is proto.Equal at a fraction of
// the cost: of responses that are nearly all composed resources.
func same(a, b *fnv1.RunFunctionResponse) bool {
	return maps.EqualFunc(a.GetDesired().GetResources(), b.GetDesired().GetResources(), equalResources) &&
		proto.Equal(withoutResources(a), withoutResources(b))
}

// withoutResources is a response without its composed resources.
func withoutResources(rsp *fnv1.RunFunctionResponse) *fnv1.RunFunctionResponse {
	out := &fnv1.RunFunctionResponse{}
	fields := rsp.ProtoReflect()
	for i := range fields.Descriptor().Fields().Len() {
		if f := fields.Descriptor().Fields().Get(i); fields.Has(f) {
			out.ProtoReflect().Set(f, fields.Get(f))
		}
	}
	if rsp.GetDesired() != nil {
		out.Desired = &fnv1.State{Composite: rsp.GetDesired().GetComposite()}
	}
	return out
}

func equalResources(a, b *fnv1.Resource) bool {
	return a.GetReady() == b.GetReady() && equalStructs(a.GetResource(), b.GetResource()) &&
		maps.EqualFunc(a.GetConnectionDetails(), b.GetConnectionDetails(), slices.Equal[[]byte])
}

func equalStructs(a, b *structpb.Struct) bool {
	return (a == nil) == (b == nil) && maps.EqualFunc(a.GetFields(), b.GetFields(), equalValues)
}

func equalValues(a, b *structpb.Value) bool {
	switch x := a.GetKind().(type) {
	case *structpb.Value_StructValue:
		y, ok := b.GetKind().(*structpb.Value_StructValue)
		return ok && equalStructs(x.StructValue, y.StructValue)
	case *structpb.Value_ListValue:
		y, ok := b.GetKind().(*structpb.Value_ListValue)
		return ok && slices.EqualFunc(x.ListValue.GetValues(), y.ListValue.GetValues(), equalValues)
	case *structpb.Value_StringValue:
		y, ok := b.GetKind().(*structpb.Value_StringValue)
		return ok && x.StringValue == y.StringValue
	default:
		return proto.Equal(a, b)
	}
}
