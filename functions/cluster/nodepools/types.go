package nodepools

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// These have the fields that the platform uses, as Karpenter 1.15.1's CRDs name
// them: Karpenter's own Go types need other versions of Kubernetes' modules than
// provider-aws does. Tests validate what is made of them against those CRDs.

type ec2NodeClass struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec ec2NodeClassSpec `json:"spec"`
}

type ec2NodeClassSpec struct {
	AMIFamily                  string            `json:"amiFamily,omitempty"`
	AMISelectorTerms           []amiTerm         `json:"amiSelectorTerms"`
	InstanceProfile            string            `json:"instanceProfile"`
	SubnetSelectorTerms        []selectorTerm    `json:"subnetSelectorTerms"`
	SecurityGroupSelectorTerms []selectorTerm    `json:"securityGroupSelectorTerms"`
	MetadataOptions            metadataOptions   `json:"metadataOptions"`
	BlockDeviceMappings        []blockDevice     `json:"blockDeviceMappings"`
	Tags                       map[string]string `json:"tags,omitempty"`
}

type amiTerm struct {
	Alias        string `json:"alias,omitempty"`
	SSMParameter string `json:"ssmParameter,omitempty"`
}

type selectorTerm struct {
	Tags map[string]string `json:"tags"`
}

type metadataOptions struct {
	HTTPEndpoint            string `json:"httpEndpoint"`
	HTTPProtocolIPv6        string `json:"httpProtocolIPv6"`
	HTTPPutResponseHopLimit int64  `json:"httpPutResponseHopLimit"`
	HTTPTokens              string `json:"httpTokens"`
}

type blockDevice struct {
	DeviceName string `json:"deviceName"`
	RootVolume bool   `json:"rootVolume"`
	EBS        volume `json:"ebs"`
}

type volume struct {
	DeleteOnTermination bool   `json:"deleteOnTermination"`
	Encrypted           bool   `json:"encrypted"`
	VolumeSize          string `json:"volumeSize"`
	VolumeType          string `json:"volumeType"`
}

type nodePool struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec nodePoolSpec `json:"spec"`
}

type nodePoolSpec struct {
	Weight     int32             `json:"weight"`
	Limits     map[string]string `json:"limits"`
	Disruption disruption        `json:"disruption"`
	Template   nodeTemplate      `json:"template"`
}

type disruption struct {
	ConsolidationPolicy string   `json:"consolidationPolicy"`
	ConsolidateAfter    string   `json:"consolidateAfter"`
	Budgets             []budget `json:"budgets"`
}

type budget struct {
	Nodes   string   `json:"nodes"`
	Reasons []string `json:"reasons"`
}

type nodeTemplate struct {
	Spec nodeSpec `json:"spec"`
}

type nodeSpec struct {
	NodeClassRef           classRef                         `json:"nodeClassRef"`
	Requirements           []corev1.NodeSelectorRequirement `json:"requirements"`
	Taints                 []corev1.Taint                   `json:"taints,omitempty"`
	ExpireAfter            string                           `json:"expireAfter"`
	TerminationGracePeriod string                           `json:"terminationGracePeriod"`
}

type classRef struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
	Name  string `json:"name"`
}
