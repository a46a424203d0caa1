package network

import (
	"fmt"

	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	ec2v1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta2"
	kmsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/kms/v1beta1"
	s3v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/s3/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/observed"
)

// seen is what the composition reads of what exists. A map has no entry, and a
// string is empty, where AWS has not answered yet.
type seen struct {
	vpcID   string
	vpcCIDR string
	region  string

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

// look reads what exists.
func look(obs observed.Resources) (seen, error) {
	s := seen{
		subnetID:   map[tier]map[v1alpha1.Zone]string{},
		subnetCIDR: map[tier]map[v1alpha1.Zone]string{},
		natID:      map[v1alpha1.Zone]string{},
		address:    map[v1alpha1.Zone]string{},
		routedTo:   map[v1alpha1.Zone]string{},
	}
	vpc, err := observed.Get[ec2v1beta1.VPC](obs, vpcName)
	if err != nil {
		return s, err
	}
	s.vpcID, s.vpcCIDR = value(vpc.Status.AtProvider.ID), value(vpc.Status.AtProvider.CidrBlock)
	s.region, s.account = value(vpc.Spec.ForProvider.Region), value(vpc.Status.AtProvider.OwnerID)

	node, err := observed.Get[ec2v1beta1.SecurityGroup](obs, nodeGroupName)
	if err != nil {
		return s, err
	}
	s.nodeGroupID = value(node.Status.AtProvider.ID)

	endpoints, err := observed.Get[ec2v1beta1.SecurityGroup](obs, endpointsGroupName)
	if err != nil {
		return s, err
	}
	s.endpointsGroupID = value(endpoints.Status.AtProvider.ID)

	key, err := observed.Get[kmsv1beta1.Key](obs, keyName)
	if err != nil {
		return s, err
	}
	s.keyARN = value(key.Status.AtProvider.Arn)

	encryption, err := observed.Get[s3v1beta1.BucketServerSideEncryptionConfiguration](obs, encryptionName)
	if err != nil {
		return s, err
	}
	for _, r := range encryption.Spec.ForProvider.Rule {
		for _, with := range r.ApplyServerSideEncryptionByDefault {
			s.bucketKey = value(with.KMSMasterKeyID)
		}
	}

	for _, t := range tiers() {
		s.subnetID[t], s.subnetCIDR[t] = map[v1alpha1.Zone]string{}, map[v1alpha1.Zone]string{}
	}
	for _, z := range allZones() {
		if err := s.lookIn(z, obs); err != nil {
			return s, err
		}
	}
	return s, nil
}

// lookIn reads what exists in one zone.
func (s *seen) lookIn(z v1alpha1.Zone, obs observed.Resources) error {
	for _, t := range tiers() {
		subnet, err := observed.Get[ec2v1beta1.Subnet](obs, subnetName(t, z))
		if err != nil {
			return err
		}
		put(s.subnetID[t], z, subnet.Status.AtProvider.ID)
		put(s.subnetCIDR[t], z, subnet.Status.AtProvider.CidrBlock)
	}
	nat, err := observed.Get[ec2v1beta1.NATGateway](obs, natName(z))
	if err != nil {
		return err
	}
	put(s.natID, z, nat.Status.AtProvider.ID)

	eip, err := observed.Get[ec2v1beta1.EIP](obs, eipName(z))
	if err != nil {
		return err
	}
	put(s.address, z, eip.Status.AtProvider.PublicIP)

	route, err := observed.Get[ec2v1beta2.Route](obs, appRouteName(z))
	if err != nil {
		return err
	}
	put(s.routedTo, z, route.Status.AtProvider.NATGatewayID)
	return nil
}

// keeps refuses a spec that would replace the VPC or a subnet. The claim's schema
// refuses most of that already; this holds for a composite that somebody edits
// by hand, and for plans of a later version of this function.
func (s *seen) keeps(spec v1alpha1.NetworkSpec, p plan) error {
	if s.region != "" && s.region != spec.Region {
		return fmt.Errorf("spec.region: the network is in %s and cannot move to %s: create a new claim", s.region, spec.Region)
	}
	if s.vpcCIDR != "" && s.vpcCIDR != string(spec.CIDR) {
		return fmt.Errorf("spec.cidr: the VPC has %s and would be replaced: create a new claim for another range", s.vpcCIDR)
	}
	for _, t := range tiers() {
		for _, z := range allZones() {
			is, ok := s.subnetCIDR[t][z]
			want, wanted := p[t][z]
			if ok && wanted && is != want.String() {
				return fmt.Errorf("spec.subnets.%s.%s: the subnet has %s and would be replaced to get %s: remove zone %s first, or keep its range", t, z, is, want, z)
			}
		}
	}
	return nil
}

func put(m map[v1alpha1.Zone]string, z v1alpha1.Zone, v *string) {
	if v != nil && *v != "" {
		m[z] = *v
	}
}

func value(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
