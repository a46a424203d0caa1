package render

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/cloud/catalog"
)

const (
	// resourceLabel is the label of the functions' selectors.
	resourceLabel = "platform.ausmart.io/resource"

	// compositionResourceName is where Crossplane keeps a composed resource's name in the composition.
	compositionResourceName = "crossplane.io/composition-resource-name"

	externalName = "crossplane.io/external-name"
)

// errUnresolved means that a referenced resource does not exist yet.
var errUnresolved = errors.New("a reference is not resolved yet")

// A cloud makes composed resources ready, with ids and addresses from simulated AWS.
type cloud struct {
	account *account.Account
	catalog *catalog.Catalog
}

func newCloud() (*cloud, error) {
	known, err := catalog.New()
	if err != nil {
		return nil, err
	}
	return &cloud{account: account.New(time.Now), catalog: known}, nil
}

// provide makes every resource ready whose references can be resolved, one after the other. A
// resource that AWS would refuse is an error.
func (c *cloud) provide(objects []*unstructured.Unstructured) error {
	for progress := true; progress; {
		progress = false
		for _, o := range objects {
			if _, done := o.Object["status"]; done {
				continue
			}
			at, err := c.create(o, objects)
			if errors.Is(err, errUnresolved) {
				continue
			}
			if err != nil {
				return fmt.Errorf("AWS would refuse %s: %w", o.GetAnnotations()[compositionResourceName], err)
			}
			o.Object["status"] = map[string]any{"atProvider": at, "conditions": conditions("Synced", "Ready")}
			progress = true
		}
	}
	return nil
}

func conditions(types ...string) []any {
	out := make([]any, 0, len(types))
	for _, t := range types {
		// One time for all, so that what is rendered twice is the same.
		out = append(out, map[string]any{"type": t, "status": "True", "reason": "Available", "lastTransitionTime": "2026-01-01T00:00:00Z"})
	}
	return out
}

// create returns what the provider would observe of a resource.
func (c *cloud) create(o *unstructured.Unstructured, all []*unstructured.Unstructured) (map[string]any, error) {
	params, _, _ := unstructured.NestedMap(o.Object, "spec", "forProvider")
	service, isAWS := strings.CutSuffix(o.GroupVersionKind().Group, catalog.Suffix)
	if !isAWS {
		return params, nil // An object or a release in a cluster is observed as composed.
	}
	k, known := c.catalog.Kind(catalog.GroupKind{Service: service, Kind: o.GetKind()})
	if !known {
		return nil, fmt.Errorf("simulated AWS knows no kind %s/%s", service, o.GetKind())
	}
	if err := resolve(params, k.References, all); err != nil {
		return nil, err
	}
	region, _ := params["region"].(string)
	external := o.GetAnnotations()[externalName]
	if external == "" && k.Naming == catalog.ByName {
		external = o.GetName()
	}
	promise, err := c.account.Promise(account.Request{
		Kind: k.GroupKind, Region: region, Name: o.GetName(), Owner: o.GetName(), ExternalName: external, Params: params,
	})
	if err != nil {
		return nil, err
	}
	if err := c.account.Create(promise.Key); err != nil {
		return nil, err
	}
	made, _, err := c.account.Describe(promise.Key)
	if err != nil {
		return nil, err
	}
	annotations := o.GetAnnotations()
	annotations[externalName] = made.ID
	o.SetAnnotations(annotations)
	at := maps.Clone(made.Attributes)
	maps.Copy(at, made.Params)
	return at, nil
}

// resolve fills the fields that select other resources of the composition.
func resolve(params map[string]any, references []catalog.Reference, all []*unstructured.Unstructured) error {
	for _, ref := range references {
		path := strings.Split(ref.Field, ".")
		leaf := path[len(path)-1]
		for _, holder := range holders(params, path[:len(path)-1]) {
			name, _, _ := unstructured.NestedString(holder, ref.Selector, "matchLabels", resourceLabel)
			if name == "" {
				continue
			}
			value := extract(all, ref, name)
			if value == "" {
				return errUnresolved
			}
			delete(holder, ref.Selector)
			holder[leaf] = value
			if ref.Many {
				holder[leaf] = []any{value}
			}
		}
	}
	return nil
}

// holders are the objects at a path, in which "[*]" means every element of a list.
func holders(v any, path []string) []map[string]any {
	m, ok := v.(map[string]any)
	if !ok || len(path) == 0 {
		if ok {
			return []map[string]any{m}
		}
		return nil
	}
	name, list := strings.CutSuffix(path[0], "[*]")
	if !list {
		return holders(m[name], path[1:])
	}
	var out []map[string]any
	elements, _ := m[name].([]any)
	for _, e := range elements {
		out = append(out, holders(e, path[1:])...)
	}
	return out
}

// extract a value of the selected resource; it is empty while there is none.
func extract(all []*unstructured.Unstructured, ref catalog.Reference, name string) string {
	for _, o := range all {
		if o.GetKind() != ref.To.Kind || o.GetLabels()[resourceLabel] != name {
			continue
		}
		switch path := strings.Split(ref.Extract, "."); ref.Extract {
		case "external-name", "external-name-if-active":
			if _, ready := o.Object["status"]; ready {
				return o.GetAnnotations()[externalName]
			}
		case "id":
			path = []string{"status", "atProvider", "id"}
			fallthrough
		default:
			value, _, _ := unstructured.NestedString(o.Object, path...)
			return value
		}
	}
	return ""
}
