package cluster

import (
	"cmp"
	"strconv"

	"k8s.io/utils/ptr"

	ampv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/amp/v1beta2"
	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	ec2v1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta2"
	eksv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta2"
	grafanav1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/grafana/v1beta2"
	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"
	kmsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/kms/v1beta1"
	sqsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/sqs/v1beta1"
	wafv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/wafv2/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/observed"
)

// state is what exists of the cluster. A field is empty while AWS has not answered.
type state struct {
	// account that the cluster is in.
	account string

	keyARN string

	// group is the id of the control plane's security group.
	group string

	// version, endpoint and subnets of the EKS cluster.
	version  string
	endpoint string
	subnets  []*string

	// publicCIDRs that reach the Kubernetes API.
	publicCIDRs []v1alpha1.CIDR

	// requested is the version of the cluster's spec, and ahead why it runs a newer one
	// than its claim names.
	requested string
	ahead     string

	// encrypted reports whether Kubernetes Secrets are encrypted with a key of ours.
	encrypted bool

	// protected reports whether EKS itself refuses the deletion.
	protected bool

	// template and templateVersion of the nodes.
	template        string
	templateVersion string

	// nodeSubnets and nodeVersion of the node group.
	nodeSubnets []*string
	nodeVersion string

	// queue of interruptions: its name, ARN and URL.
	queue    string
	queueARN string
	queueURL string

	webACLARN string

	// workspace of Prometheus: its ARN and endpoint.
	workspaceARN      string
	workspaceEndpoint string

	grafanaEndpoint string
}

// readState reads what exists. The node group is the one that the claim asks for.
func readState(obs observed.Resources, nodeGroup string) (state, error) {
	r := observed.NewReader(obs)
	eks := observed.Read[eksv1beta2.Cluster](r, clusterName)
	role := observed.Read[iamv1beta1.Role](r, clusterRoleName)
	group := observed.Read[eksv1beta2.NodeGroup](r, nodeGroup)
	template := observed.Read[ec2v1beta2.LaunchTemplate](r, templateName)
	queue := observed.Read[sqsv1beta1.Queue](r, queueName)
	metrics := observed.Read[ampv1beta2.Workspace](r, prometheusName).Status.AtProvider
	s := state{
		account: cmp.Or(
			composition.AccountOf(ptr.Deref(role.Status.AtProvider.Arn, "")),
			composition.AccountOf(ptr.Deref(eks.Status.AtProvider.Arn, "")),
		),
		keyARN:    ptr.Deref(observed.Read[kmsv1beta1.Key](r, keyName).Status.AtProvider.Arn, ""),
		group:     ptr.Deref(observed.Read[ec2v1beta1.SecurityGroup](r, groupName).Status.AtProvider.ID, ""),
		version:   ptr.Deref(eks.Status.AtProvider.Version, ""),
		endpoint:  ptr.Deref(eks.Status.AtProvider.Endpoint, ""),
		encrypted: eks.Spec.ForProvider.EncryptionConfig != nil || eks.Status.AtProvider.EncryptionConfig != nil,
		protected: ptr.Deref(eks.Status.AtProvider.DeletionProtection, false),

		requested: ptr.Deref(eks.Spec.ForProvider.Version, ""),
		ahead:     eks.GetAnnotations()[aheadAnnotation],

		template:    obs.ExternalName(templateName),
		nodeSubnets: group.Spec.ForProvider.SubnetIds,
		nodeVersion: ptr.Deref(group.Status.AtProvider.Version, ""),

		queue:             ptr.Deref(queue.Spec.ForProvider.Name, ""),
		queueARN:          ptr.Deref(queue.Status.AtProvider.Arn, ""),
		queueURL:          ptr.Deref(queue.Status.AtProvider.URL, ""),
		webACLARN:         ptr.Deref(observed.Read[wafv1beta1.WebACL](r, webACLName).Status.AtProvider.Arn, ""),
		workspaceARN:      ptr.Deref(metrics.Arn, ""),
		workspaceEndpoint: ptr.Deref(metrics.PrometheusEndpoint, ""),
		grafanaEndpoint:   ptr.Deref(observed.Read[grafanav1beta2.Workspace](r, grafanaName).Status.AtProvider.Endpoint, ""),
	}
	if vpc := eks.Spec.ForProvider.VPCConfig; vpc != nil {
		s.subnets = vpc.SubnetIds
		for _, cidr := range vpc.PublicAccessCidrs {
			s.publicCIDRs = append(s.publicCIDRs, v1alpha1.CIDR(ptr.Deref(cidr, "")))
		}
	}
	if v := template.Status.AtProvider.LatestVersion; v != nil {
		s.templateVersion = strconv.FormatFloat(*v, 'f', -1, 64)
	}
	return s, r.Err()
}

// versions that are known, of a cluster whose claim names one.
func (s state) versions(claimed string) versions {
	return versions{claimed: claimed, requested: s.requested, running: s.version, nodes: s.nodeVersion, ahead: s.ahead}
}
