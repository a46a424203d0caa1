package iampolicy

const rdsSecrets = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-permissions" //nolint:gosec // A page.

// dataKinds are the kinds that hold state: dynamodb, elasticache, kms, rds, s3.
func dataKinds() []Row {
	const (
		cacheTags = " ListTagsForResource AddTagsToResource RemoveTagsFromResource"
		rdsTags   = cacheTags
	)
	return []Row{
		calls("dynamodb/Table", "dynamodb", "CreateTable DescribeTable UpdateTable DeleteTable DescribeContinuousBackups UpdateContinuousBackups "+
			"DescribeTimeToLive UpdateTimeToLive ListTagsOfResource TagResource UntagResource"),
		checked("dynamodb/Table", "kms", "CreateGrant DescribeKey Decrypt Encrypt GenerateDataKey",
			"https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html", "CreateTable with a customer managed key"),
		calls("elasticache/ParameterGroup", "elasticache", "CreateCacheParameterGroup DescribeCacheParameterGroups DescribeCacheParameters ModifyCacheParameterGroup "+
			"ResetCacheParameterGroup DeleteCacheParameterGroup"+cacheTags),
		calls("elasticache/ReplicationGroup", "elasticache", "CreateReplicationGroup DescribeReplicationGroups DescribeCacheClusters ModifyReplicationGroup "+
			"IncreaseReplicaCount DecreaseReplicaCount DescribeGlobalReplicationGroups DeleteReplicationGroup"+cacheTags),
		checked("elasticache/ReplicationGroup", "ec2", "CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces DescribeSubnets DescribeVpcs",
			Reference("elasticache"), "CreateReplicationGroup and ModifyReplicationGroup"),
		checked("elasticache/ReplicationGroup", "kms", "CreateGrant DescribeKey",
			"https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html", "CreateReplicationGroup with a customer managed key"),
		checked("elasticache/ReplicationGroup", "elasticache", "CreateSnapshot", Reference("elasticache"), "DeleteReplicationGroup with a final snapshot"),
		calls("elasticache/SubnetGroup", "elasticache", "CreateCacheSubnetGroup DescribeCacheSubnetGroups ModifyCacheSubnetGroup DeleteCacheSubnetGroup"+cacheTags),
		calls("elasticache/User", "elasticache", "CreateUser DescribeUsers ModifyUser DeleteUser"+cacheTags),
		calls("elasticache/UserGroup", "elasticache", "CreateUserGroup DescribeUserGroups ModifyUserGroup DeleteUserGroup"+cacheTags),
		calls("kms/Alias", "kms", "CreateAlias ListAliases UpdateAlias DeleteAlias"),
		calls("kms/Key", "kms", "CreateKey DescribeKey GetKeyPolicy PutKeyPolicy GetKeyRotationStatus EnableKeyRotation UpdateKeyDescription ScheduleKeyDeletion "+
			"ListResourceTags TagResource UntagResource"),
		calls("rds/Instance", "rds", "CreateDBInstance RestoreDBInstanceFromDBSnapshot DescribeDBInstances ModifyDBInstance RebootDBInstance DeleteDBInstance"+rdsTags),
		checked("rds/Instance", "rds", "CreateDBSnapshot", Reference("rds"), "DeleteDBInstance with a final snapshot"),
		checked("rds/Instance", "secretsmanager", "CreateSecret TagResource RotateSecret", rdsSecrets, "RDS makes the master password's secret as its caller"),
		checked("rds/Instance", "kms", "CreateGrant Decrypt DescribeKey GenerateDataKey", rdsSecrets, "storage and secret with a customer managed key"),
		calls("rds/ParameterGroup", "rds", "CreateDBParameterGroup DescribeDBParameterGroups DescribeDBParameters ModifyDBParameterGroup ResetDBParameterGroup "+
			"DeleteDBParameterGroup"+rdsTags),
		calls("rds/SubnetGroup", "rds", "CreateDBSubnetGroup DescribeDBSubnetGroups ModifyDBSubnetGroup DeleteDBSubnetGroup"+rdsTags),
		calls("s3/Bucket", "s3", "CreateBucket ListBucket GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLogging GetBucketObjectLockConfiguration "+
			"GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration "+
			"GetReplicationConfiguration PutBucketTagging ListTagsForResource TagResource UntagResource DeleteBucket ListBucketVersions DeleteObject DeleteObjectVersion"),
		calls("s3/BucketLifecycleConfiguration", "s3", "GetLifecycleConfiguration PutLifecycleConfiguration"),
		calls("s3/BucketOwnershipControls", "s3", "GetBucketOwnershipControls PutBucketOwnershipControls"),
		calls("s3/BucketPolicy", "s3", "GetBucketPolicy PutBucketPolicy DeleteBucketPolicy"),
		calls("s3/BucketPublicAccessBlock", "s3", "GetBucketPublicAccessBlock PutBucketPublicAccessBlock"),
		calls("s3/BucketServerSideEncryptionConfiguration", "s3", "GetEncryptionConfiguration PutEncryptionConfiguration"),
	}
}
