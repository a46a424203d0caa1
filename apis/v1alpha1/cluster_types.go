package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ClusterSpec is the cluster that a claim asks for.
// +kubebuilder:validation:XValidation:rule="self.environment == 'dev' || !has(self.endpoint) || !has(self.endpoint.publicCIDRs) || self.endpoint.publicCIDRs.all(c, !isCIDR(c) || cidr(c).prefixLength() >= 8)",message="0.0.0.0/0, and any range wider than /8, is refused outside dev: list your office or VPN ranges, or leave publicCIDRs out for a private endpoint",fieldPath=".endpoint.publicCIDRs"
// +kubebuilder:validation:XValidation:rule="!oldSelf.?kms.?enabled.orValue(false) || self.?kms.?enabled.orValue(false)",message="kms.enabled must stay true: EKS cannot take back the encryption of Secrets",fieldPath=".kms"
type ClusterSpec struct {
	CommonSpec    `json:",inline"`
	IAMSpec       `json:",inline"`
	ReferenceSpec `json:",inline"`

	// NetworkRef names the Network claim whose app subnets the cluster is in. It
	// cannot change once set.
	// +kubebuilder:validation:XValidation:rule="self.name == oldSelf.name",message="networkRef cannot change: a cluster cannot move to another VPC; create a new claim"
	NetworkRef LocalReference `json:"networkRef"`

	// EKS ends the standard support of 1.34 on 2026-12-02, of 1.35 on 2027-03-27 and of 1.36 on
	// 2027-08-02 (docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html by way of
	// endoflife.date of 2026-08-22, read 2026-11-29; whether EKS has 1.37 by now could not be
	// read). The platform's components in a cluster are tested with 1.35.

	// Version of Kubernetes, such as 1.35. It goes up one minor version at a time, and back by one
	// within seven days of an upgrade, as EKS allows. When EKS ends a version's standard support, it
	// upgrades the cluster to the next one by itself; the condition VersionAsClaimed then says which
	// version to set.
	// +kubebuilder:default="1.35"
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:XValidation:rule="self.matches('^1[.][0-9]{2}$')",message="must be a minor version of Kubernetes, such as 1.35"
	// +kubebuilder:validation:XValidation:rule="![self, oldSelf].all(v, v.matches('^1[.][0-9]{2}$')) || int(self.split('.')[1]) - int(oldSelf.split('.')[1]) in [-1, 0, 1]",message="version goes up one minor version at a time, and back by one within seven days of an upgrade: take the versions between first"
	// +optional
	Version string `json:"version,omitempty"`

	// Endpoint of the Kubernetes API. The private endpoint is always on.
	// +optional
	Endpoint *ClusterEndpoint `json:"endpoint,omitempty"`

	// Nodes of the baseline node group, which runs Karpenter itself and what must
	// run before it.
	// +optional
	Nodes *NodeGroup `json:"nodes,omitempty"`

	// Karpenter adds nodes for pods that do not fit the baseline. It is on unless
	// switched off.
	// +optional
	Karpenter *Karpenter `json:"karpenter,omitempty"`

	// Addons pins versions of the managed add-ons by name: vpc-cni, kube-proxy,
	// coredns, eks-pod-identity-agent, aws-ebs-csi-driver. Without a pin EKS
	// picks its default for the cluster's version.
	// +kubebuilder:validation:XValidation:rule="self.all(name, name in ['vpc-cni', 'kube-proxy', 'coredns', 'eks-pod-identity-agent', 'aws-ebs-csi-driver'])",message="addons pins vpc-cni, kube-proxy, coredns, eks-pod-identity-agent and aws-ebs-csi-driver: remove any other name"
	// +kubebuilder:validation:MaxProperties=16
	// +optional
	Addons map[string]AddonVersion `json:"addons,omitempty"`

	// Access lets IAM roles and users into the Kubernetes API. The identity that
	// made the cluster, which is the AWS provider's, is always an administrator;
	// without entries no one else has access.
	// +kubebuilder:validation:MaxItems=50
	// +listType=map
	// +listMapKey=principalArn
	// +optional
	Access []AccessEntry `json:"access,omitempty"`

	// Observability: traces, logs, metrics and dashboards. It is on unless switched
	// off.
	// +optional
	Observability *Observability `json:"observability,omitempty"`

	// WAF is the web application firewall in front of the load balancers. Leaving
	// it out takes the environment's value.
	// +optional
	WAF *WAF `json:"waf,omitempty"`

	// KMS encrypts Kubernetes Secrets in etcd with a customer-managed key. EKS
	// cannot undo it: once on, it stays on. Leaving it out takes the environment's
	// value.
	// +optional
	KMS *Toggle `json:"kms,omitempty"`

	// DeletionProtection refuses the deletion of the claim and of the cluster. To
	// delete a protected claim, first set it to false. Leaving it out takes the
	// environment's value.
	// +optional
	DeletionProtection *bool `json:"deletionProtection,omitempty"`

	// DNS installs external-dns, which writes the DNS records of ingresses. Without
	// it records are made by hand.
	// +optional
	DNS *ClusterDNS `json:"dns,omitempty"`
}

// An AddonVersion is a version of an EKS add-on, such as v1.20.1-eksbuild.1.
// +kubebuilder:validation:MaxLength=64
// +kubebuilder:validation:XValidation:rule="self.matches('^v[0-9]+[.][0-9]+[.][0-9]+-eksbuild[.][0-9]+$')",message="must be a version of an EKS add-on, such as v1.20.1-eksbuild.1"
type AddonVersion string

// ClusterEndpoint lists the ranges that can reach the Kubernetes API. The cluster's
// own nodes and pods always can.
type ClusterEndpoint struct {
	// EKS accepts 40 (docs.aws.amazon.com/general/latest/gr/eks.html, read 2026-11-29).

	// PublicCIDRs may reach the API over the internet. None: private only. Outside
	// dev, 0.0.0.0/0 and any range wider than /8 are refused. Private ranges are for PrivateCIDRs.
	// +kubebuilder:validation:MaxItems=40
	// +kubebuilder:validation:items:XValidation:rule="!isCIDR(self) || !['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'].exists(r, cidr(r).containsCIDR(self))",message="no address of a private range comes over the internet: list the public address behind which it is, or list it in privateCIDRs"
	// +listType=set
	// +optional
	PublicCIDRs []CIDR `json:"publicCIDRs,omitempty"`

	// PrivateCIDRs may reach the API through the VPC, such as the cluster that
	// Crossplane runs in, where its network is peered with this one, or a VPN.
	// +kubebuilder:validation:MaxItems=20
	// +listType=set
	// +optional
	PrivateCIDRs []CIDR `json:"privateCIDRs,omitempty"`
}

// NodeGroup sizes the baseline node group.
// +kubebuilder:validation:XValidation:rule="self.min <= self.max",message="nodes.min must not be larger than nodes.max",fieldPath=".min"
// +kubebuilder:validation:XValidation:rule="self.min > self.max || (self.min <= self.desired && self.desired <= self.max)",message="nodes.desired, which is 3 unless given, must lie between nodes.min and nodes.max",fieldPath=".desired"
type NodeGroup struct {
	// InstanceTypes that the group may use, best first.
	// +kubebuilder:default={"t3.medium"}
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=10
	// +kubebuilder:validation:items:MaxLength=32
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[a-z0-9-]+[.][a-z0-9-]+$')",message="must be an EC2 instance type, such as t3.medium"
	// +listType=atomic
	// +optional
	InstanceTypes []string `json:"instanceTypes,omitempty"`

	// Min number of nodes.
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	// +optional
	Min int32 `json:"min,omitempty"`

	// Max number of nodes.
	// +kubebuilder:default=6
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	// +optional
	Max int32 `json:"max,omitempty"`

	// Desired number of nodes at the start; the platform does not change the group's size after that.
	// +kubebuilder:default=3
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	// +optional
	Desired int32 `json:"desired,omitempty"`

	// DiskGiB of each node's encrypted gp3 volume.
	// +kubebuilder:default=30
	// +kubebuilder:validation:Minimum=20
	// +kubebuilder:validation:Maximum=1024
	// +optional
	DiskGiB int32 `json:"diskGiB,omitempty"`
}

// Karpenter configures the two node pools.
type Karpenter struct {
	// Enabled: on unless switched off.
	// +kubebuilder:default=true
	// +optional
	Enabled *bool `json:"enabled,omitempty"`

	// OnDemand limits the pool of on-demand nodes.
	// +optional
	OnDemand *NodePoolLimits `json:"onDemand,omitempty"`

	// Spot limits the pool of spot nodes.
	// +optional
	Spot *NodePoolLimits `json:"spot,omitempty"`

	// Architecture of Karpenter's nodes: amd64 or arm64. The default is that of the baseline nodes,
	// so that a pod runs on either. With another one, a pod must say where its image runs
	// (nodeSelector kubernetes.io/arch).
	// +kubebuilder:validation:Enum=amd64;arm64
	// +optional
	Architecture string `json:"architecture,omitempty"`

	// PinnedImages starts nodes from the image that the platform's version names, and not from the
	// newest one. The default is the environment's value.
	// +optional
	PinnedImages *bool `json:"pinnedImages,omitempty"`
}

// NodePoolLimits bound the size of a node pool.
type NodePoolLimits struct {
	// CPU in cores, in total for all of the pool's nodes.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10000
	// +optional
	CPU int32 `json:"cpu,omitempty"`

	// MemoryGiB in total for all of the pool's nodes.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100000
	// +optional
	MemoryGiB int32 `json:"memoryGiB,omitempty"`
}

// AccessRole is what a principal may do.
// +kubebuilder:validation:Enum=admin;edit;view
type AccessRole string

// An AccessEntry gives an IAM principal access to the cluster.
// +kubebuilder:validation:XValidation:rule="self.role != 'admin' || !has(self.namespaces)",message="namespaces limit edit and view: remove them, or give another role than admin",fieldPath=".namespaces"
type AccessEntry struct {
	// PrincipalARN of an IAM role or user.
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$')",message="principalArn must be the ARN of an IAM role or user, such as arn:aws:iam::111122223333:role/admin"
	PrincipalARN string `json:"principalArn"`

	// Role: admin (the whole cluster), edit or view.
	Role AccessRole `json:"role"`

	// Namespaces that edit and view are limited to. None: all of them.
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[a-z0-9*]([a-z0-9*-]*[a-z0-9*])?$')",message="must be the name of a namespace, such as shop, or one with *, such as shop-*"
	// +listType=set
	// +optional
	Namespaces []string `json:"namespaces,omitempty"`
}

// Observability configures traces, logs, metrics and dashboards.
type Observability struct {
	// Enabled: on unless switched off.
	// +kubebuilder:default=true
	// +optional
	Enabled *bool `json:"enabled,omitempty"`

	// RetentionDays of logs and traces. The default is the environment's value.
	// +optional
	RetentionDays *RetentionDays `json:"retentionDays,omitempty"`
}

// WAF configures the web application firewall.
type WAF struct {
	// Enabled overrides the environment's value.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`

	// WAF accepts limits from 10 to 2,000,000,000 (RateBasedStatement API, read 2026-11-29).

	// RateLimit is how many requests one address may make in five minutes before
	// it gets a 429. A page of a shop takes some ten requests, and an office is one address.
	// +kubebuilder:default=2000
	// +kubebuilder:validation:Minimum=10
	// +kubebuilder:validation:Maximum=2000000000
	// +optional
	RateLimit int32 `json:"rateLimit,omitempty"`

	// RuleGroups change what AWS's managed rule groups do. A group that is not listed blocks.
	// +kubebuilder:validation:MaxItems=2
	// +listType=map
	// +listMapKey=name
	// +optional
	RuleGroups []WAFRuleGroup `json:"ruleGroups,omitempty"`
}

// A WAFRuleGroupName is one of AWS's managed rule groups that the firewall has.
// +kubebuilder:validation:Enum=AWSManagedRulesCommonRuleSet;AWSManagedRulesKnownBadInputsRuleSet
type WAFRuleGroupName string

// The managed rule groups of the firewall, in the order in which they see a request.
const (
	WAFCommonRules    WAFRuleGroupName = "AWSManagedRulesCommonRuleSet"
	WAFKnownBadInputs WAFRuleGroupName = "AWSManagedRulesKnownBadInputsRuleSet"
)

// A WAFRuleGroup changes what a managed rule group does with the requests that it matches.
// +kubebuilder:validation:XValidation:rule="!self.?count.orValue(false) || !has(self.countRules)",message="count is true, so all rules of the group count: remove countRules, or count",fieldPath=".countRules"
type WAFRuleGroup struct {
	// Name of the group.
	Name WAFRuleGroupName `json:"name"`

	// Count makes the whole group count and log requests instead of blocking them, to see what it
	// would block.
	// +optional
	Count *bool `json:"count,omitempty"`

	// WAF accepts 100 overrides of a group's rules (ManagedRuleGroupStatement API), and names of 128
	// characters (RuleActionOverride API; both read 2026-11-30).

	// CountRules are rules of the group that count and log requests instead of blocking them, such
	// as SizeRestrictions_BODY for a service that takes bodies of more than 8 KB.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MaxLength=128
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[A-Za-z0-9_-]+$')",message="must be the name of a rule of the group, such as SizeRestrictions_BODY"
	// +listType=set
	// +optional
	CountRules []string `json:"countRules,omitempty"`
}

// ClusterDNS lists the zones that external-dns may write to.
type ClusterDNS struct {
	// Route 53 itself answers with the prefix, and takes 32 characters without it
	// (ResourceId in the Route 53 API reference, read 2026-11-30).

	// HostedZoneIDs of Route 53, without /hostedzone/.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=10
	// +kubebuilder:validation:items:MaxLength=64
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^Z[A-Z0-9]{1,31}$')",message="must be the id of a Route 53 hosted zone, without /hostedzone/, such as Z0123456789ABCDEFGHIJ"
	// +listType=set
	HostedZoneIDs []string `json:"hostedZoneIDs"`
}

// ClusterStatus is what exists.
type ClusterStatus struct {
	CommonStatus `json:",inline"`

	// Name of the EKS cluster.
	// +kubebuilder:validation:MaxLength=100
	// +optional
	ClusterName string `json:"clusterName,omitempty"`

	// Endpoint of the Kubernetes API.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// Version of Kubernetes that the cluster runs.
	// +kubebuilder:validation:MaxLength=16
	// +optional
	Version string `json:"version,omitempty"`

	// KubernetesProviderConfig is the ProviderConfig of provider-kubernetes for the cluster.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	KubernetesProviderConfig string `json:"kubernetesProviderConfig,omitempty"`

	// VPCCIDR is the address range of the cluster's VPC.
	// +optional
	VPCCIDR AddressRange `json:"vpcCidr,omitempty"`

	// PublicCIDRs are the ranges of the network's public subnets, where load
	// balancers that face the internet have their addresses.
	// +kubebuilder:validation:MaxItems=6
	// +listType=atomic
	// +optional
	PublicCIDRs []AddressRange `json:"publicCidrs,omitempty"`

	// AccessLogBucket of the network, to which the cluster's load balancers write their access logs.
	// +kubebuilder:validation:MaxLength=63
	// +optional
	AccessLogBucket string `json:"accessLogBucket,omitempty"`

	// InterruptionQueue from which Karpenter reads spot interruptions.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	InterruptionQueue string `json:"interruptionQueue,omitempty"`

	// WebACLARN of the web application firewall.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	WebACLARN string `json:"webACLArn,omitempty"`

	// PrometheusURL of the AMP workspace.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	PrometheusURL string `json:"prometheusURL,omitempty"`

	// GrafanaURL of the Grafana workspace.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	GrafanaURL string `json:"grafanaURL,omitempty"`
}

// A Cluster is an EKS cluster with the controllers that a service needs.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=clusters,shortName=ekscluster,categories=platform
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="STATUS",type="string",JSONPath=".status.conditions[?(@.type=='ClusterReady')].reason"
// +kubebuilder:printcolumn:name="ENVIRONMENT",type="string",JSONPath=".spec.environment"
// +kubebuilder:printcolumn:name="VERSION",type="string",JSONPath=".status.version"
// +kubebuilder:printcolumn:name="COST",type="string",JSONPath=".status.estimatedMonthlyCost.total"
// +kubebuilder:printcolumn:name="WAITING-FOR",type="string",JSONPath=".status.waitingFor",priority=1
type Cluster struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the cluster that the claim asks for.
	Spec ClusterSpec `json:"spec"`

	// Status is what exists.
	// +optional
	Status ClusterStatus `json:"status,omitempty"`
}

// A ClusterList is a list of clusters.
// +kubebuilder:object:root=true
type ClusterList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Cluster `json:"items"`
}
