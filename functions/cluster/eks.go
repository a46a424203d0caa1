package cluster

import (
	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"
	eksv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta2"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

const (
	clusterName     = "cluster"
	clusterRoleName = "role-cluster"
	clusterLogsName = "log-group-control-plane"
	kubeconfigName  = "kubeconfig"
	keyName         = "key-eks"

	// eksNameMax is the longest name of a cluster (CreateCluster API, read 2026-11-29).
	eksNameMax = 100
)

// logTypes are all that EKS has (docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html,
// read 2026-11-29).
func logTypes() []string {
	return []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}
}

// addControlPlane adds the EKS cluster and what must exist before it.
func (c *cluster) addControlPlane() {
	c.addKey()
	c.addControlPlaneGroup()
	// EKS makes the group itself where there is none, without an end to its retention.
	c.AddLogGroup(clusterLogsName, c.controlPlaneLogs())
	c.addRole(role{
		name: clusterRoleName, stage: foundation,
		description: "EKS control plane of cluster " + c.Name,
		trust:       c.eksTrust(),
		managed:     clusterPolicies(),
	})
	c.addEKS()
	c.addKubeconfig()
}

// controlPlaneLogs is the log group that EKS writes to.
func (c *cluster) controlPlaneLogs() string { return "/aws/eks/" + c.eksName() + "/cluster" }

// clusterPolicies are AWS's own: what the control plane does changes with EKS, so
// that only AWS can list it.
func clusterPolicies() []string { return []string{"AmazonEKSClusterPolicy"} }

// eksTrust lets EKS assume the role of the control plane, for this cluster only
// (docs.aws.amazon.com/eks/latest/userguide/cross-service-confused-deputy-prevention.html, read
// 2026-11-30).
func (c *cluster) eksTrust() string {
	return iampolicy.JSON(iampolicy.Statement{
		Effect: iampolicy.Allow, Principal: iampolicy.Service(serviceEKS), Action: []string{"sts:AssumeRole", "sts:TagSession"},
		Condition: c.OnBehalfOf("eks", "cluster/"+c.eksName()),
	})
}

// addKey adds the key that Kubernetes Secrets are encrypted with in etcd, where the
// settings ask for it. EKS uses it by a grant that it makes with the rights of whoever
// creates the cluster
// (docs.aws.amazon.com/eks/latest/userguide/enable-kms.html, read 2026-11-29). The key is
// pending until the account is known, which its policy names.
func (c *cluster) addKey() {
	if !c.Settings.KMS.V {
		return
	}
	if c.Account == "" {
		c.Desired.Pending(keyName)
		c.Desired.Pending(composition.AliasName(keyName))
		return
	}
	c.AddKey(composition.Key{
		Name: keyName, Alias: c.fit("-eks", composition.AliasMax), Description: "Kubernetes Secrets of cluster " + c.Name,
		Protected: c.Settings.DeletionProtection.V,
	})
}

func (c *cluster) addEKS() {
	if c.state.group == "" || c.state.encrypted && c.state.keyARN == "" {
		c.Desired.Pending(clusterName, desired.In(controlPlane)) // EKS needs its group, and cannot lose its key.
		return
	}
	public := publicCIDRs(c.spec)
	vpc := eksv1beta2.VPCConfigParameters{
		EndpointPrivateAccess: new(true),
		EndpointPublicAccess:  new(len(public) > 0),
		SubnetIds:             c.clusterSubnets(),
		// By its id, as existing clusters have it: vpcConfig was a list in the API's older
		// version, and a reference in a list is resolved without end.
		SecurityGroupIds: []*string{&c.state.group},
	}
	if len(public) > 0 {
		vpc.PublicAccessCidrs = composition.Pointers(public)
	}
	p := eksv1beta2.ClusterParameters{
		Region:          &c.spec.Region,
		Version:         &c.version.controlPlane,
		RoleArnSelector: desired.Selector(clusterRoleName),
		AccessConfig: &eksv1beta2.AccessConfigParameters{
			AuthenticationMode: new("API"),
			// The provider's own role, by which it changes the cluster later.
			BootstrapClusterCreatorAdminPermissions: new(true),
		},
		// EKS can update the add-ons that are resources of their own, and not these.
		BootstrapSelfManagedAddons: new(false),
		DeletionProtection:         &c.Settings.DeletionProtection.V,
		EnabledClusterLogTypes:     composition.Pointers(logTypes()),
		// Extended support costs extra. Without it EKS raises a cluster to the next
		// version when the support of its own ends (UpgradePolicyRequest API, read 2026-11-29),
		// and a condition asks for a claim that follows.
		UpgradePolicy:    &eksv1beta2.UpgradePolicyParameters{SupportType: new("STANDARD")},
		VPCConfig:        &vpc,
		ZonalShiftConfig: &eksv1beta2.ZonalShiftConfigParameters{Enabled: new(true)},
		Tags:             c.Tags(clusterName),
	}
	if c.Settings.KMS.V && c.state.keyARN != "" {
		p.EncryptionConfig = &eksv1beta2.EncryptionConfigParameters{
			Provider:  &eksv1beta2.ProviderParameters{KeyArn: &c.state.keyARN},
			Resources: []*string{new("secrets")},
		}
	}
	meta := c.Named(clusterName, c.eksName())
	if c.version.ahead != "" {
		meta.Annotations[aheadAnnotation] = c.version.ahead
	}
	c.Desired.Add(clusterName, &eksv1beta2.Cluster{
		ObjectMeta: meta,
		Spec:       eksv1beta2.ClusterSpec{ForProvider: p},
	}, desired.In(controlPlane), desired.AfterEarlierStages())
}

// clusterSubnets are those that the cluster was made with: EKS takes no zones
// that it did not start with. UpdateClusterConfig's page does not say so; its error
// does, as people report it, by "the exact set of AZs" (read 2026-11-29). Nodes in a
// zone that the network gets later reach the control plane all the same.
func (c *cluster) clusterSubnets() []*string {
	if len(c.state.subnets) > 0 {
		return c.state.subnets
	}
	return c.network.subnets
}

// addKubeconfig adds the kubeconfig with which the platform reaches the cluster,
// in a Secret whose token the provider renews.
func (c *cluster) addKubeconfig() {
	c.Desired.Add(kubeconfigName, &eksv1beta1.ClusterAuth{
		Spec: eksv1beta1.ClusterAuthSpec{
			ResourceSpec: xpv1.ResourceSpec{WriteConnectionSecretToReference: new(c.kubeconfigSecret().SecretReference)},
			ForProvider:  eksv1beta1.ClusterAuthParameters{Region: c.spec.Region, ClusterNameSelector: desired.Selector(clusterName)},
		},
	}, desired.In(controlPlane), desired.AfterEarlierStages(), desired.After(clusterName))
}
