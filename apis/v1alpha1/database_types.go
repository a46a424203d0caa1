package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A DatabaseEngine is a kind of database.
// +kubebuilder:validation:Enum=mysql;postgres;redis;dynamodb
type DatabaseEngine string

// The engines.
const (
	EngineMySQL    DatabaseEngine = "mysql"
	EnginePostgres DatabaseEngine = "postgres"
	EngineRedis    DatabaseEngine = "redis"
	EngineDynamoDB DatabaseEngine = "dynamodb"
)

// A DatabaseSize is a t-shirt size; the table is in functions/database.
// +kubebuilder:validation:Enum=micro;small;medium;large;xlarge
type DatabaseSize string

// Limits of AWS in this file, each read 2026-11-29:
//
//	networkRef                          RDS moves an instance to another VPC if it has no standby
//	                                    (Updating the VPC for a DB instance); here none moves
//	storageGiB, maxStorageGiB           20 to 65536 of gp3 (CreateDBInstance API), grown by a tenth at
//	                                    least (Managing capacity automatically with Amazon RDS storage
//	                                    autoscaling), never shrunk (ModifyDBInstance API)
//	databaseName                        a letter, then letters, digits and _; 63 for PostgreSQL, 64 for
//	                                    MySQL (CreateDBInstance API); words that an engine reserves are
//	                                    refused by AWS
//	backupRetentionDays                 0 to 35 (CreateDBInstance API; PointInTimeRecoverySpecification
//	                                    API; Scheduling automatic backups for Redis OSS)
//	table.indexes                       20, a quota that AWS raises (CreateTable API); their names
//	                                    (GlobalSecondaryIndex API)
//	names of keys, table.ttlAttribute   255 (KeySchemaElement and TimeToLiveSpecification APIs)
//	a deleted table's backup            35 days (Point-in-time recovery: How it works)
//	restoreFrom.snapshot                names have letters, digits and single hyphens (CreateDBSnapshot
//	                                    API); those of automated ones begin with rds: (Managing
//	                                    automated backups), awsbackup: (AWS Backup) and automatic.
//	                                    (ElastiCache, Describing backups); ARNs (RestoreDBInstance-
//	                                    FromDBSnapshot and CreateReplicationGroup APIs); 2026-11-30
//	version                             functions/database/version.go

// DatabaseSpec is the database that a claim asks for.
// +kubebuilder:validation:XValidation:rule="self.engine == 'dynamodb' ? has(self.table) : !has(self.table)",message="table is for engine dynamodb, which needs it: give its partitionKey, or remove table for another engine",fieldPath=".table"
// +kubebuilder:validation:XValidation:rule="self.engine == 'dynamodb' || has(self.networkRef)",message="networkRef is needed for mysql, postgres and redis: name the Network claim whose data subnets the database is in",fieldPath=".networkRef"
// +kubebuilder:validation:XValidation:rule="self.engine != 'dynamodb' || !has(self.networkRef)",message="networkRef means nothing to dynamodb, whose tables are in no network: remove it",fieldPath=".networkRef"
// +kubebuilder:validation:XValidation:rule="has(self.networkRef) == has(oldSelf.networkRef) && (!has(self.networkRef) || self.networkRef.name == oldSelf.networkRef.name)",message="networkRef cannot change: a database stays in its VPC; create a new claim, with a snapshot of this database as its restoreFrom",fieldPath=".networkRef"
// +kubebuilder:validation:XValidation:rule="!(has(self.size) && has(self.instanceClass))",message="give size or instanceClass, not both",fieldPath=".instanceClass"
// +kubebuilder:validation:XValidation:rule="!has(self.instanceClass) || self.engine == 'dynamodb' || self.instanceClass.startsWith(self.engine == 'redis' ? 'cache.' : 'db.')",message="instanceClass starts with cache. for redis, and with db. for mysql and postgres: choose one of the engine's own",fieldPath=".instanceClass"
// +kubebuilder:validation:XValidation:rule="self.engine in ['mysql', 'postgres'] || (!has(self.storageGiB) && !has(self.maxStorageGiB) && !has(self.databaseName))",message="storageGiB, maxStorageGiB and databaseName are for mysql and postgres: remove them",fieldPath=".engine"
// +kubebuilder:validation:XValidation:rule="!has(self.storageGiB) || !has(self.maxStorageGiB) || self.storageGiB <= self.maxStorageGiB",message="storageGiB must not be larger than maxStorageGiB",fieldPath=".storageGiB"
// +kubebuilder:validation:XValidation:rule="!has(self.maxStorageGiB) || self.maxStorageGiB <= self.?storageGiB.orValue(20) || self.maxStorageGiB * 10 >= self.?storageGiB.orValue(20) * 11",message="maxStorageGiB must be storageGiB, or at least a tenth more: RDS takes nothing between",fieldPath=".maxStorageGiB"
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.storageGiB) || (has(self.storageGiB) && self.storageGiB >= oldSelf.storageGiB)",message="storageGiB can only grow: RDS cannot shrink a volume",fieldPath=".storageGiB"
// +kubebuilder:validation:XValidation:rule="has(self.databaseName) == has(oldSelf.databaseName) && (!has(self.databaseName) || self.databaseName == oldSelf.databaseName)",message="databaseName cannot change: create a new claim and move the data",fieldPath=".databaseName"
// +kubebuilder:validation:XValidation:rule="self.engine != 'dynamodb' || (!has(self.version) && !has(self.size) && !has(self.instanceClass) && !has(self.multiAZ))",message="version, size, instanceClass and multiAZ mean nothing to dynamodb: remove them",fieldPath=".engine"
// +kubebuilder:validation:XValidation:rule="self.engine != 'dynamodb' || (!has(self.allowMajorVersionUpgrade) && !has(self.applyImmediately) && !has(self.finalSnapshot))",message="allowMajorVersionUpgrade, applyImmediately and finalSnapshot mean nothing to dynamodb: remove them; AWS stores a backup of a deleted table for 35 days where backupRetentionDays is not 0",fieldPath=".engine"
// +kubebuilder:validation:XValidation:rule="!has(self.version) || self.engine in ['postgres', 'dynamodb'] || !self.version.matches('^[0-9]+$')",message="a version of mysql or redis starts with two numbers, such as 8.4 or 7.1: give both",fieldPath=".version"
// +kubebuilder:validation:XValidation:rule="!has(self.version) || self.engine in ['mysql', 'dynamodb'] || !self.version.matches('^[0-9]+[.][0-9]+[.][0-9]+$')",message="a version of postgres or redis has two numbers at most, such as 17.5 or 7.1: leave the rest out",fieldPath=".version"
// +kubebuilder:validation:XValidation:rule="!has(self.version) || !has(oldSelf.version) || self.?allowMajorVersionUpgrade.orValue(false) || (self.engine == 'mysql' ? self.version.find('^[0-9]+[.][0-9]+') == oldSelf.version.find('^[0-9]+[.][0-9]+') : self.version.find('^[0-9]+') == oldSelf.version.find('^[0-9]+'))",message="a new major version needs allowMajorVersionUpgrade: true, since there is no way back",fieldPath=".version"
// +kubebuilder:validation:XValidation:rule="!has(self.restoreFrom) || self.engine != 'dynamodb'",message="restoreFrom is for mysql, postgres and redis: AWS restores the backup of a table as a table of its own, from which its items can be copied",fieldPath=".restoreFrom"
// +kubebuilder:validation:XValidation:rule="!has(self.restoreFrom) || !(self.engine in ['mysql', 'postgres']) || has(self.version)",message="restoreFrom needs version, which is that of the snapshot, such as 8.4 or 17: give it, and raise it when the database is Ready",fieldPath=".version"
// +kubebuilder:validation:XValidation:rule="!has(self.restoreFrom) || !(self.engine in ['mysql', 'postgres']) || !(self.restoreFrom.snapshot.startsWith('automatic.') || self.restoreFrom.snapshot.matches('^arn:[a-z-]+:s3:'))",message="snapshot is one of ElastiCache: give one of RDS, by its name or ARN",fieldPath=".restoreFrom.snapshot"
// +kubebuilder:validation:XValidation:rule="!has(self.restoreFrom) || self.engine != 'redis' || !self.restoreFrom.snapshot.matches('^(rds:|awsbackup:|arn:[a-z-]+:rds:)')",message="snapshot is one of RDS: give one of ElastiCache by its name, or the ARN of an RDB file in S3",fieldPath=".restoreFrom.snapshot"
// +kubebuilder:validation:XValidation:rule="!has(self.version) || !has(oldSelf.version) || !self.version.matches('^[0-9]+([.][0-9]+){0,2}$') || ![0, 1, 2].exists(i, i < size(self.version.split('.')) && i < size(oldSelf.version.split('.')) && int(self.version.split('.')[i]) < int(oldSelf.version.split('.')[i]) && [0, 1].all(j, j >= i || self.version.split('.')[j] == oldSelf.version.split('.')[j]))",message="version can only go up: AWS cannot downgrade a database; a new claim can have the older version, by restoreFrom with a snapshot of that time",fieldPath=".version"
// +kubebuilder:validation:XValidation:rule="self.engine == 'redis' || !has(self.redisLogin)",message="redisLogin is for redis: remove it; mysql, postgres and dynamodb always require TLS and a login",fieldPath=".redisLogin"
// +kubebuilder:validation:XValidation:rule="self.engine != 'dynamodb' || (has(self.region) ? self.region : 'ap-southeast-2') == (has(oldSelf.region) ? oldSelf.region : 'ap-southeast-2')",message="region of a table cannot change: create a new claim in the other region and move the data",fieldPath=".region"
// +kubebuilder:validation:XValidation:rule="self.engine != 'dynamodb' || (has(self.providerConfigName) ? self.providerConfigName : 'default') == (has(oldSelf.providerConfigName) ? oldSelf.providerConfigName : 'default')",message="providerConfigName of a table cannot change, since another one may be another AWS account: change the ProviderConfig itself, or create a new claim",fieldPath=".providerConfigName"
// +kubebuilder:validation:XValidation:rule="self.engine != 'dynamodb' || !has(self.allowCrossEnvironment)",message="allowCrossEnvironment means nothing to dynamodb, whose claim names no other: remove it",fieldPath=".allowCrossEnvironment"
type DatabaseSpec struct {
	CommonSpec    `json:",inline"`
	ReferenceSpec `json:",inline"`

	// Engine of the database. It cannot change once set.
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="engine cannot change: create a new claim and move the data"
	Engine DatabaseEngine `json:"engine"`

	// NetworkRef names the Network claim whose data subnets the database is in.
	// mysql, postgres and redis need it, and it cannot change; a dynamodb table is
	// in no network.
	// +optional
	NetworkRef *LocalReference `json:"networkRef,omitempty"`

	// Version of the engine: MySQL 8.4, PostgreSQL 18, Redis 7.1 unless given. A
	// database that exists stays in its series when the default changes. Minor
	// versions follow by themselves unless Version names one, such as 8.4.10.
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9]+([.][0-9]+){0,2}$')",message="must be one to three numbers with dots between them, such as 8.4"
	// +optional
	Version string `json:"version,omitempty"`

	// AllowMajorVersionUpgrade must be true for a change of Version to a new
	// major version: from MySQL 8.0 to 8.4, or from PostgreSQL 17 to 18.
	// +optional
	AllowMajorVersionUpgrade *bool `json:"allowMajorVersionUpgrade,omitempty"`

	// Size of each node; docs/databases.md lists the instance class of each size.
	// Leaving out Size and InstanceClass takes micro.
	// +optional
	Size DatabaseSize `json:"size,omitempty"`

	// InstanceClass of AWS, such as db.t3.micro or cache.t3.micro, instead of Size.
	// +kubebuilder:validation:MaxLength=40
	// +kubebuilder:validation:XValidation:rule="self.matches('^(db|cache)[.][a-z0-9-]+[.][a-z0-9]+$')",message="must be an instance class of AWS, such as db.t3.micro or cache.t3.micro"
	// +optional
	InstanceClass string `json:"instanceClass,omitempty"`

	// StorageGiB of the encrypted gp3 volume (mysql, postgres): 20 unless given. It
	// can only grow.
	// +kubebuilder:validation:Minimum=20
	// +kubebuilder:validation:Maximum=65536
	// +optional
	StorageGiB *int32 `json:"storageGiB,omitempty"`

	// MaxStorageGiB up to which the volume grows by itself (mysql, postgres): five
	// times StorageGiB unless given.
	// +kubebuilder:validation:Minimum=20
	// +kubebuilder:validation:Maximum=65536
	// +optional
	MaxStorageGiB *int32 `json:"maxStorageGiB,omitempty"`

	// DatabaseName of the first database (mysql, postgres). With restoreFrom it names one that is in
	// the snapshot.
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z][a-z0-9_]*$')",message="must be a lower-case letter, then lower-case letters, digits and _"
	// +optional
	DatabaseName string `json:"databaseName,omitempty"`

	// MultiAZ adds a standby or replica in another zone. Leaving it out takes the
	// environment's value.
	// +optional
	MultiAZ *bool `json:"multiAZ,omitempty"`

	// BackupRetentionDays, 0 to 35. The default is the environment's value.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=35
	// +optional
	BackupRetentionDays *int32 `json:"backupRetentionDays,omitempty"`

	// DeletionProtection refuses the deletion of the claim and of the database. To
	// delete a protected claim, first set it to false. Leaving it out takes the
	// environment's value.
	// +optional
	DeletionProtection *bool `json:"deletionProtection,omitempty"`

	// FinalSnapshot takes a snapshot of the database when it is deleted. Leaving it
	// out takes the environment's value.
	// +optional
	FinalSnapshot *bool `json:"finalSnapshot,omitempty"`

	// ApplyImmediately makes changes that can interrupt the database, such as another version or
	// size, at once and not in its next maintenance window. The default is the environment's value.
	// +optional
	ApplyImmediately *bool `json:"applyImmediately,omitempty"`

	// RedisLogin lets only connections with TLS and an IAM login into the database (redis). It is
	// decided when the database is made. Leaving it out takes the environment's value.
	// +optional
	RedisLogin *bool `json:"redisLogin,omitempty"`

	// KMS encrypts with a key of the database's own instead of AWS's. It is decided when the
	// database is made; only a table can get a key later. Leaving it out takes the environment's
	// value.
	// +optional
	KMS *Toggle `json:"kms,omitempty"`

	// RestoreFrom makes the database of a snapshot (mysql, postgres, redis). It acts when the
	// database is made: later it can only be left as it is.
	// +optional
	RestoreFrom *RestoreFrom `json:"restoreFrom,omitempty"`

	// Table of engine dynamodb.
	// +optional
	Table *Table `json:"table,omitempty"`
}

// RestoreFrom is where the data of a new database comes from.
type RestoreFrom struct {
	// Snapshot in the database's region: the name of one of the account, such as
	// rds:orders-x7k2p-2026-11-30-16-05 or the finalSnapshot in the status of a database that is
	// gone; for mysql and postgres also the ARN of one that another account shares, and for redis
	// that of an RDB file in S3.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:XValidation:rule="self.matches('^((rds|awsbackup):|automatic[.])?[A-Za-z](-?[A-Za-z0-9])*$') || self.matches('^arn:aws[a-z-]*:(rds:[a-z0-9-]+:[0-9]{12}:snapshot:[a-z]|s3:::[^/,]+/)[^,]*$')",message="must be the name of a snapshot, such as rds:orders-x7k2p-2026-11-30-16-05, or the ARN of a snapshot of RDS or of an RDB file in S3"
	Snapshot string `json:"snapshot"`
}

// A Table is a DynamoDB table, billed by request.
// +kubebuilder:validation:XValidation:rule="!has(self.sortKey) || self.sortKey.name != self.partitionKey.name",message="partitionKey and sortKey are the same attribute: name another one, or leave sortKey out",fieldPath=".sortKey"
// +kubebuilder:validation:XValidation:rule="!has(self.ttlAttribute) || !((self.partitionKey.name == self.ttlAttribute && self.partitionKey.type != 'number') || (has(self.sortKey) && self.sortKey.name == self.ttlAttribute && self.sortKey.type != 'number') || (has(self.indexes) && self.indexes.exists(i, (i.partitionKey.name == self.ttlAttribute && i.partitionKey.type != 'number') || (has(i.sortKey) && i.sortKey.name == self.ttlAttribute && i.sortKey.type != 'number'))))",message="ttlAttribute holds a number of seconds, and a key has its name and another type: name another attribute, or give the key the type number",fieldPath=".ttlAttribute"
// +kubebuilder:validation:XValidation:rule="has(self.sortKey) == has(oldSelf.sortKey) && (!has(self.sortKey) || self.sortKey == oldSelf.sortKey)",message="sortKey cannot change: create a new claim and move the data",fieldPath=".sortKey"
type Table struct {
	// PartitionKey of the table. It cannot change once set.
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="partitionKey cannot change: create a new claim and move the data"
	PartitionKey TableKey `json:"partitionKey"`

	// SortKey of the table. It cannot be changed, added or removed later.
	// +optional
	SortKey *TableKey `json:"sortKey,omitempty"`

	// Indexes are global secondary indexes.
	// +kubebuilder:validation:MaxItems=20
	// +listType=map
	// +listMapKey=name
	// +optional
	Indexes []TableIndex `json:"indexes,omitempty"`

	// TTLAttribute names the attribute with an item's expiry time, in seconds since 1970. Without
	// it items stay until they are deleted.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	TTLAttribute string `json:"ttlAttribute,omitempty"`
}

// KeyType of DynamoDB. The values are words because YAML reads a bare N, DynamoDB's name for a
// number, as false.
// +kubebuilder:validation:Enum=string;number;binary
type KeyType string

// The types of keys.
const (
	KeyTypeString KeyType = "string"
	KeyTypeNumber KeyType = "number"
	KeyTypeBinary KeyType = "binary"
)

// A TableKey is a key attribute.
type TableKey struct {
	// Name of the attribute.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Name string `json:"name"`

	// Type of the attribute.
	// +kubebuilder:default=string
	// +optional
	Type KeyType `json:"type,omitempty"`
}

// A TableIndex is a global secondary index that projects all attributes.
// +kubebuilder:validation:XValidation:rule="!has(self.sortKey) || self.sortKey.name != self.partitionKey.name",message="partitionKey and sortKey are the same attribute: name another one, or leave sortKey out",fieldPath=".sortKey"
type TableIndex struct {
	// Name of the index.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-zA-Z0-9_.-]+$')",message="must be letters, digits, _, . and -"
	Name string `json:"name"`

	// PartitionKey of the index.
	PartitionKey TableKey `json:"partitionKey"`

	// SortKey of the index.
	// +optional
	SortKey *TableKey `json:"sortKey,omitempty"`
}

// DatabaseStatus is what exists.
type DatabaseStatus struct {
	CommonStatus `json:",inline"`

	// Endpoint is the host name to connect to.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// ReaderEndpoint is the host name for reads, where there are replicas.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	ReaderEndpoint string `json:"readerEndpoint,omitempty"`

	// Port to connect to.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	// +optional
	Port int32 `json:"port,omitempty"`

	// SecretARN of the credentials in AWS Secrets Manager.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	SecretARN string `json:"secretArn,omitempty"`

	// Username for a login with an IAM token instead of a password (redis with redisLogin).
	// +kubebuilder:validation:MaxLength=40
	// +optional
	Username string `json:"username,omitempty"`

	// UserARN of that user, for policies that allow elasticache:Connect.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	UserARN string `json:"userArn,omitempty"`

	// TLS reports whether the database refuses connections without TLS.
	// +optional
	TLS bool `json:"tls,omitempty"`

	// SecurityGroup of the database, which admits the network's nodes.
	// +kubebuilder:validation:MaxLength=64
	// +optional
	SecurityGroup string `json:"securityGroup,omitempty"`

	// FinalSnapshot is the name of the snapshot that is taken when the database is deleted.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	FinalSnapshot string `json:"finalSnapshot,omitempty"`

	// EngineVersion that the database runs.
	// +kubebuilder:validation:MaxLength=32
	// +optional
	EngineVersion string `json:"engineVersion,omitempty"`

	// TableName of engine dynamodb.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	TableName string `json:"tableName,omitempty"`

	// ARN of the instance, replication group or table.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	ARN string `json:"arn,omitempty"`

	// KMSKeyARN of the encryption key, where kms is enabled.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	KMSKeyARN string `json:"kmsKeyArn,omitempty"`

	// DatabaseName of the first database.
	// +kubebuilder:validation:MaxLength=63
	// +optional
	DatabaseName string `json:"databaseName,omitempty"`
}

// A Database is a MySQL or PostgreSQL database, a Redis or a DynamoDB table.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=databases,shortName=db,categories=platform
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="STATUS",type="string",JSONPath=".status.conditions[?(@.type=='DatabaseReady')].reason"
// +kubebuilder:printcolumn:name="ENVIRONMENT",type="string",JSONPath=".spec.environment"
// +kubebuilder:printcolumn:name="ENGINE",type="string",JSONPath=".spec.engine"
// +kubebuilder:printcolumn:name="VERSION",type="string",JSONPath=".status.engineVersion"
// +kubebuilder:printcolumn:name="COST",type="string",JSONPath=".status.estimatedMonthlyCost.total"
// +kubebuilder:printcolumn:name="WAITING-FOR",type="string",JSONPath=".status.waitingFor",priority=1
type Database struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the database that the claim asks for.
	Spec DatabaseSpec `json:"spec"`

	// Status is what exists.
	// +optional
	Status DatabaseStatus `json:"status,omitempty"`
}

// A DatabaseList is a list of databases.
// +kubebuilder:object:root=true
type DatabaseList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Database `json:"items"`
}
