package account

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ausmart/platform/test/cloud/catalog"
)

func rds(kind string) catalog.GroupKind { return catalog.GroupKind{Service: "rds", Kind: kind} }
func dynamodb(kind string) catalog.GroupKind {
	return catalog.GroupKind{Service: "dynamodb", Kind: kind}
}
func elasticache(kind string) catalog.GroupKind {
	return catalog.GroupKind{Service: "elasticache", Kind: kind}
}

// rdsModels follows the RDS API reference.
func rdsModels() map[catalog.GroupKind]model {
	return map[catalog.GroupKind]model{
		rds("SubnetGroup"): {
			label: "RDS DB Subnet Group", service: "RDS",
			create: "CreateDBSubnetGroup", describe: "DescribeDBSubnetGroups", update: "ModifyDBSubnetGroup", remove: "DeleteDBSubnetGroup",
			needs: []need{groupedSubnets("InvalidSubnet")},
			check: twoZones("subnetIds[*]", "DBSubnetGroupDoesNotCoverEnoughAZs", "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "+
				"Current AZ coverage: 1. Add subnets to cover at least 2 AZs."),
			attributes: inVPC,
		},
		rds("ParameterGroup"): {
			label: "RDS DB Parameter Group", service: "RDS",
			create: "CreateDBParameterGroup", describe: "DescribeDBParameterGroups", update: "ModifyDBParameterGroup", remove: "DeleteDBParameterGroup",
			immutable: []string{"family", "description"},
		},
		rds("Instance"): {
			label: "RDS DB Instance", service: "RDS",
			create: "CreateDBInstance", describe: "DescribeDBInstances", update: "ModifyDBInstance", remove: "DeleteDBInstance",
			immutable: []string{"engine", "username", "dbName", "kmsKeyId", "storageEncrypted", "availabilityZone"},
			identify:  func(_ view, r *Resource, n int) string { return "db-" + strings.ToUpper(hexOf(26, r.Kind, r.Name, n)) },
			needs: []need{
				{"dbSubnetGroupName", []catalog.GroupKind{rds("SubnetGroup")}, "DBSubnetGroupNotFoundFault", "DB subnet group '%s' does not exist."},
				{"parameterGroupName", []catalog.GroupKind{rds("ParameterGroup")}, "DBParameterGroupNotFound", "DBParameterGroup not found: %s"},
				usableKey(),
			},
			check:         checkInstance,
			checkDeletion: checkInstanceDeletion,
			attributes:    instanceAttributes,
		},
	}
}

// groupedSubnets of a subnet group must exist.
func groupedSubnets(code string) need {
	return need{field: "subnetIds[*]", kinds: []catalog.GroupKind{ec2("Subnet")}, code: code, message: "The subnet ID '%s' does not exist"}
}

// usableKey refuses a key that is scheduled for deletion.
func usableKey() need {
	return need{
		field: "kmsKeyId", kinds: []catalog.GroupKind{kms("Key")}, code: "KMSKeyNotAccessibleFault",
		message: "The specified KMS key [%s] does not exist, is not enabled or you do not have permissions to access it.",
	}
}

func inVPC(v view, r *Resource) map[string]any {
	return map[string]any{"vpcId": v.find(ec2("Subnet"), r.Region, r.text("subnetIds[*]")).text("vpcId")}
}

// checkInstance refuses user names that PostgreSQL reserves, and a parameter group of another engine version.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
func checkInstance(v view, r *Resource) *refusal {
	if r.text("engine") == "postgres" && (r.text("username") == "admin" || r.text("username") == "rdsadmin") {
		return &refusal{"InvalidParameterValue", "MasterUsername " + r.text("username") + " cannot be used as it is a reserved word used by the engine"}
	}
	family := v.find(rds("ParameterGroup"), r.Region, r.text("parameterGroupName")).text("family")
	if want := familyOf(r.text("engine"), r.text("engineVersion")); family != "" && want != "" && family != want {
		return &refusal{"InvalidParameterCombination", fmt.Sprintf(
			"The parameter group with DBParameterGroupFamily %s can't be used for this instance. Use a parameter group with DBParameterGroupFamily %s.", family, want)}
	}
	for _, other := range v.all(r.Kind) {
		if other.ID != r.ID && other.Region == r.Region && other.text("identifier") == r.text("identifier") {
			return &refusal{"DBInstanceAlreadyExists", "DB instance already exists"}
		}
	}
	return nil
}

// familyOf the parameters of an engine's version: postgres17, mysql8.4.
func familyOf(engine, version string) string {
	parts := strings.Split(version, ".")
	switch {
	case version == "":
		return ""
	case engine == "postgres":
		return engine + parts[0]
	case engine == "mysql" && len(parts) > 1:
		return engine + parts[0] + "." + parts[1]
	}
	return ""
}

// checkInstanceDeletion refuses deletion under deletion protection, and a final snapshot without a name.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
func checkInstanceDeletion(r *Resource) *refusal {
	if f := protected("deletionProtection", "InvalidParameterCombination",
		"Cannot delete protected DB Instance, please disable deletion protection and try again.")(r); f != nil {
		return f
	}
	if r.Params["skipFinalSnapshot"] != true && r.text("finalSnapshotIdentifier") == "" {
		return &refusal{"InvalidParameterCombination", "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."}
	}
	return nil
}

func instanceAttributes(v view, r *Resource) map[string]any {
	return map[string]any{
		"resourceId": r.ID, "hostedZoneId": "Z" + strings.ToUpper(hexOf(13, r.Region, "rds")),
		"networkInterfaceSubnets": subnetsOf(v.find(rds("SubnetGroup"), r.Region, r.text("dbSubnetGroupName"))),
	}
}

func subnetsOf(group *Resource) []any {
	subnets := []any{}
	for _, s := range group.texts("subnetIds[*]") {
		subnets = append(subnets, s)
	}
	return subnets
}

// elasticacheModels follows the ElastiCache API reference.
func elasticacheModels() map[catalog.GroupKind]model {
	return map[catalog.GroupKind]model{
		elasticache("SubnetGroup"): {
			label: "ElastiCache Subnet Group", service: "ElastiCache",
			create: "CreateCacheSubnetGroup", describe: "DescribeCacheSubnetGroups", update: "ModifyCacheSubnetGroup", remove: "DeleteCacheSubnetGroup",
			needs: []need{groupedSubnets("InvalidSubnet")}, attributes: inVPC,
		},
		elasticache("ParameterGroup"): {
			label: "ElastiCache Parameter Group", service: "ElastiCache",
			create: "CreateCacheParameterGroup", describe: "DescribeCacheParameterGroups", update: "ModifyCacheParameterGroup", remove: "DeleteCacheParameterGroup",
			immutable: []string{"family", "name"},
			identify:  func(_ view, r *Resource, _ int) string { return r.text("name") },
		},
		elasticache("User"): {
			label: "ElastiCache User", service: "ElastiCache", immutable: []string{"userName", "engine"},
		},
		elasticache("UserGroup"): {
			label: "ElastiCache User Group", service: "ElastiCache",
			needs: []need{{"userIds[*]", []catalog.GroupKind{elasticache("User")}, "UserNotFound", "User %s not found."}},
			check: defaultUser,
		},
		elasticache("ReplicationGroup"): {
			label: "ElastiCache Replication Group", service: "ElastiCache",
			immutable: []string{"engine", "port", "subnetGroupName", "kmsKeyId", "atRestEncryptionEnabled"},
			needs: []need{
				{"subnetGroupName", []catalog.GroupKind{elasticache("SubnetGroup")}, "CacheSubnetGroupNotFoundFault", "Cache Subnet Group %s does not exist."},
				{"parameterGroupName", []catalog.GroupKind{elasticache("ParameterGroup")}, "CacheParameterGroupNotFound", "CacheParameterGroup not found: %s"},
				{"userGroupIds[*]", []catalog.GroupKind{elasticache("UserGroup")}, "UserGroupNotFound", "User Group %s not found."},
				usableKey(),
			},
			check:      checkReplication,
			attributes: replicationAttributes,
		},
	}
}

// defaultUser refuses a user group of Redis without the user default.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateUserGroup.html
// (DefaultUserRequired).
func defaultUser(v view, r *Resource) *refusal {
	if !strings.EqualFold(r.text("engine"), "redis") {
		return nil
	}
	for _, id := range r.texts("userIds[*]") {
		if v.find(elasticache("User"), r.Region, id).text("userName") == "default" {
			return nil
		}
	}
	return &refusal{"DefaultUserRequired", "User group must contain a user with username default."}
}

// checkReplication refuses invalid names, failover without a second node, and user groups without TLS.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
func checkReplication(_ view, r *Resource) *refusal {
	const invalid = "InvalidParameterValue"
	nodes, _ := number(r.Params["numCacheClusters"])
	switch {
	case !regexp.MustCompile(`^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$`).MatchString(r.ID) || strings.Contains(r.ID, "--"):
		return &refusal{invalid, "The parameter ReplicationGroupId is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, " +
			"and hyphens; and must not end with a hyphen or contain two consecutive hyphens."}
	case r.Params["automaticFailoverEnabled"] == true && nodes == 1:
		return &refusal{"InvalidParameterCombination", "Automatic failover is not supported for replication groups with less than 2 cache clusters."}
	case len(r.texts("userGroupIds[*]")) > 0 && r.Params["transitEncryptionEnabled"] != true:
		return &refusal{"InvalidParameterCombination", "User group based access control requires encryption-in-transit to be enabled on the replication group."}
	}
	return nil
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int64:
		return float64(n), true
	case int:
		return float64(n), true
	}
	return 0, false
}

func replicationAttributes(v view, r *Resource) map[string]any {
	return map[string]any{
		"memberClusters":          []any{r.ID + "-001"},
		"networkInterfaceSubnets": subnetsOf(v.find(elasticache("SubnetGroup"), r.Region, r.text("subnetGroupName"))),
	}
}

// dynamodbModels follows the DynamoDB API reference.
func dynamodbModels() map[catalog.GroupKind]model {
	return map[catalog.GroupKind]model{
		dynamodb("Table"): {
			label: "DynamoDB Table", service: "DynamoDB",
			immutable: []string{"hashKey", "rangeKey"},
			check:     checkTable,
			checkDeletion: protected("deletionProtectionEnabled", "ValidationException",
				"Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."),
		},
	}
}

// checkTable refuses names that do not have 3 to 255 characters, and declared attributes that no key uses.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
func checkTable(_ view, r *Resource) *refusal {
	const invalid = "ValidationException"
	if !regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,255}$`).MatchString(r.ID) {
		return &refusal{invalid, "Invalid table/index name.  Table/index names must be between 3 and 255 characters long, " +
			"and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'"}
	}
	keys := map[string]bool{}
	for _, field := range []string{
		"hashKey", "rangeKey", "globalSecondaryIndex[*].hashKey", "globalSecondaryIndex[*].rangeKey", "localSecondaryIndex[*].rangeKey",
	} {
		for _, name := range r.texts(field) {
			keys[name] = true
		}
	}
	attributes := r.texts("attribute[*].name")
	if len(attributes) != len(keys) {
		return &refusal{invalid, "One or more parameter values were invalid: " +
			"Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"}
	}
	for _, name := range attributes {
		if !keys[name] {
			return &refusal{invalid, "One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: [" + name + "]"}
		}
	}
	return nil
}
