package cluster

import (
	"strings"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	logsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/cloudwatchlogs/v1beta1"
	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"
	kmsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/kms/v1beta1"

	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/policy"
)

const (
	clusterName     = "cluster"
	clusterRoleName = "role-cluster"
	clusterLogsName = "log-group-control-plane"
	kubeconfigName  = "kubeconfig"
	keyName         = "key-eks"
	groupName       = "security-group-control-plane"
	ruleFromNodes   = "rule-control-plane-from-nodes"
	ruleToWebhooks  = "rule-nodes-from-control-plane-https"
	ruleToPods      = "rule-nodes-from-control-plane"

	// eksNameMax is the longest name of a cluster (CreateCluster API, read 2026-11-29).
	eksNameMax = 100

	// KMS waits 7 to 30 days before it deletes a key (ScheduleKeyDeletion API, read 2026-11-29).
	deletionWindowMin = 7
	deletionWindowMax = 30

	// systemNamespace is where Crossplane runs, and where no application team reads
	// Secrets.
	systemNamespace = "crossplane-system"
)

// logTypes are all that EKS has (docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html,
// read 2026-11-29).
func logTypes() []string {
	return []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}
}

// addControlPlane plans the EKS cluster and what must exist before it.
func (c *cluster) addControlPlane() {
	c.addKey()
	c.addControlPlaneGroup()
	// EKS makes the group itself when there is none, and then it keeps logs for ever.
	c.addLogGroup(foundation, clusterLogsName, "/aws/eks/"+c.eksName()+"/cluster")
	c.addRole(role{
		name: clusterRoleName, use: "cluster", stage: foundation,
		description: "EKS control plane of cluster " + c.name,
		trust:       c.eksTrust(),
		managed:     clusterPolicies(),
	})
	c.addEKS()
	c.addKubeconfig()
}

// clusterPolicies are AWS's own: what the control plane does changes with EKS, so
// that only AWS can list it.
func clusterPolicies() []string { return []string{"AmazonEKSClusterPolicy"} }

// eksName is the cluster's in AWS; an existing cluster keeps the one that it has.
func (c *cluster) eksName() string { return c.nameOf(clusterName, c.eks) }

func (c *cluster) eksTrust() string {
	return policy.JSON(policy.Statement{
		Effect: policy.Allow, Principal: policy.Service(serviceEKS), Action: []string{"sts:AssumeRole", "sts:TagSession"},
	})
}

func (c *cluster) addLogGroup(s stage, name, inAWS string) {
	c.parts.add(s, name, logsv1beta1.Group_GroupVersionKind, &logsv1beta1.Group{
		ObjectMeta: c.named(name, inAWS),
		Spec: logsv1beta1.GroupSpec{ForProvider: logsv1beta1.GroupParameters{
			Region:          &c.spec.Region,
			RetentionInDays: new(float64(c.set.RetentionDays.V)),
			Tags:            c.tags(name),
		}},
	})
}

// addKey plans the key that Kubernetes Secrets are encrypted with in etcd, where
// the environment wants keys of its own.
func (c *cluster) addKey() {
	if !c.set.KMS.V {
		return
	}
	alias := keyName + "-alias"
	if c.seen.account == "" {
		c.parts.later(foundation, keyName, alias)
		return
	}
	window := float64(deletionWindowMin)
	if c.set.DeletionProtection.V {
		window = deletionWindowMax
	}
	c.parts.add(foundation, keyName, kmsv1beta1.Key_GroupVersionKind, &kmsv1beta1.Key{
		Spec: kmsv1beta1.KeySpec{ForProvider: kmsv1beta1.KeyParameters{
			Region:               &c.spec.Region,
			Description:          new("Kubernetes Secrets of cluster " + c.name),
			EnableKeyRotation:    new(true),
			DeletionWindowInDays: &window,
			Policy:               new(c.keyPolicy()),
			Tags:                 c.tags(keyName),
		}},
	})
	c.parts.add(foundation, alias, kmsv1beta1.Alias_GroupVersionKind, &kmsv1beta1.Alias{
		ObjectMeta: c.named(alias, shorten(c.name, "-eks", aliasMax)),
		Spec: kmsv1beta1.AliasSpec{ForProvider: kmsv1beta1.AliasParameters{
			Region:              &c.spec.Region,
			TargetKeyIDSelector: desired.Selector(keyName),
		}},
	})
}

// aliasMax is the longest alias, after its prefix alias/ (CreateAlias API, read 2026-11-29).
const aliasMax = 250

// keyPolicy lets the account's own policies govern the key, as the policy that
// AWS gives a key by default does. EKS uses the key by a grant that it makes with
// the rights of whoever creates the cluster
// (docs.aws.amazon.com/eks/latest/userguide/enable-kms.html, read 2026-11-29).
func (c *cluster) keyPolicy() string {
	root := policy.ARN(c.partition(), "iam", "", c.seen.account, "root")
	return policy.JSON(policy.Statement{
		Sid: "AccountPoliciesGovern", Effect: policy.Allow, Principal: policy.AWS(root),
		// In a key's policy, * is that key and nothing else.
		Action: []string{"kms:*"}, Resource: []string{"*"},
	})
}

// addControlPlaneGroup plans the security group of the control plane's network
// interfaces. Nodes carry the network's node group only, so that databases know
// them by it; these rules are all that passes between the two.
func (c *cluster) addControlPlaneGroup() {
	c.parts.add(foundation, groupName, ec2v1beta1.SecurityGroup_GroupVersionKind, &ec2v1beta1.SecurityGroup{
		Spec: ec2v1beta1.SecurityGroupSpec{ForProvider: ec2v1beta1.SecurityGroupParameters_2{
			Region:      &c.spec.Region,
			VPCID:       &c.in.vpcID,
			Name:        new(shorten(c.name, "-control-plane", groupNameMax)),
			Description: new("Control plane of cluster " + c.name),
			Tags:        c.tags(groupName),
		}},
	})
	c.addAPIRule(ruleFromNodes, "Nodes and pods to the Kubernetes API", ec2v1beta1.SecurityGroupIngressRuleParameters{ReferencedSecurityGroupID: &c.in.nodeGroup})
	for _, from := range privateCIDRs(c.spec) {
		// The range is in the name, so that it moves no other rule when it goes.
		name := "rule-control-plane-from-" + strings.ReplaceAll(from, "/", "-")
		c.addAPIRule(name, "endpoint.privateCIDRs to the Kubernetes API", ec2v1beta1.SecurityGroupIngressRuleParameters{CidrIPv4: &from})
	}
	// The control plane calls kubelets, and webhooks on whatever port they listen.
	for _, r := range []struct {
		name     string
		from, to float64
	}{
		{ruleToWebhooks, https, https},
		{ruleToPods, 1025, 65535},
	} {
		c.parts.add(foundation, r.name, ec2v1beta1.SecurityGroupIngressRule_GroupVersionKind, &ec2v1beta1.SecurityGroupIngressRule{
			Spec: ec2v1beta1.SecurityGroupIngressRuleSpec{ForProvider: ec2v1beta1.SecurityGroupIngressRuleParameters{
				Region:                            &c.spec.Region,
				SecurityGroupID:                   &c.in.nodeGroup,
				ReferencedSecurityGroupIDSelector: desired.Selector(groupName),
				IPProtocol:                        new("tcp"),
				FromPort:                          &r.from,
				ToPort:                            &r.to,
				Description:                       new("Control plane of " + c.name + " to kubelets and webhooks"),
				Tags:                              c.tags(r.name),
			}},
		})
	}
}

const https = 443

// addAPIRule lets somebody reach the Kubernetes API through the VPC.
func (c *cluster) addAPIRule(name, description string, from ec2v1beta1.SecurityGroupIngressRuleParameters) {
	from.Region = &c.spec.Region
	from.SecurityGroupIDSelector = desired.Selector(groupName)
	from.IPProtocol, from.FromPort, from.ToPort = new("tcp"), new(float64(https)), new(float64(https))
	from.Description = &description
	from.Tags = c.tags(name)
	c.parts.add(foundation, name, ec2v1beta1.SecurityGroupIngressRule_GroupVersionKind, &ec2v1beta1.SecurityGroupIngressRule{
		Spec: ec2v1beta1.SecurityGroupIngressRuleSpec{ForProvider: from},
	})
}

// groupNameMax is the longest name of a security group (CreateSecurityGroup API, read 2026-11-29).
const groupNameMax = 255

func (c *cluster) addEKS() {
	if c.seen.group == "" || c.seen.encrypted && c.seen.keyARN == "" {
		c.parts.later(controlPlane, clusterName) // To leave its group or key out is to ask EKS for what it cannot do.
		return
	}
	public := publicCIDRs(c.spec)
	vpc := eksv1beta1.VPCConfigParameters{
		EndpointPrivateAccess: new(true),
		EndpointPublicAccess:  new(len(public) > 0),
		SubnetIds:             c.clusterSubnets(),
		// No reference: the provider resolves none in a list, since Crossplane applies
		// the list without it again.
		SecurityGroupIds: []*string{&c.seen.group},
	}
	if len(public) > 0 {
		vpc.PublicAccessCidrs = pointers(public)
	}
	p := eksv1beta1.ClusterParameters{
		Region:          &c.spec.Region,
		Version:         &c.spec.Version,
		RoleArnSelector: desired.Selector(clusterRoleName),
		AccessConfig: []eksv1beta1.AccessConfigParameters{{
			AuthenticationMode: new("API"),
			// The provider's own role: what it makes in the cluster later, it makes by this.
			BootstrapClusterCreatorAdminPermissions: new(true),
		}},
		// The add-ons come as add-ons, which EKS can update.
		BootstrapSelfManagedAddons: new(false),
		DeletionProtection:         &c.set.DeletionProtection.V,
		EnabledClusterLogTypes:     pointers(logTypes()),
		// Extended support costs extra. Without it EKS raises a cluster to the next
		// version when the support of its own ends (UpgradePolicyRequest API, read 2026-11-29),
		// and check asks for a claim that follows.
		UpgradePolicy:    []eksv1beta1.UpgradePolicyParameters{{SupportType: new("STANDARD")}},
		VPCConfig:        []eksv1beta1.VPCConfigParameters{vpc},
		ZonalShiftConfig: []eksv1beta1.ZonalShiftConfigParameters{{Enabled: new(true)}},
		Tags:             c.tags(clusterName),
	}
	if c.set.KMS.V && c.seen.keyARN != "" {
		p.EncryptionConfig = []eksv1beta1.EncryptionConfigParameters{{
			Provider:  []eksv1beta1.ProviderParameters{{KeyArn: &c.seen.keyARN}},
			Resources: []*string{new("secrets")},
		}}
	}
	c.parts.gate(controlPlane, clusterName, eksv1beta1.Cluster_GroupVersionKind, &eksv1beta1.Cluster{
		ObjectMeta: c.named(clusterName, c.eks),
		Spec:       eksv1beta1.ClusterSpec{ForProvider: p},
	})
}

// clusterSubnets are those that the cluster was made with: EKS takes no zones
// that it did not begin with. UpdateClusterConfig's page does not say so; its error
// does, as people report it, by "the exact set of AZs" (read 2026-11-29). Nodes in a
// zone that the network gets later reach the control plane all the same.
func (c *cluster) clusterSubnets() []*string {
	if len(c.seen.subnets) > 0 {
		return c.seen.subnets
	}
	return c.in.subnets
}

// addKubeconfig plans the kubeconfig with which the platform reaches the cluster,
// in a Secret whose token the provider renews.
func (c *cluster) addKubeconfig() {
	c.parts.gate(controlPlane, kubeconfigName, eksv1beta1.ClusterAuth_GroupVersionKind, &eksv1beta1.ClusterAuth{
		Spec: eksv1beta1.ClusterAuthSpec{
			ResourceSpec: xpv1.ResourceSpec{WriteConnectionSecretToReference: &xpv1.SecretReference{Namespace: systemNamespace, Name: c.kubeconfigSecret()}},
			ForProvider:  eksv1beta1.ClusterAuthParameters{Region: c.spec.Region, ClusterNameSelector: desired.Selector(clusterName)},
		},
	}, clusterName)
}

func (c *cluster) kubeconfigSecret() string { return c.name + "-kubeconfig" }
