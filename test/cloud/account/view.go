package account

import "github.com/ausmart/platform/test/cloud/catalog"

// A view reads an account whose lock is held. It includes promised resources: their owners are
// about to create them.
type view struct{ a *Account }

// find returns the resource with an identifier or ARN, or an empty one.
func (v view) find(kind catalog.GroupKind, region, value string) *Resource {
	for _, k := range []Key{{Kind: kind, Region: region, ID: value}, {Kind: kind, ID: value}, v.a.byARN[value]} {
		if r, ok := v.a.resources[k.Kind][k]; ok && k.Kind == kind && present(r) {
			return r
		}
	}
	return &Resource{}
}

func (v view) anyOf(kinds []catalog.GroupKind, region, value string) bool {
	for _, k := range kinds {
		if v.find(k, region, value).ID != "" {
			return true
		}
	}
	return false
}

// with returns another resource of the key's kind and region whose field has the value, or nil.
func (v view) with(k Key, field, value string) *Resource {
	for _, r := range v.all(k.Kind) {
		if r.Key != k && r.Region == k.Region && r.text(field) == value {
			return r
		}
	}
	return nil
}

// all lists the resources of a kind, in no order.
func (v view) all(kind catalog.GroupKind) []*Resource {
	out := make([]*Resource, 0, len(v.a.resources[kind]))
	for _, r := range v.a.resources[kind] {
		if present(r) {
			out = append(out, r)
		}
	}
	return out
}

func present(r *Resource) bool { return r.State == Live || r.State == Promised }
