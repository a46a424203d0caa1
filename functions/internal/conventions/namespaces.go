package conventions

import (
	"slices"
	"strings"
)

// ExternalDNSNamespace is the namespace of the controller that writes DNS names.
const ExternalDNSNamespace = "external-dns"

// IsClusterNamespace reports whether a namespace holds what a cluster itself runs. A
// Service that took it would forbid the pods that are there.
func IsClusterNamespace(name string) bool {
	return strings.HasPrefix(name, "kube-") ||
		slices.Contains([]string{"default", TelemetryNamespace, TelemetryLogsNamespace, "karpenter", ExternalDNSNamespace}, name)
}
