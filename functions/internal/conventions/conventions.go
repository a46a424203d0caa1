// Package conventions has what two kinds of claim, or a claim and Crossplane, must
// agree on: labels, tags, taints, namespaces and ports. Each is written by one function and read
// by another.
package conventions

import (
	"slices"
	"strings"

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

// ExternalDNSNamespace is the namespace of the controller that writes DNS names.
const ExternalDNSNamespace = "external-dns"

// ClusterNamespaces are those that the platform makes in a cluster for itself. A test of the
// function of clusters compares them with what it composes.
func ClusterNamespaces() []string {
	return []string{ExternalDNSNamespace, TelemetryNamespace, TelemetryLogsNamespace}
}

// IsClusterNamespace reports whether a namespace holds what a cluster itself runs. A
// Service that took it would forbid the pods that are there.
func IsClusterNamespace(name string) bool {
	return strings.HasPrefix(name, "kube-") || name == "default" || slices.Contains(ClusterNamespaces(), name)
}
