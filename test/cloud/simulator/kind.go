package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/ausmart/platform/test/cloud/catalog"
)

// A kind is an installed managed resource kind.
type kind struct {
	catalog.Kind

	gvk schema.GroupVersionKind

	// observed is the schema of status.atProvider; values that do not fit are not written.
	observed *shape

	// taggable kinds get the tags that the provider sets on every resource.
	taggable bool
}

// kinds are the watched kinds. It is safe for use by many goroutines.
type kinds struct {
	mu     sync.RWMutex
	byGK   map[catalog.GroupKind]*kind
	byName map[string]*kind // by the CRD's name
}

func newKinds() *kinds {
	return &kinds{byGK: map[catalog.GroupKind]*kind{}, byName: map[string]*kind{}}
}

func (ks *kinds) find(gk catalog.GroupKind) (*kind, bool) {
	ks.mu.RLock()
	defer ks.mu.RUnlock()
	k, ok := ks.byGK[gk]
	return k, ok
}

func (ks *kinds) named(crd string) (*kind, bool) {
	ks.mu.RLock()
	defer ks.mu.RUnlock()
	k, ok := ks.byName[crd]
	return k, ok
}

func (ks *kinds) add(crd string, k *kind) {
	ks.mu.Lock()
	defer ks.mu.Unlock()
	ks.byGK[k.GroupKind], ks.byName[crd] = k, k
}

func (ks *kinds) remove(crd string) {
	ks.mu.Lock()
	defer ks.mu.Unlock()
	if k, ok := ks.byName[crd]; ok {
		delete(ks.byGK, k.GroupKind)
		delete(ks.byName, crd)
	}
}

func groupKind(gvk schema.GroupVersionKind) catalog.GroupKind {
	service, _, _ := strings.Cut(gvk.Group, ".")
	return catalog.GroupKind{Service: service, Kind: gvk.Kind}
}

// crd holds the fields of a CustomResourceDefinition that are used here: a whole definition is large.
type crd struct {
	Spec struct {
		Group string `json:"group"`
		Names struct {
			Kind       string   `json:"kind"`
			Categories []string `json:"categories"`
		} `json:"names"`
		Versions []struct {
			Name    string `json:"name"`
			Storage bool   `json:"storage"`
			Schema  struct {
				Root shape `json:"openAPIV3Schema"`
			} `json:"schema"`
		} `json:"versions"`
	} `json:"spec"`
	Status struct {
		Conditions []struct{ Type, Status string } `json:"conditions"`
	} `json:"status"`
}

// kindOf reads a kind from its CRD. It returns nil when the CRD does not define a managed resource,
// or is not served yet.
func kindOf(c *catalog.Catalog, u *unstructured.Unstructured) (*kind, error) {
	b, err := u.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("cannot read CRD %s: %w", u.GetName(), err)
	}
	d := crd{}
	if err := json.Unmarshal(b, &d); err != nil {
		return nil, fmt.Errorf("cannot read CRD %s: %w", u.GetName(), err)
	}
	if !slices.Contains(d.Spec.Names.Categories, "managed") || !d.established() {
		return nil, nil //nolint:nilnil // No kind is a valid result: the CRD is not simulated.
	}
	for _, v := range d.Spec.Versions {
		// Other versions than the stored one need the provider's conversion webhook, which is not here.
		if !v.Storage {
			continue
		}
		k := &kind{gvk: schema.GroupVersionKind{Group: d.Spec.Group, Version: v.Name, Kind: d.Spec.Names.Kind}}
		gk := groupKind(k.gvk)
		known, ok := c.Kind(gk)
		if !ok {
			known = catalog.Kind{GroupKind: gk, Version: v.Name, Naming: catalog.ByName}
		}
		k.Kind = known
		k.observed = v.Schema.Root.at("status", "atProvider")
		k.taggable = v.Schema.Root.at("spec", "forProvider", "tags") != nil && k.observed.at("tagsAll") != nil
		return k, nil
	}
	return nil, fmt.Errorf("cannot read CRD %s: it has no storage version", u.GetName())
}

func (d crd) established() bool {
	for _, c := range d.Status.Conditions {
		if c.Type == "Established" {
			return c.Status == "True"
		}
	}
	return false
}

// A shape is the part of a schema that decides which values fit.
type shape struct {
	Type       string            `json:"type,omitempty"`
	Properties map[string]*shape `json:"properties,omitempty"`
	Items      *shape            `json:"items,omitempty"`
	Additional *shape            `json:"additionalProperties,omitempty"`
	Open       bool              `json:"x-kubernetes-preserve-unknown-fields,omitempty"`
}

// at returns the schema of a nested property, or nil when there is none.
func (s *shape) at(path ...string) *shape {
	for _, p := range path {
		if s == nil {
			return nil
		}
		s = s.Properties[p]
	}
	return s
}

// fit removes from a value what the API server would prune or refuse. It reports false when nothing is left.
func (s *shape) fit(v any) (any, bool) {
	switch {
	case s == nil:
		return nil, false
	case s.Open:
		return v, true
	}
	switch v := v.(type) {
	case map[string]any:
		return s.fitObject(v)
	case []any:
		return s.fitArray(v)
	case string:
		return v, s.Type == "string"
	case bool:
		return v, s.Type == "boolean"
	case int: // Kubernetes copies JSON numbers of two types only.
		return s.fit(int64(v))
	case int64, float64:
		return v, s.Type == "number" || s.Type == "integer"
	}
	return nil, false
}

func (s *shape) fitObject(v map[string]any) (any, bool) {
	if s.Type != "object" {
		return nil, false
	}
	out := map[string]any{}
	for key, value := range v {
		of := s.Properties[key]
		if of == nil {
			of = s.Additional
		}
		if fitted, ok := of.fit(value); ok {
			out[key] = fitted
		}
	}
	return out, true
}

func (s *shape) fitArray(v []any) (any, bool) {
	if s.Type != "array" {
		return nil, false
	}
	out := []any{}
	for _, value := range v {
		if fitted, ok := s.Items.fit(value); ok {
			out = append(out, fitted)
		}
	}
	return out, true
}
