package desired

import (
	"fmt"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// providerAPIs is where the Go types of provider-aws are: a folder for each API
// group, and in it one for each version. Groups end in providerGroup.
const (
	providerAPIs  = "github.com/upbound/provider-aws/v2/apis/cluster/"
	providerGroup = ".aws.upbound.io"
)

// setKind writes down the kind and version of an object. Those of provider-aws
// follow from the Go type; all others bring theirs.
//
// The provider's own schemes have the same kinds, but with them every function would link
// the APIs of all four.
func setKind(o Object) error {
	if !o.GetObjectKind().GroupVersionKind().Empty() {
		return nil
	}
	t := reflect.TypeOf(o).Elem()
	api, ok := strings.CutPrefix(t.PkgPath(), providerAPIs)
	group, version, found := strings.Cut(api, "/")
	if !ok || !found {
		return fmt.Errorf("%s is no type of provider-aws and has no kind", t)
	}
	o.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{Group: group + providerGroup, Version: version, Kind: t.Name()})
	return nil
}
