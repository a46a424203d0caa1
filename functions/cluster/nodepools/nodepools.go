// Package nodepools decides which nodes Karpenter may start: one class of them,
// and two pools, on-demand and spot.
//
// It reads the names of the network and the instance profile, and the limits of the claim.
// It writes manifests that are applied once Karpenter runs. The baseline node group is not
// its subject.
//
// Where pods run: a pod goes to the baseline or to on-demand nodes. Only a pod
// that tolerates conventions.SpotTaint can go to spot nodes; then the spot pool's
// larger weight makes Karpenter try spot first, and on-demand where AWS has no spot
// capacity.
package nodepools

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/incluster"
)

// Names of the manifests.
const (
	ClassName    = "node-class"
	OnDemandName = "node-pool-on-demand"
	SpotName     = "node-pool-spot"
)

const (
	classGroup = "karpenter.k8s.aws"
	classKind  = "EC2NodeClass"

	// class is the name of the one class, in the cluster.
	class = "default"
)

// Inputs are what the pools depend on.
type Inputs struct {
	// Network is the name of the network, which its subnets and its security group
	// carry as discovery tag.
	Network string

	// InstanceProfile of the nodes. Karpenter needs no right to make one.
	InstanceProfile string

	// Architecture of the nodes, amd64 or arm64.
	Architecture string

	// Image of the nodes.
	Image Image

	// DiskGiB of each node's volume.
	DiskGiB int32

	// Tags on every instance and volume.
	Tags map[string]string

	// Karpenter of the claim; nil for the defaults.
	Karpenter *v1alpha1.Karpenter
}

// All manifests in the order in which they are applied; none where Karpenter is off. It
// fails on tags that are reserved for Karpenter.
func All(in Inputs) ([]incluster.NamedManifest, error) {
	claim := v1alpha1.Karpenter{}
	if in.Karpenter != nil {
		claim = *in.Karpenter
	}
	if claim.Enabled != nil && !*claim.Enabled {
		return nil, nil
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	// All three have a condition Ready.
	ready := incluster.ObjectReadiness{Policy: incluster.WhenReady}
	return incluster.Manifests(
		incluster.NamedObject{Name: ClassName, Object: nodeClass(in), Readiness: ready},
		incluster.NamedObject{Name: OnDemandName, Object: onDemand(in.Architecture, claim.OnDemand), Readiness: ready},
		incluster.NamedObject{Name: SpotName, Object: spot(in.Architecture, claim.Spot), Readiness: ready},
	)
}

// checkTags refuses what Karpenter's CRD would refuse later.
func checkTags(tags map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if slices.Contains(ownTags(), key) || strings.HasPrefix(key, "kubernetes.io/cluster") {
			return fmt.Errorf("spec.tags: Karpenter puts %q on nodes itself: remove it", key)
		}
	}
	return nil
}

// ownTags are refused by rules of EC2NodeClass' schema, v1.15.1 (read 2026-11-29).
func ownTags() []string {
	return []string{"eks:eks-cluster-name", "karpenter.sh/nodepool", "karpenter.sh/nodeclaim", "karpenter.k8s.aws/ec2nodeclass"}
}

func nodeClass(in Inputs) ec2NodeClass {
	here := []selectorTerm{{Tags: map[string]string{conventions.DiscoveryTag: in.Network}}}
	return ec2NodeClass{
		TypeMeta:   metav1.TypeMeta{APIVersion: classGroup + "/v1", Kind: classKind},
		ObjectMeta: metav1.ObjectMeta{Name: class},
		Spec: ec2NodeClassSpec{
			AMIFamily:                  in.Image.family,
			AMISelectorTerms:           []amiTerm{in.Image.term},
			InstanceProfile:            in.InstanceProfile,
			SubnetSelectorTerms:        here,
			SecurityGroupSelectorTerms: here,
			// Pods are a hop further than the node: with one hop they cannot take the
			// node's role. They have their own, by Pod Identity.
			MetadataOptions: metadataOptions{
				HTTPEndpoint:            "enabled",
				HTTPProtocolIPv6:        "disabled",
				HTTPPutResponseHopLimit: 1,
				HTTPTokens:              "required",
			},
			BlockDeviceMappings: []blockDevice{{
				DeviceName: "/dev/xvda", // Amazon Linux' root volume.
				RootVolume: true,
				EBS: volume{
					DeleteOnTermination: true,
					Encrypted:           true,
					VolumeSize:          fmt.Sprintf("%dGi", in.DiskGiB),
					VolumeType:          "gp3",
				},
			}},
			Tags: in.Tags,
		},
	}
}
