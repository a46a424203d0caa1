package database

import (
	"maps"
	"slices"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	logsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/cloudwatchlogs/v1beta1"
	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	kmsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/kms/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/policy"
	"github.com/ausmart/platform/functions/internal/runner"
)

const (
	securityGroupName    = "security-group"
	subnetGroupName      = "subnet-group"
	parameterGroupPrefix = "parameter-group-"
	logGroupPrefix       = "log-group-"
	keyName              = "key-database"

	// KMS waits 7 to 30 days before it deletes a key (ScheduleKeyDeletion API, read
	// 2026-11-29).
	deletionWindowMin = 7
	deletionWindowMax = 30
)

// A network is what a database needs of the one that it lives in.
type network struct {
	// composite is the XNetwork's name.
	composite string

	vpcID string

	// subnets of the data tier, in the order of their zones.
	subnets []*string

	// nodes is the id of the security group that is let in.
	nodes string
}

// newNetwork reads the network's status, and waits for what is missing in it.
func newNetwork(n *v1alpha1.Network, claim runner.Claim) (network, error) {
	out := network{composite: n.GetName(), vpcID: n.Status.VPCID}
	if s := n.Status.Subnets; s != nil {
		for _, z := range slices.Sorted(maps.Keys(s.Data)) {
			out.subnets = append(out.subnets, new(string(s.Data[z])))
		}
	}
	if g := n.Status.SecurityGroups; g != nil {
		out.nodes = g.Node
	}
	switch {
	case out.vpcID == "":
		return out, runner.Wait("waiting for %s: it has no VPC yet", claim)
	case len(out.subnets) < 2:
		// RDS's subnet group wants two zones, with or without a standby (RDS User
		// Guide, Working with a DB instance in a VPC, read 2026-11-29).
		return out, runner.Wait("waiting for %s: it has no data subnets in two zones yet", claim)
	case out.nodes == "":
		return out, runner.Wait("waiting for %s: it has no security group for nodes yet", claim)
	default:
		return out, nil
	}
}

// lays is what must exist before the database does.
func (d *database) lays(name string) { d.foundations = append(d.foundations, name) }

// begins says whether the database may be asked for: everything that it stands on
// exists. A database that has been asked for stays, whatever happens to that.
func (d *database) begins() bool {
	if d.seen.exists {
		return true
	}
	return d.ready(d.foundations) && (!d.set.KMS.V || d.seen.keyARN != "")
}

// ready says whether all of the named resources are.
func (d *database) ready(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return d.obs.Condition(name, "Ready").Status != "True" })
}

// addSecurityGroup adds the database's own group, and as its only rule that the
// network's nodes may reach the port. It has no way out: a database calls nobody.
func (d *database) addSecurityGroup() {
	port := float64(ports()[d.spec.Engine])
	d.want.Add(securityGroupName, ec2v1beta1.SecurityGroup_GroupVersionKind, &ec2v1beta1.SecurityGroup{
		Spec: ec2v1beta1.SecurityGroupSpec{ForProvider: ec2v1beta1.SecurityGroupParameters_2{
			Region:      &d.spec.Region,
			VPCID:       &d.net.vpcID,
			Name:        new(d.name + "-database"),
			Description: new("Database " + d.name + ": its port, for the nodes of its network"),
			Tags:        d.tags(securityGroupName),
		}},
	})
	d.want.Add("rule-nodes", ec2v1beta1.SecurityGroupIngressRule_GroupVersionKind, &ec2v1beta1.SecurityGroupIngressRule{
		Spec: ec2v1beta1.SecurityGroupIngressRuleSpec{ForProvider: ec2v1beta1.SecurityGroupIngressRuleParameters{
			Region:                    &d.spec.Region,
			SecurityGroupIDSelector:   desired.Selector(securityGroupName),
			ReferencedSecurityGroupID: &d.net.nodes,
			IPProtocol:                new("tcp"),
			FromPort:                  &port,
			ToPort:                    &port,
			Description:               new("Nodes to the database"),
			Tags:                      d.tags("rule-nodes"),
		}},
	})
	d.lays(securityGroupName)
}

// ports of the engines that listen in a network: their defaults (CreateDBInstance
// API, read 2026-11-29; Redis's is its own).
func ports() map[v1alpha1.DatabaseEngine]int32 {
	return map[v1alpha1.DatabaseEngine]int32{
		v1alpha1.EngineMySQL:    3306,
		v1alpha1.EnginePostgres: 5432,
		v1alpha1.EngineRedis:    6379,
	}
}

// addLogGroup adds the group that a log will be written to. AWS makes it when it
// is not there, and then keeps what is in it for ever.
func (d *database) addLogGroup(log, group string) string {
	name := logGroupPrefix + log
	meta := d.externalName(name, group)
	d.want.Add(name, logsv1beta1.Group_GroupVersionKind, &logsv1beta1.Group{
		ObjectMeta: meta,
		Spec: logsv1beta1.GroupSpec{ForProvider: logsv1beta1.GroupParameters{
			Region:          &d.spec.Region,
			RetentionInDays: new(float64(d.set.RetentionDays.V)),
			Tags:            d.tags(name),
		}},
	})
	d.lays(name)
	return d.named(name, group)
}

// addKey adds the key for the database, its backups and its secret, where it has
// one of its own.
//
// Backups outlive the database, and are noise without their key: where a final
// snapshot is taken, the key stays in AWS when the claim goes.
func (d *database) addKey() {
	if !d.set.KMS.V {
		return
	}
	leaves, window := xpv1.DeletionDelete, float64(deletionWindowMin)
	if d.set.FinalSnapshot.V {
		leaves = xpv1.DeletionOrphan
	}
	if d.set.FinalSnapshot.V || d.set.DeletionProtection.V {
		window = deletionWindowMax
	}
	d.want.Add(keyName, kmsv1beta1.Key_GroupVersionKind, &kmsv1beta1.Key{
		Spec: kmsv1beta1.KeySpec{
			ResourceSpec: xpv1.ResourceSpec{DeletionPolicy: leaves},
			ForProvider: kmsv1beta1.KeyParameters{
				Region:               &d.spec.Region,
				Description:          new("Database " + d.name + ", its backups and its secret"),
				EnableKeyRotation:    new(true),
				DeletionWindowInDays: &window,
				Policy:               d.keyPolicy(),
				Tags:                 d.tags(keyName),
			},
		},
	})
	d.lays(keyName)
	alias := keyName + "-alias"
	d.want.Add(alias, kmsv1beta1.Alias_GroupVersionKind, &kmsv1beta1.Alias{
		ObjectMeta: d.externalName(alias, d.awsName(aliasNameMax, "database")),
		Spec: kmsv1beta1.AliasSpec{
			ResourceSpec: xpv1.ResourceSpec{DeletionPolicy: leaves},
			ForProvider: kmsv1beta1.AliasParameters{
				Region:              &d.spec.Region,
				TargetKeyIDSelector: desired.Selector(keyName),
			},
		},
	})
}

// keyPolicy lets the account's own policies govern the key, as AWS's default
// does; written down, whoever widens it by hand is reverted. RDS, ElastiCache,
// DynamoDB and Secrets Manager use the key in the name of who calls them.
// Until the account is known it is nil, and AWS's default holds.
func (d *database) keyPolicy() *string {
	if d.seen.account == "" {
		return nil
	}
	return new(policy.JSON(policy.Statement{
		Sid: "AccountPoliciesGovern", Effect: policy.Allow,
		Principal: policy.AWS(policy.ARN(policy.Partition(d.spec.Region), "iam", "", d.seen.account, "root")),
		// In a key's policy, * is that key and nothing else.
		Action: []string{"kms:*"}, Resource: []string{"*"},
	}))
}

// ownKey is the ARN of the key that encrypts the database; nil for AWS's. A
// database keeps the key that it was made with.
func (d *database) ownKey() *string {
	switch {
	case !d.set.KMS.V:
		return nil
	case d.seen.usedKey != "":
		return &d.seen.usedKey
	default:
		return &d.seen.keyARN
	}
}

// keyLabels say whose key the database is made with.
func (d *database) keyLabels() map[string]string {
	if d.set.KMS.V {
		return map[string]string{keyLabel: keyOwn}
	}
	return map[string]string{keyLabel: keyAWS}
}
