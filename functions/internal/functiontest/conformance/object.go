package conformance

import (
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// object of JSON as protobuf knows it.
func object(fields map[string]any) *structpb.Struct {
	s, err := structpb.NewStruct(fields)
	if err != nil {
		panic(fmt.Sprintf("not JSON: %v: this is a bug of the conformance suite", err))
	}
	return s
}

// merge returns base with the fields of over. Objects are merged, all else is
// replaced: what server-side apply does with two owners of different fields.
func merge(base, over *structpb.Struct) *structpb.Struct {
	if base == nil {
		return proto.CloneOf(over)
	}
	out := proto.CloneOf(base)
	if out.GetFields() == nil {
		out.Fields = map[string]*structpb.Value{}
	}
	for k, v := range over.GetFields() {
		if o, b := v.GetStructValue(), out.GetFields()[k].GetStructValue(); o != nil && b != nil {
			out.Fields[k] = structpb.NewStructValue(merge(b, o))
			continue
		}
		out.Fields[k] = proto.CloneOf(v)
	}
	return out
}
