package account

import (
	"strings"
	"time"

	"github.com/ausmart/platform/test/cloud/answers"
	"github.com/ausmart/platform/test/cloud/catalog"
)

// ID is the id of the account; no real account has it.
const ID = "000000000000"

// A State is the state of a resource in its life cycle.
type State string

// The states of a resource.
const (
	// Promised has an identifier but does not exist yet.
	Promised State = "promised"

	// Live exists.
	Live State = "live"

	// Scheduled is a key that AWS will destroy after its waiting period; to its users it is gone.
	Scheduled State = "scheduled"

	// Gone was deleted. It is kept so that its identifier is never used again.
	Gone State = "gone"
)

// A Key identifies a resource. Identifiers by name are only unique within their kind and region,
// and some only within a parent resource.
type Key struct {
	Kind   catalog.GroupKind `json:"kind"`
	Region string            `json:"region,omitempty"`
	Within string            `json:"within,omitempty"`
	ID     string            `json:"id"`
}

// A Resource is one resource of the account.
type Resource struct {
	Key

	// Name and Owner are the name and the uid of the Kubernetes object.
	Name  string `json:"name"`
	Owner string `json:"owner"`

	// Params are the last requested parameters, or those that Drift set. Attributes are what AWS adds.
	Params     map[string]any `json:"params,omitempty"`
	Attributes map[string]any `json:"attributes,omitempty"`

	State State `json:"state"`

	// ReadyAt and GoneAt are set when a delay postpones the effect of a call.
	ReadyAt time.Time `json:"readyAt,omitzero"`
	GoneAt  time.Time `json:"goneAt,omitzero"`

	// Made counts the resources of this kind and name so far, this one included.
	Made int `json:"made,omitempty"`

	// Created and Deleted number the calls that changed the account: they give the order.
	Created int `json:"created,omitempty"`
	Deleted int `json:"deleted,omitempty"`
}

// A Request asks for a resource.
type Request struct {
	Kind   catalog.GroupKind
	Region string
	Name   string
	Owner  string

	// ExternalName is the identifier that the user chose; it is empty when AWS assigns it.
	ExternalName string

	Params map[string]any
}

// texts lists the strings at a path of Params or Attributes. "[*]" means every element of a list.
func (r *Resource) texts(path string) []string {
	for _, m := range []map[string]any{r.Params, r.Attributes} {
		if found := texts(m, strings.Split(path, ".")); len(found) > 0 {
			return found
		}
	}
	return nil
}

// text is the first of texts, or empty.
func (r *Resource) text(path string) string {
	if found := r.texts(path); len(found) > 0 {
		return found[0]
	}
	return ""
}

// arn of the resource itself: a parameter of that name may refer to another resource.
func (r *Resource) arn() string {
	s, _ := r.Attributes["arn"].(string)
	return s
}

func texts(v any, path []string) []string {
	if len(path) == 0 {
		if s, ok := v.(string); ok && s != "" {
			return []string{s}
		}
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	name, list := strings.CutSuffix(path[0], "[*]")
	if !list {
		return texts(m[name], path[1:])
	}
	elements, _ := m[name].([]any)
	var out []string
	for _, e := range elements {
		out = append(out, texts(e, path[1:])...)
	}
	return out
}

// answers is the resource as the model of AWS knows it.
func (r *Resource) answers() answers.Resource {
	return answers.Resource{Service: r.Kind.Service, Kind: r.Kind.Kind, ID: r.ID, Region: r.Region, Account: ID, Params: r.Params}
}
