package account

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/test/cloud/catalog"
)

// platform makes a cluster and databases in a network with two zones, and returns the identifiers by kind.
func platform(t *testing.T, a *Account) map[string]string {
	t.Helper()
	id := map[string]string{}
	build := func(kind string, p params) { id[kind] = a.mustMake(t, kind, "n", p) }
	build("ec2/VPC", params{"cidrBlock": "10.0.0.0/16"})
	subnets := []any{}
	for i, zone := range []string{"a", "b"} {
		subnets = append(subnets, a.mustMake(t, "ec2/Subnet", "n"+zone, params{
			"vpcId": id["ec2/VPC"], "cidrBlock": []string{"10.0.1.0/24", "10.0.2.0/24"}[i], "availabilityZone": region + zone,
		}))
	}
	id["ec2/Subnet"], _ = subnets[0].(string)
	build("ec2/SecurityGroup", params{"vpcId": id["ec2/VPC"], "name": "nodes"})
	group := []any{id["ec2/SecurityGroup"]}
	build("ec2/LaunchTemplate", params{"vpcSecurityGroupIds": group})
	build("iam/Role", params{})
	role := "arn:aws:iam::000000000000:role/n"
	build("kms/Key", params{})
	build("eks/Cluster", params{"roleArn": role, "vpcConfig": params{"subnetIds": subnets}})
	build("eks/NodeGroup", params{
		"clusterName": "n", "nodeRoleArn": role, "subnetIds": subnets, "launchTemplate": params{"id": id["ec2/LaunchTemplate"]},
	})
	build("eks/Addon", params{"clusterName": "n", "addonName": "vpc-cni"})
	build("eks/AccessEntry", params{"clusterName": "n", "principalArn": role})
	build("eks/PodIdentityAssociation", params{"clusterName": "n", "namespace": "store", "serviceAccount": "cart"})
	build("rds/SubnetGroup", params{"subnetIds": subnets})
	build("rds/ParameterGroup", params{"family": "postgres17"})
	build("rds/Instance", params{
		"identifier": "orders", "engine": "postgres", "engineVersion": "17", "username": "orders", "dbSubnetGroupName": "n", "parameterGroupName": "n",
		"manageMasterUserPassword": true, "skipFinalSnapshot": true,
	})
	build("elasticache/SubnetGroup", params{"subnetIds": subnets})
	build("elasticache/ParameterGroup", params{"family": "redis7", "name": "n"})
	build("elasticache/User", params{"userName": "default", "engine": "redis"})
	build("elasticache/UserGroup", params{"engine": "redis", "userIds": []any{"n"}})
	build("elasticache/ReplicationGroup", params{
		"subnetGroupName": "n", "parameterGroupName": "n", "userGroupIds": []any{"n"}, "transitEncryptionEnabled": true, "securityGroupIds": group,
	})
	return id
}

// platformKey of what platform made: a node group is found in its cluster.
func (a *Account) platformKey(kind, id string) Key {
	k := a.key(kind, id)
	k.Within = a.Within(k.Kind, params{"clusterName": "n"})
	return k
}

// codeOf an error of an API; empty when there is none.
func codeOf(err error) string {
	if refused := (&APIError{}); errors.As(err, &refused) {
		return refused.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestPlatformIsDeletedInOrder(t *testing.T) {
	cases := map[string]struct {
		reason string
		kind   string
		before []string
		want   string
	}{
		"ClusterWithNodes":       {reason: "Node groups go first.", kind: "eks/Cluster", want: "ResourceInUseException"},
		"ClusterIsFree":          {reason: "Add-ons and entries go with it.", kind: "eks/Cluster", before: []string{"eks/NodeGroup"}},
		"SubnetOfCluster":        {reason: "EKS has network interfaces in the subnet.", kind: "ec2/Subnet", before: []string{"eks/NodeGroup", "rds/Instance", "elasticache/ReplicationGroup"}, want: "DependencyViolation"},
		"SubnetOfDatabase":       {reason: "A database has them too.", kind: "ec2/Subnet", before: []string{"eks/NodeGroup", "eks/Cluster", "elasticache/ReplicationGroup"}, want: "DependencyViolation"},
		"SubnetIsFree":           {reason: "A subnet group alone does not hold it.", kind: "ec2/Subnet", before: []string{"eks/NodeGroup", "eks/Cluster", "rds/Instance", "elasticache/ReplicationGroup"}},
		"GroupOfNodes":           {reason: "Instances hold the security group of their launch template.", kind: "ec2/SecurityGroup", before: []string{"elasticache/ReplicationGroup"}, want: "DependencyViolation"},
		"GroupOfRedis":           {reason: "So do the nodes of Redis.", kind: "ec2/SecurityGroup", before: []string{"eks/NodeGroup"}, want: "DependencyViolation"},
		"SubnetGroupInUse":       {reason: "An instance holds its subnet group.", kind: "rds/SubnetGroup", want: "InvalidDBSubnetGroupStateFault"},
		"ParameterGroupInUse":    {reason: "And its parameter group.", kind: "rds/ParameterGroup", want: "InvalidDBParameterGroupState"},
		"CacheSubnetGroupInUse":  {reason: "As in RDS.", kind: "elasticache/SubnetGroup", want: "CacheSubnetGroupInUse"},
		"CacheParametersInUse":   {reason: "As in RDS.", kind: "elasticache/ParameterGroup", want: "InvalidCacheParameterGroupState"},
		"UserGroupInUse":         {reason: "A user group is deleted after its replication group.", kind: "elasticache/UserGroup", want: "InvalidUserGroupState"},
		"UserInGroup":            {reason: "A member stays.", kind: "elasticache/User", want: "InvalidUserState"},
		"CacheSubnetGroupIsFree": {reason: "Then it goes.", kind: "elasticache/SubnetGroup", before: []string{"elasticache/ReplicationGroup"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := New(noon)
			id := platform(t, a)
			for _, kind := range tc.before {
				if err := a.Delete(a.platformKey(kind, id[kind])); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(tc.want, codeOf(a.Delete(a.platformKey(tc.kind, id[tc.kind])))); diff != "" {
				t.Errorf("\n%s\nDelete(%s): -want, +got:\n%s", tc.reason, tc.kind, diff)
			}
		})
	}
}

func TestClusterTakesItsPartsAlong(t *testing.T) {
	a := New(noon)
	id := platform(t, a)
	for _, kind := range []string{"eks/NodeGroup", "eks/Cluster"} {
		if err := a.Delete(a.platformKey(kind, id[kind])); err != nil {
			t.Fatal(err)
		}
	}
	for _, kind := range []string{"eks/Addon", "eks/AccessEntry", "eks/PodIdentityAssociation"} {
		if _, exists, _ := a.Describe(a.key(kind, id[kind])); exists {
			t.Errorf("%s outlives its cluster", kind)
		}
	}
}

func TestDeletionProtection(t *testing.T) {
	cases := map[string]struct {
		reason, kind string
		params       params
		off          params // the change that takes the protection off
		want         string
	}{
		"Table":   {reason: "A table.", kind: "dynamodb/Table", params: params{"hashKey": "id", "attribute": []any{params{"name": "id"}}, "deletionProtectionEnabled": true}, off: params{"deletionProtectionEnabled": false}, want: "ValidationException"},
		"Cluster": {reason: "A cluster.", kind: "eks/Cluster", params: params{"deletionProtection": true}, off: params{"deletionProtection": false}, want: "InvalidRequestException"},
		"Instance": {
			reason: "An instance.", kind: "rds/Instance", params: params{"identifier": "other", "engine": "mysql", "deletionProtection": true, "skipFinalSnapshot": true},
			off: params{"deletionProtection": false}, want: "InvalidParameterCombination",
		},
		"NoSnapshotName": {
			reason: "The last snapshot needs a name.", kind: "rds/Instance", params: params{"identifier": "other", "engine": "mysql"},
			off: params{"finalSnapshotIdentifier": "last"}, want: "InvalidParameterCombination",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := New(noon)
			id := platform(t, a)
			if tc.kind == "eks/Cluster" {
				found, _, _ := a.Describe(a.key("eks/Cluster", id["eks/Cluster"]))
				for _, field := range []string{"roleArn", "vpcConfig"} {
					tc.params[field] = found.Params[field]
				}
			}
			key := a.key(tc.kind, a.mustMake(t, tc.kind, "another", tc.params))
			if diff := cmp.Diff(tc.want, codeOf(a.Delete(key))); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
			changed := maps.Clone(tc.params)
			maps.Copy(changed, tc.off)
			if err := errors.Join(a.Update(key, changed), a.Delete(key)); err != nil {
				t.Errorf("\n%s\nwithout protection it goes, but %v", tc.reason, err)
			}
		})
	}
}

func TestPlatformCreateRefuses(t *testing.T) {
	const role = "arn:aws:iam::000000000000:role/n"
	cases := map[string]struct {
		reason, kind, name string
		params             params
		want               string
	}{
		"OneZone":         {reason: "EKS wants two zones.", kind: "eks/Cluster", params: params{"roleArn": role, "vpcConfig": params{"subnetIds": []any{"{subnet}"}}}, want: "InvalidParameterException"},
		"NoRole":          {reason: "A passed role must exist.", kind: "eks/Cluster", params: params{"roleArn": role + "x"}, want: "InvalidParameterException"},
		"NoCluster":       {reason: "An add-on needs its cluster.", kind: "eks/Addon", params: params{"clusterName": "nowhere"}, want: "ResourceNotFoundException"},
		"NoEntry":         {reason: "A policy needs its access entry.", kind: "eks/AccessPolicyAssociation", params: params{"clusterName": "n", "principalArn": role + "x"}, want: "ResourceNotFoundException"},
		"SecondRole":      {reason: "A service account has one role.", kind: "eks/PodIdentityAssociation", params: params{"clusterName": "n", "namespace": "store", "serviceAccount": "cart"}, want: "ResourceInUseException"},
		"ReservedUser":    {reason: "PostgreSQL reserves admin.", kind: "rds/Instance", params: params{"identifier": "i", "engine": "postgres", "username": "admin"}, want: "InvalidParameterValue"},
		"OtherFamily":     {reason: "Parameters are for a version.", kind: "rds/Instance", params: params{"identifier": "i", "engine": "postgres", "engineVersion": "16.4", "parameterGroupName": "n"}, want: "InvalidParameterCombination"},
		"NoKey":           {reason: "A key exists before it is used.", kind: "rds/Instance", params: params{"identifier": "i", "kmsKeyId": "gone"}, want: "KMSKeyNotAccessibleFault"},
		"SameInstance":    {reason: "An identifier is unique in the account.", kind: "rds/Instance", params: params{"identifier": "orders", "engine": "mysql"}, want: "DBInstanceAlreadyExists"},
		"GroupInOneZone":  {reason: "RDS wants two zones.", kind: "rds/SubnetGroup", params: params{"subnetIds": []any{"{subnet}"}}, want: "DBSubnetGroupDoesNotCoverEnoughAZs"},
		"NoDefaultUser":   {reason: "Redis wants the user default.", kind: "elasticache/UserGroup", params: params{"engine": "redis"}, want: "DefaultUserRequired"},
		"UsersWithoutTLS": {reason: "Users log in over TLS.", kind: "elasticache/ReplicationGroup", params: params{"userGroupIds": []any{"n"}}, want: "InvalidParameterCombination"},
		"LonelyFailover":  {reason: "Failover needs a second node.", kind: "elasticache/ReplicationGroup", params: params{"automaticFailoverEnabled": true, "numCacheClusters": 1.0}, want: "InvalidParameterCombination"},
		"LongCacheName":   {reason: "Names of ElastiCache are short.", kind: "elasticache/ReplicationGroup", name: "a-name-of-more-than-forty-characters-is-refused", want: "InvalidParameterValue"},
		"ShortTableName":  {reason: "A table's name has three characters.", kind: "dynamodb/Table", name: "ab", want: "ValidationException"},
		"UnusedAttribute": {reason: "Only keys are declared.", kind: "dynamodb/Table", params: params{"hashKey": "id", "attribute": []any{params{"name": "id"}, params{"name": "price"}}}, want: "ValidationException"},
		"TargetOfNothing": {reason: "A target needs its rule.", kind: "cloudwatchevents/Target", params: params{"rule": "nowhere"}, want: "ResourceNotFoundException"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := New(noon)
			id := platform(t, a)
			for _, path := range []string{"vpcConfig", "subnetIds"} {
				v, ok := tc.params[path].([]any)
				if !ok {
					continue
				}
				if config, ok := v[0].(params); ok {
					config["subnetIds"] = []any{id["ec2/Subnet"]}
				} else if v[0] == "{subnet}" {
					v[0] = id["ec2/Subnet"]
				}
			}
			resource := tc.name
			if resource == "" {
				resource = "another"
			}
			_, err := a.try(tc.kind, resource, tc.params)
			if diff := cmp.Diff(tc.want, codeOf(err)); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestWhatAWSReports(t *testing.T) {
	a := New(noon)
	id := platform(t, a)
	cases := map[string]struct {
		reason, kind string
		want         map[string]string
	}{
		"Cluster": {reason: "Its VPC is that of its subnets.", kind: "eks/Cluster", want: map[string]string{"status": "ACTIVE", "arn": "arn:aws:eks:" + region + ":000000000000:cluster/n", "vpcConfig.vpcId": id["ec2/VPC"]}},
		"Instance": {reason: "The password is a secret of Secrets Manager.", kind: "rds/Instance", want: map[string]string{
			"address": "orders.c1a2b3." + region + ".rds.amazonaws.com", "engineVersionActual": "17.6", "arn": "arn:aws:rds:" + region + ":000000000000:db:orders",
		}},
		"LaunchTemplate": {reason: "Its id is AWS's.", kind: "ec2/LaunchTemplate", want: map[string]string{"id": id["ec2/LaunchTemplate"]}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r, _, err := a.Describe(a.key(tc.kind, id[tc.kind]))
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for field := range tc.want {
				found := texts(r.Attributes, strings.Split(field, "."))
				if len(found) > 0 {
					got[field] = found[0]
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestSameNameInAnotherWorkspace(t *testing.T) {
	a := New(noon)
	for _, workspace := range []string{"dev", "prod"} {
		id := a.mustMake(t, "amp/Workspace", workspace, params{})
		gk := catalog.GroupKind{Service: "amp", Kind: "RuleGroupNamespace"}
		r, err := a.Promise(Request{Kind: gk, Region: region, Name: workspace, Owner: workspace, ExternalName: "alerts", Params: params{"workspaceId": id}})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Create(r.Key); err != nil {
			t.Fatal(err)
		}
		want := Key{Kind: gk, Region: region, Within: id, ID: "alerts"}
		if diff := cmp.Diff(want, r.Key); diff != "" {
			t.Errorf("a namespace's name is unique in its workspace only: -want, +got:\n%s", diff)
		}
	}
	if live := a.Inventory().Live; live != 4 {
		t.Errorf("want two workspaces with a namespace each, there are %d resources", live)
	}
}

func TestChangedLaunchTemplateHasANewVersion(t *testing.T) {
	a := New(noon)
	key := a.key("ec2/LaunchTemplate", a.mustMake(t, "ec2/LaunchTemplate", "n", params{}))
	if err := a.Update(key, params{"imageId": "ami-1"}); err != nil {
		t.Fatal(err)
	}
	r, _, err := a.Describe(key)
	if diff := cmp.Diff(2.0, r.Attributes["latestVersion"]); err != nil || diff != "" {
		t.Errorf("%v, -want, +got:\n%s", err, diff)
	}
}
