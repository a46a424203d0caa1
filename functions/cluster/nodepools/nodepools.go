// Package nodepools decides which nodes Karpenter may start: one class of them,
// and two pools, on-demand and spot.
//
// It reads the names of what the cluster and its network already have, and
// the limits of the claim; it writes manifests that go into the cluster once
// Karpenter's CRDs are there.
package nodepools

import (
	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/cluster/manifests"
)

// Inputs are what the pools depend on.
type Inputs struct {
	// Network is the name of the network, which its subnets and its security group
	// carry as discovery tag.
	Network string

	// NodeRole is the name of the nodes' IAM role.
	NodeRole string

	// Tags on every instance and volume.
	Tags map[string]string

	// Karpenter is what the claim says of the pools; nil says nothing.
	Karpenter *v1alpha1.Karpenter
}

// All manifests in the order in which they go in.
func All(Inputs) ([]manifests.Manifest, error) {
	return nil, nil
}
