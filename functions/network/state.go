package network

import (
	"k8s.io/utils/ptr"

	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	ec2v1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta2"
	kmsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/kms/v1beta1"
	s3v1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/s3/v1beta2"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/observed"
)

// state is what exists of the network. A map has no entry, and a string is empty,
// while AWS has not answered.
type state struct {
	vpcID   string
	vpcCIDR string

	// account that owns the VPC.
	account string

	subnetID   map[tier]map[v1alpha1.Zone]string
	subnetCIDR map[tier]map[v1alpha1.Zone]string

	natID map[v1alpha1.Zone]string

	// address is the public one of a zone's NAT gateway.
	address map[v1alpha1.Zone]string

	// routedTo is the id of the NAT gateway that a zone's app tier uses.
	routedTo map[v1alpha1.Zone]string

	nodeGroupID      string
	endpointsGroupID string
	keyARN           string

	// bucketKey is the ARN of the key that the log bucket is encrypted with.
	bucketKey string
}

func readState(obs observed.Resources) (state, error) {
	s := state{
		subnetID:   map[tier]map[v1alpha1.Zone]string{},
		subnetCIDR: map[tier]map[v1alpha1.Zone]string{},
		natID:      map[v1alpha1.Zone]string{},
		address:    map[v1alpha1.Zone]string{},
		routedTo:   map[v1alpha1.Zone]string{},
	}
	r := observed.NewReader(obs)
	vpc := observed.Read[ec2v1beta1.VPC](r, vpcName)
	s.vpcID, s.vpcCIDR = ptr.Deref(vpc.Status.AtProvider.ID, ""), ptr.Deref(vpc.Status.AtProvider.CidrBlock, "")
	s.account = ptr.Deref(vpc.Status.AtProvider.OwnerID, "")

	s.nodeGroupID = ptr.Deref(observed.Read[ec2v1beta1.SecurityGroup](r, nodeGroupName).Status.AtProvider.ID, "")
	s.endpointsGroupID = ptr.Deref(observed.Read[ec2v1beta1.SecurityGroup](r, endpointsGroupName).Status.AtProvider.ID, "")
	s.keyARN = ptr.Deref(observed.Read[kmsv1beta1.Key](r, keyName).Status.AtProvider.Arn, "")
	for _, rule := range observed.Read[s3v1beta2.BucketServerSideEncryptionConfiguration](r, encryptionName(bucketName)).Spec.ForProvider.Rule {
		if with := rule.ApplyServerSideEncryptionByDefault; with != nil {
			s.bucketKey = ptr.Deref(with.KMSMasterKeyID, "")
		}
	}

	for _, t := range tiers() {
		s.subnetID[t], s.subnetCIDR[t] = map[v1alpha1.Zone]string{}, map[v1alpha1.Zone]string{}
		for _, z := range allZones() {
			subnet := observed.Read[ec2v1beta1.Subnet](r, subnetName(t, z)).Status.AtProvider
			put(s.subnetID[t], z, subnet.ID)
			put(s.subnetCIDR[t], z, subnet.CidrBlock)
		}
	}
	for _, z := range allZones() {
		put(s.natID, z, observed.Read[ec2v1beta1.NATGateway](r, natName(z)).Status.AtProvider.ID)
		put(s.address, z, observed.Read[ec2v1beta1.EIP](r, eipName(z)).Status.AtProvider.PublicIP)
		put(s.routedTo, z, observed.Read[ec2v1beta2.Route](r, appRouteName(z)).Status.AtProvider.NATGatewayID)
	}
	return s, r.Err()
}

func put(m map[v1alpha1.Zone]string, z v1alpha1.Zone, v *string) {
	if text := ptr.Deref(v, ""); text != "" {
		m[z] = text
	}
}
