package simulator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/fieldpath"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reference"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/cloud/catalog"
)

// A resolver fills fields from the resources that they refer to. Crossplane-runtime's own code
// chooses the resource, and decides when to choose again.
type resolver struct {
	kinds *kinds
	cache client.Reader
}

// resolve fills every field that refers to another resource. It stops at the first that cannot be filled.
func (r *resolver) resolve(ctx context.Context, mg *Managed, k *kind) error {
	api := reference.NewAPIResolver(managedReader{r.cache}, mg)
	for _, section := range []string{"forProvider", "initProvider"} {
		fields := mg.fields(section)
		if fields == nil {
			continue
		}
		for _, ref := range k.References {
			path, leaf := split(ref.Field)
			for _, holder := range holders(fields, path) {
				if holder[ref.Ref] == nil && holder[ref.Selector] == nil {
					continue
				}
				if err := r.fill(ctx, api, holder, leaf, ref); err != nil {
					return fmt.Errorf("%s: %w", strings.Replace(ref.GoPath, "ForProvider", strings.ToUpper(section[:1])+section[1:], 1), err)
				}
			}
		}
	}
	return nil
}

// split splits a path into the path of an object and the name of a field in it.
func split(path string) ([]string, string) {
	parts := strings.Split(path, ".")
	return parts[:len(parts)-1], parts[len(parts)-1]
}

// holders lists the objects at a path. "[*]" means every element of a list.
func holders(v any, path []string) []map[string]any {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	if len(path) == 0 {
		return []map[string]any{m}
	}
	name, list := strings.CutSuffix(path[0], "[*]")
	if !list {
		return holders(m[name], path[1:])
	}
	elements, _ := m[name].([]any)
	var out []map[string]any
	for _, e := range elements {
		out = append(out, holders(e, path[1:])...)
	}
	return out
}

func (r *resolver) fill(ctx context.Context, api *reference.APIResolver, holder map[string]any, leaf string, ref catalog.Reference) error {
	target, ok := r.kinds.find(ref.To)
	if !ok {
		return fmt.Errorf("failed to get the reference target managed resource and its list for reference resolution: "+
			"no CRD of %s is installed", ref.To)
	}
	to := reference.To{Managed: newManaged(target.gvk), List: &ManagedList{}}
	to.List.GetObjectKind().SetGroupVersionKind(target.gvk.GroupVersion().WithKind(target.gvk.Kind + "List"))
	if ref.Many {
		return fillMany(ctx, api, holder, leaf, ref, to)
	}
	return fillOne(ctx, api, holder, leaf, ref, to)
}

func fillOne(ctx context.Context, api *reference.APIResolver, holder map[string]any, leaf string, ref catalog.Reference, to reference.To) error {
	req := reference.ResolutionRequest{To: to, Extract: extractor(ref.Extract)}
	req.CurrentValue, _ = holder[leaf].(string)
	if err := errors.Join(decode(holder[ref.Ref], &req.Reference), decode(holder[ref.Selector], &req.Selector)); err != nil {
		return err
	}
	rsp, err := api.Resolve(ctx, req)
	if err != nil {
		return err
	}
	if rsp.ResolvedValue != "" {
		holder[leaf] = rsp.ResolvedValue
	}
	if rsp.ResolvedReference != nil {
		holder[ref.Ref], err = encode(rsp.ResolvedReference)
	}
	return err
}

func fillMany(ctx context.Context, api *reference.APIResolver, holder map[string]any, leaf string, ref catalog.Reference, to reference.To) error {
	req := reference.MultiResolutionRequest{To: to, Extract: extractor(ref.Extract)}
	current, _ := holder[leaf].([]any)
	for _, v := range current {
		req.CurrentValues = append(req.CurrentValues, fmt.Sprint(v))
	}
	references, _ := holder[ref.Ref].([]any)
	for _, v := range references {
		var decoded *xpv1.Reference
		if err := decode(v, &decoded); err != nil {
			return err
		}
		req.References = append(req.References, *decoded)
	}
	if err := decode(holder[ref.Selector], &req.Selector); err != nil {
		return err
	}
	rsp, err := api.ResolveMultiple(ctx, req)
	if err != nil {
		return err
	}
	values, encoded := []any{}, []any{}
	for _, v := range rsp.ResolvedValues {
		values = append(values, v)
	}
	for i := range rsp.ResolvedReferences {
		m, err := encode(&rsp.ResolvedReferences[i])
		if err != nil {
			return err
		}
		encoded = append(encoded, m)
	}
	holder[leaf], holder[ref.Ref] = values, encoded
	return nil
}

// decode does not change into when v is nil.
func decode[T any](v any, into **T) error {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	*into = new(T)
	return runtime.DefaultUnstructuredConverter.FromUnstructured(m, *into)
}

func encode(v any) (map[string]any, error) {
	return runtime.DefaultUnstructuredConverter.ToUnstructured(v)
}

// extractor returns a function that reads a value from the resource that is referred to; the value
// is empty while it is not known.
func extractor(extract string) reference.ExtractValueFn {
	return func(mg resource.Managed) string {
		object := mg.(*Managed).Object //nolint:forcetypeassert // The resolver gets Managed only.
		switch extract {
		case "external-name-if-active":
			if status, _ := fieldpath.Pave(object).GetString("status.atProvider.status"); status != "ACTIVE" {
				return ""
			}
			fallthrough
		case "external-name":
			return meta.GetExternalName(mg)
		}
		value, _ := fieldpath.Pave(object).GetString(extract)
		return value
	}
}

// A managedReader reads objects as Managed, for the reference resolution. It does not copy lists,
// which are only read, and sorts them as the API server does, because a selector takes the first
// match.
type managedReader struct{ cache client.Reader }

func (r managedReader) Get(ctx context.Context, key client.ObjectKey, obj client.Object, opts ...client.GetOption) error {
	return r.cache.Get(ctx, key, &obj.(*Managed).Unstructured, opts...) //nolint:forcetypeassert // See extractor.
}

func (r managedReader) List(ctx context.Context, list client.ObjectList, opts ...client.ListOption) error {
	l := &list.(*ManagedList).UnstructuredList //nolint:forcetypeassert // See extractor.
	err := r.cache.List(ctx, l, append(opts, client.UnsafeDisableDeepCopy)...)
	slices.SortFunc(l.Items, func(a, b unstructured.Unstructured) int { return strings.Compare(a.GetName(), b.GetName()) })
	return err
}
