package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Zone is the letter of an availability zone in the claim's region: the a of
// ap-southeast-2a.
// +kubebuilder:validation:Enum=a;b;c;d;e;f
type Zone string

// NATGatewayMode is how many NAT gateways a network has.
// +kubebuilder:validation:Enum=None;Single;PerZone
type NATGatewayMode string

const (
	// NATGatewayNone leaves the app tier without access to the internet.
	NATGatewayNone NATGatewayMode = "None"

	// NATGatewaySingle shares one NAT gateway between all zones: it is cheap, but an outage of its
	// zone affects all zones.
	NATGatewaySingle NATGatewayMode = "Single"

	// NATGatewayPerZone gives each zone its own.
	NATGatewayPerZone NATGatewayMode = "PerZone"
)

// A CIDR is an IPv4 range, such as 10.0.1.0/24. One of IPv6 is short enough to be refused in
// words.
// +kubebuilder:validation:MaxLength=43
// +kubebuilder:validation:XValidation:rule="isCIDR(self) && cidr(self).ip().family() == 4 && cidr(self) == cidr(self).masked()",message="must be an IPv4 range that starts at its network address, such as 10.0.1.0/24"
type CIDR string

// An AddressRange is an IPv4 range as AWS reports it.
// +kubebuilder:validation:MaxLength=18
type AddressRange string

// NetworkSpec is the network that a claim asks for.
//
// The two rules about zones are here because they span fields.
// +kubebuilder:validation:XValidation:rule="!has(self.subnets) || [self.subnets.public, self.subnets.app, self.subnets.data].all(tier, size(tier) == size(self.availabilityZones) && self.availabilityZones.all(z, z in tier))",message="subnets must give public, app and data exactly one range for each zone of availabilityZones",fieldPath=".subnets"
// +kubebuilder:validation:XValidation:rule="has(self.subnets) || !isCIDR(self.cidr) || cidr(self.cidr).prefixLength() <= 21 || cidr(self.cidr).prefixLength() > 24",message="cidr is too small for the default subnet plan: use /21 or larger, or give the ranges yourself in subnets",fieldPath=".cidr"
// +kubebuilder:validation:XValidation:rule="!has(self.subnets) || !isCIDR(self.cidr) || [self.subnets.public, self.subnets.app, self.subnets.data].all(tier, tier.all(z, !isCIDR(tier[z]) || cidr(self.cidr).containsCIDR(tier[z])))",message="every range in subnets must lie inside cidr",fieldPath=".subnets"
// +kubebuilder:validation:XValidation:rule="has(self.subnets) == has(oldSelf.subnets)",message="subnets cannot be added or removed later, since that would replace every subnet: create a new claim and move over to it",fieldPath=".subnets"
// +kubebuilder:validation:XValidation:rule="(has(self.region) ? self.region : 'ap-southeast-2') == (has(oldSelf.region) ? oldSelf.region : 'ap-southeast-2')",message="region cannot change: create a new claim in the other region and move over to it",fieldPath=".region"
// +kubebuilder:validation:XValidation:rule="(has(self.providerConfigName) ? self.providerConfigName : 'default') == (has(oldSelf.providerConfigName) ? oldSelf.providerConfigName : 'default')",message="providerConfigName cannot change, since another one may be another AWS account, where nothing of this exists: change the ProviderConfig itself, or create a new claim",fieldPath=".providerConfigName"
type NetworkSpec struct {
	CommonSpec `json:",inline"`
	IAMSpec    `json:",inline"`

	// These ranges are no network's: 0.0.0.0/8, loopback, link-local, multicast and reserved (RFC
	// 6890, section 2.2.2; EC2 answers InvalidVpc.Range, and no page of AWS lists them). Docker has
	// 172.17.0.0/16 on every machine that runs it, and AWS asks to leave it out
	// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html, read 2026-11-30).

	// CIDR is the address range of the VPC: /16 to /21, or to /24 with Subnets. It
	// cannot change once set.
	// +kubebuilder:default="10.0.0.0/16"
	// +kubebuilder:validation:XValidation:rule="!isCIDR(self) || (cidr(self).prefixLength() >= 16 && cidr(self).prefixLength() <= 24)",message="must be between /16 (the largest VPC that AWS allows) and /24 (the smallest that holds three tiers)"
	// +kubebuilder:validation:XValidation:rule="!isCIDR(self) || !['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].exists(r, cidr(r).containsIP(cidr(self).ip()))",message="no VPC can have a range of 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 or 224.0.0.0/3: take a private one, such as 10.0.0.0/16"
	// +kubebuilder:validation:XValidation:rule="!isCIDR(self) || !cidr('172.17.0.0/16').containsIP(cidr(self).ip())",message="Docker and some AWS services use 172.17.0.0/16, and AWS asks to leave it out: take another range, such as 172.18.0.0/16"
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="cidr cannot change: create a new claim with the other range and move over to it"
	// +optional
	CIDR CIDR `json:"cidr,omitempty"`

	// AvailabilityZones by letter. Each letter has a fixed place in the address plan, so the order
	// does not matter, and zones can be added and removed without a change to the others. EKS and
	// RDS need at least two.
	// +kubebuilder:default={a,b,c}
	// +kubebuilder:validation:MinItems=2
	// +kubebuilder:validation:MaxItems=6
	// +listType=set
	// +optional
	AvailabilityZones []Zone `json:"availabilityZones,omitempty"`

	// Subnets is an explicit address plan, for example for a network that replaces an existing one.
	// Without it the platform plans the ranges: half of each zone's share is for the app tier,
	// where pods get their addresses, and some shares are reserved for later zones.
	// +optional
	Subnets *SubnetPlan `json:"subnets,omitempty"`

	// NATGateways: None, Single (one for all zones) or PerZone. The default is the environment's value.
	// +optional
	NATGateways NATGatewayMode `json:"natGateways,omitempty"`

	// VPCEndpoints are private routes to AWS services. Those to S3 and DynamoDB
	// cost nothing and are always there.
	// +optional
	VPCEndpoints *VPCEndpoints `json:"vpcEndpoints,omitempty"`

	// FlowLogs record the traffic that the VPC accepts and rejects. Leaving it out
	// takes the environment's value.
	// +optional
	FlowLogs *FlowLogs `json:"flowLogs,omitempty"`

	// AccessLogs record the requests to the load balancers of the network's clusters in a bucket of
	// their own. Leaving it out takes the environment's value.
	// +optional
	AccessLogs *Toggle `json:"accessLogs,omitempty"`

	// KMS encrypts the log bucket with a customer-managed key. Leaving it out takes
	// the environment's value.
	// +optional
	KMS *Toggle `json:"kms,omitempty"`

	// DeletionProtection refuses the deletion of the claim and of each resource that holds
	// state: VPC, subnets, addresses, key, logs. To delete a protected claim, first set it to false. Leaving it out takes the
	// environment's value.
	// +optional
	DeletionProtection *bool `json:"deletionProtection,omitempty"`
}

// A SubnetPlan gives each zone a range in each tier.
// +kubebuilder:validation:XValidation:rule="[self.public.map(z, self.public[z]) + self.app.map(z, self.app[z]) + self.data.map(z, self.data[z])].all(ranges, ranges.all(r, !isCIDR(r) || ranges.exists_one(other, isCIDR(other) && cidr(other).containsCIDR(r))))",message="no two ranges in subnets may overlap"
type SubnetPlan struct {
	// Public ranges are for load balancers and NAT gateways; /27 at least, because an Application
	// Load Balancer needs that.
	// +kubebuilder:validation:XValidation:rule="self.all(z, !isCIDR(self[z]) || cidr(self[z]).prefixLength() <= 27)",message="a public range must be /27 or larger, since an Application Load Balancer needs that"
	Public ZoneRanges `json:"public"`

	// App ranges are for nodes and, with the VPC CNI, every pod.
	// +kubebuilder:validation:XValidation:rule="self.all(z, !isCIDR(self[z]) || cidr(self[z]).prefixLength() <= 28)",message="a range must be /28 or larger, which is AWS' smallest subnet"
	App ZoneRanges `json:"app"`

	// Data ranges are for databases and caches. They have no route to the internet.
	// +kubebuilder:validation:XValidation:rule="self.all(z, !isCIDR(self[z]) || cidr(self[z]).prefixLength() <= 28)",message="a range must be /28 or larger, which is AWS' smallest subnet"
	Data ZoneRanges `json:"data"`
}

// ZoneRanges are the ranges of one tier by zone letter. A zone's range cannot change while the zone is in use.
// +kubebuilder:validation:MinProperties=2
// +kubebuilder:validation:MaxProperties=6
// +kubebuilder:validation:XValidation:rule="self.all(z, !(z in oldSelf) || self[z] == oldSelf[z])",message="a zone's range cannot change, since that would replace its subnet: remove the zone first, or use another one"
type ZoneRanges map[Zone]CIDR

// VPCEndpoints configures interface endpoints, which AWS bills by zone and hour.
type VPCEndpoints struct {
	// Enabled overrides the environment's value for the standard endpoints: ecr.api, ecr.dkr, sts,
	// secretsmanager, sqs, logs, xray, aps-workspaces and eks-auth.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`

	// AdditionalServices get an endpoint as well, by their name after
	// com.amazonaws.REGION, such as kms or ssm, whether or not the standard ones
	// are enabled.
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MaxLength=128
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$') && !self.contains('amazonaws') && !self.startsWith('aws.')",message="must be the service's name after com.amazonaws.REGION, such as kms or ecr.api"
	// +kubebuilder:validation:XValidation:rule="!('s3' in self) && !('dynamodb' in self)",message="s3 and dynamodb always have a gateway endpoint, which is free: leave them out"
	// +listType=set
	// +optional
	AdditionalServices []string `json:"additionalServices,omitempty"`

	// TrustedAccounts are other AWS accounts whose roles and users may use the network's endpoints,
	// such as one in which a pod assumes a role. Those of the network's own account always may.
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MaxLength=12
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[0-9]{12}$')",message="must be the number of an AWS account, such as 111122223333"
	// +listType=set
	// +optional
	TrustedAccounts []string `json:"trustedAccounts,omitempty"`
}

// FlowLogDestination is where flow logs go.
// +kubebuilder:validation:Enum=S3;CloudWatchLogs
type FlowLogDestination string

const (
	// FlowLogsToS3 stores flow logs in the network's log bucket, as Parquet.
	FlowLogsToS3 FlowLogDestination = "S3"

	// FlowLogsToCloudWatch stores flow logs in a log group.
	FlowLogsToCloudWatch FlowLogDestination = "CloudWatchLogs"
)

// FlowLogs configures the VPC's flow logs.
type FlowLogs struct {
	// Enabled overrides the environment's value.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`

	// Destination: S3 (the log bucket, as Parquet) or CloudWatchLogs. Without it flow logs stay
	// where they go already, and new ones go to S3.
	// +optional
	Destination FlowLogDestination `json:"destination,omitempty"`

	// RetentionDays of the flow logs and of the log buckets. The default is the environment's value.
	// +optional
	RetentionDays *RetentionDays `json:"retentionDays,omitempty"`
}

// NetworkStatus is what exists.
type NetworkStatus struct {
	CommonStatus `json:",inline"`

	// VPCID of the VPC.
	// +kubebuilder:validation:MaxLength=64
	// +optional
	VPCID string `json:"vpcId,omitempty"`

	// CIDR of the VPC.
	// +kubebuilder:validation:MaxLength=18
	// +optional
	CIDR string `json:"cidr,omitempty"`

	// Subnets by tier and zone.
	// +optional
	Subnets *SubnetStatus `json:"subnets,omitempty"`

	// PublicCIDRs are the ranges of the public subnets, where load balancers that
	// face the internet have their addresses.
	// +kubebuilder:validation:MaxItems=6
	// +listType=atomic
	// +optional
	PublicCIDRs []AddressRange `json:"publicCidrs,omitempty"`

	// AppCIDRs are the ranges of the app subnets, where nodes and pods have their
	// addresses.
	// +kubebuilder:validation:MaxItems=6
	// +listType=atomic
	// +optional
	AppCIDRs []AddressRange `json:"appCidrs,omitempty"`

	// NATAddresses are the public source addresses of the network's traffic to the internet, by the
	// zone of the NAT gateway. Use them in allow-lists.
	// +kubebuilder:validation:MaxProperties=6
	// +optional
	NATAddresses map[Zone]IPAddress `json:"natAddresses,omitempty"`

	// SecurityGroups by use.
	// +optional
	SecurityGroups *NetworkSecurityGroups `json:"securityGroups,omitempty"`

	// KMSKeyARN of the key for S3, where kms is enabled.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	KMSKeyARN string `json:"kmsKeyArn,omitempty"`

	// LogBucket is the name of the encrypted bucket for logs that AWS delivers, such as flow logs.
	// +kubebuilder:validation:MaxLength=63
	// +optional
	LogBucket string `json:"logBucket,omitempty"`

	// AccessLogBucket is the name of the bucket for the access logs of load balancers, once they may
	// write to it.
	// +kubebuilder:validation:MaxLength=63
	// +optional
	AccessLogBucket string `json:"accessLogBucket,omitempty"`
}

// An IPAddress is an IPv4 address.
// +kubebuilder:validation:MaxLength=15
type IPAddress string

// A ResourceID is AWS's id of a resource, such as subnet-0a1b2c3d4e5f67890.
// +kubebuilder:validation:MaxLength=64
type ResourceID string

// SubnetStatus holds the subnets' ids, by tier and zone.
type SubnetStatus struct {
	// Public subnets' ids by zone.
	// +kubebuilder:validation:MaxProperties=6
	// +optional
	Public map[Zone]ResourceID `json:"public,omitempty"`

	// App subnets' ids by zone.
	// +kubebuilder:validation:MaxProperties=6
	// +optional
	App map[Zone]ResourceID `json:"app,omitempty"`

	// Data subnets' ids by zone.
	// +kubebuilder:validation:MaxProperties=6
	// +optional
	Data map[Zone]ResourceID `json:"data,omitempty"`
}

// NetworkSecurityGroups are the security groups that a network has.
type NetworkSecurityGroups struct {
	// Node group, which every cluster node and so every pod carries. Databases
	// admit this group and no other.
	// +kubebuilder:validation:MaxLength=64
	// +optional
	Node string `json:"node,omitempty"`

	// Endpoints is the security group of the interface endpoints, where there are any.
	// +kubebuilder:validation:MaxLength=64
	// +optional
	Endpoints string `json:"endpoints,omitempty"`
}

// A Network is a VPC with public, app and data subnets in two to six zones.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=networks,shortName=net,categories=platform
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="STATUS",type="string",JSONPath=".status.conditions[?(@.type=='NetworkReady')].reason"
// +kubebuilder:printcolumn:name="ENVIRONMENT",type="string",JSONPath=".spec.environment"
// +kubebuilder:printcolumn:name="COST",type="string",JSONPath=".status.estimatedMonthlyCost.total"
// +kubebuilder:printcolumn:name="VPC",type="string",JSONPath=".status.vpcId",priority=1
// +kubebuilder:printcolumn:name="NAT",type="string",JSONPath=".status.natAddresses",priority=1
// +kubebuilder:printcolumn:name="WAITING-FOR",type="string",JSONPath=".status.waitingFor",priority=1
type Network struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the network that the claim asks for.
	Spec NetworkSpec `json:"spec"`

	// Status is what exists.
	// +optional
	Status NetworkStatus `json:"status,omitempty"`
}

// A NetworkList is a list of networks.
// +kubebuilder:object:root=true
type NetworkList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Network `json:"items"`
}
