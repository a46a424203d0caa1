package cluster

import (
	"strconv"
	"strings"

	ampv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/amp/v1beta1"
	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"
	grafanav1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/grafana/v1beta1"
	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"
	kmsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/kms/v1beta1"
	sqsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/sqs/v1beta1"
	wafv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/wafv2/v1beta1"

	"github.com/ausmart/platform/functions/internal/observed"
)

// seen is what the composition reads of what exists. A field is empty where AWS
// has not answered yet.
type seen struct {
	// account that the cluster is in.
	account string

	keyARN string

	// group is the id of the cluster's own security group.
	group string

	// region, version, endpoint, subnets and encryption of the EKS cluster.
	region    string
	version   string
	endpoint  string
	subnets   []*string
	encrypted bool

	// protected says whether EKS itself refuses the deletion.
	protected bool

	// template and templateVersion of the nodes.
	template        string
	templateVersion string

	queueARN string
	queueURL string

	webACLARN string

	// workspace of Prometheus: its ARN, id and endpoint.
	workspaceARN      string
	workspaceID       string
	workspaceEndpoint string

	grafanaEndpoint string
}

// look reads what exists.
func look(obs observed.Resources) (seen, error) {
	var s seen
	for _, read := range []func(observed.Resources) error{s.lookAtFoundation, s.lookAtCluster, s.lookAtNodes, s.lookAtServices} {
		if err := read(obs); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *seen) lookAtFoundation(obs observed.Resources) error {
	role, err := observed.Get[iamv1beta1.Role](obs, clusterRoleName)
	if err != nil {
		return err
	}
	s.account = accountOf(value(role.Status.AtProvider.Arn))
	key, err := observed.Get[kmsv1beta1.Key](obs, keyName)
	if err != nil {
		return err
	}
	s.keyARN = value(key.Status.AtProvider.Arn)
	group, err := observed.Get[ec2v1beta1.SecurityGroup](obs, groupName)
	if err != nil {
		return err
	}
	s.group = value(group.Status.AtProvider.ID)
	return nil
}

func (s *seen) lookAtCluster(obs observed.Resources) error {
	c, err := observed.Get[eksv1beta1.Cluster](obs, clusterName)
	if err != nil {
		return err
	}
	s.region = value(c.Spec.ForProvider.Region)
	s.version, s.endpoint = value(c.Status.AtProvider.Version), value(c.Status.AtProvider.Endpoint)
	s.encrypted = len(c.Spec.ForProvider.EncryptionConfig)+len(c.Status.AtProvider.EncryptionConfig) > 0
	for _, v := range c.Spec.ForProvider.VPCConfig {
		s.subnets = v.SubnetIds
	}
	if p := c.Status.AtProvider.DeletionProtection; p != nil {
		s.protected = *p
	}
	if s.account == "" {
		s.account = accountOf(value(c.Status.AtProvider.Arn))
	}
	return nil
}

func (s *seen) lookAtNodes(obs observed.Resources) error {
	t, err := observed.Get[ec2v1beta1.LaunchTemplate](obs, templateName)
	if err != nil {
		return err
	}
	s.template = obs.ExternalName(templateName)
	if v := t.Status.AtProvider.LatestVersion; v != nil {
		s.templateVersion = strconv.FormatFloat(*v, 'f', -1, 64)
	}
	queue, err := observed.Get[sqsv1beta1.Queue](obs, queueName)
	if err != nil {
		return err
	}
	s.queueARN, s.queueURL = value(queue.Status.AtProvider.Arn), value(queue.Status.AtProvider.URL)
	return nil
}

func (s *seen) lookAtServices(obs observed.Resources) error {
	acl, err := observed.Get[wafv1beta1.WebACL](obs, webACLName)
	if err != nil {
		return err
	}
	s.webACLARN = value(acl.Status.AtProvider.Arn)
	metrics, err := observed.Get[ampv1beta1.Workspace](obs, prometheusName)
	if err != nil {
		return err
	}
	at := metrics.Status.AtProvider
	s.workspaceARN, s.workspaceID, s.workspaceEndpoint = value(at.Arn), value(at.ID), value(at.PrometheusEndpoint)
	dashboards, err := observed.Get[grafanav1beta1.Workspace](obs, grafanaName)
	if err != nil {
		return err
	}
	s.grafanaEndpoint = value(dashboards.Status.AtProvider.Endpoint)
	return nil
}

// accountOf an ARN, its fifth part; empty for what is no ARN.
func accountOf(arn string) string {
	const account = 4
	if p := strings.Split(arn, ":"); len(p) > account {
		return p[account]
	}
	return ""
}

func value(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
