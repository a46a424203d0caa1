// Package charts decides which Helm charts a cluster gets, at which versions and
// with which values.
//
// It reads what the cluster is (its name, region, VPC, queue) and writes Helm
// releases. It makes no AWS resource: the role of a controller is bound to the
// namespace and service account that a release names, by Pod Identity. A pod gets
// its credentials when it starts, so that binding must exist before the release.
package charts

import (
	"github.com/ausmart/platform/functions/internal/incluster"
)

// Inputs are what the values depend on.
type Inputs struct {
	// Cluster is the name of the EKS cluster.
	Cluster string

	// Region of AWS.
	Region string

	// VPCID that the cluster is in.
	VPCID string

	// InterruptionQueue is the name of the SQS queue that tells Karpenter which
	// nodes are about to go. Empty where Karpenter is off: its charts are left out.
	InterruptionQueue string

	// HostedZoneIDs that external-dns may write to. None: it is left out.
	HostedZoneIDs []string

	// Redundant runs two of each controller that can have two, in two zones.
	Redundant bool
}

// A Release is a chart in the cluster.
type Release struct {
	// Name of the composed resource; it ends in this.
	Name string

	// Namespace and ServiceAccount that the controller's role is bound to. The
	// account is empty where a chart's pods need nothing of AWS.
	Namespace, ServiceAccount string

	// Parameters of the release.
	Parameters incluster.ReleaseParameters
}

// All releases in the order in which they go in.
func All(Inputs) []Release {
	return nil
}
