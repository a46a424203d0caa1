package desired

import (
	"maps"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/ausmart/platform/functions/internal/observed"
)

// KeepAll keeps every resource that exists as it is, for a function that cannot
// compose: a resource that is left out is deleted. One that is being deleted is
// left out.
func (r *Resources) KeepAll() {
	for _, name := range r.observed.Names() {
		if !r.observed.Deleting(name) {
			r.Keep(name)
		}
	}
}

// appliedPart of an observed resource is what a function writes. The annotations
// under crossplane.io are the provider's own, but for the external name: to write them back
// as they were observed would undo what the provider wrote since.
func appliedPart(s *structpb.Struct) *structpb.Struct {
	in := s.GetFields()
	meta := in["metadata"].GetStructValue().GetFields()
	out := map[string]*structpb.Value{}
	for _, field := range []string{"apiVersion", "kind", "spec"} {
		if v, ok := in[field]; ok {
			out[field] = v
		}
	}
	kept := map[string]*structpb.Value{}
	for _, field := range []string{"labels", "annotations"} {
		all := maps.Clone(meta[field].GetStructValue().GetFields())
		maps.DeleteFunc(all, func(key string, _ *structpb.Value) bool {
			return key != observed.ExternalNameAnnotation && strings.HasPrefix(key, "crossplane.io/")
		})
		if len(all) > 0 {
			kept[field] = structpb.NewStructValue(&structpb.Struct{Fields: all})
		}
	}
	out["metadata"] = structpb.NewStructValue(&structpb.Struct{Fields: kept})
	return &structpb.Struct{Fields: out}
}
