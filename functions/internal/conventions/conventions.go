// Package conventions has what two kinds of claim, or a claim and Crossplane, must
// agree on: labels, tags, taints, namespaces and ports. Each is written by one function and
// read by another.
package conventions

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The labels that Crossplane puts on the composite of a claim.
const (
	LabelClaimName      = "crossplane.io/claim-name"
	LabelClaimNamespace = "crossplane.io/claim-namespace"
)

// ClaimOf a composite: its name and namespace, empty for a composite without a claim.
func ClaimOf(xr metav1.Object) (name, namespace string) {
	return xr.GetLabels()[LabelClaimName], xr.GetLabels()[LabelClaimNamespace]
}
