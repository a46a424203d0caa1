package desired

import (
	"crypto/sha256"
	"encoding/hex"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
)

// ResourceLabel is on every composed resource and holds its name in the
// composition, so that selectors can find it.
const ResourceLabel = "platform.ausmart.io/resource"

func setName(o Object, name string) {
	labels := o.GetLabels()
	if labels == nil {
		labels = make(map[string]string, 1)
	}
	labels[ResourceLabel] = label(name)
	o.SetLabels(labels)
}

// label is a resource's name as the value of a label, which has 63 characters at
// most. A longer name ends in a digest, so that no two are the same.
func label(name string) string {
	const longest, digits = 63, 10
	if len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:longest-digits-1] + "-" + hex.EncodeToString(sum[:])[:digits]
}

// Selector finds the resource of that name among those of the same composite.
func Selector(name string) *xpv1.Selector {
	matchControllerRef := true
	return &xpv1.Selector{MatchControllerRef: &matchControllerRef, MatchLabels: map[string]string{ResourceLabel: label(name)}}
}

// FollowingSelector is a Selector for a reference whose target can change. By default a
// provider resolves a reference once and keeps the result, whatever the selector is later.
// This one has the policy to resolve it always.
func FollowingSelector(name string) *xpv1.Selector {
	always := xpv1.ResolvePolicyAlways
	s := Selector(name)
	s.Policy = &xpv1.Policy{Resolve: &always}
	return s
}
