package contract_test

const orders = `table: {partitionKey: {name: id}, sortKey: {name: created, type: number}}`

// dynamodb is a spec of that engine with the given fields.
func dynamodb(fields string) string { return "{engine: dynamodb, networkRef: null, " + fields + "}" }

func databaseRules() map[string]rule {
	return map[string]rule{
		"DatabaseEngineCannotChange": {
			kind: "Database", at: "spec.engine",
			message: "engine cannot change: create a new claim and move the data",
			accepts: map[string]change{
				"Same": {reason: "The engine is as it was.", from: `engine: postgres`, to: `{engine: postgres, size: small}`},
			},
			refuses: map[string]change{
				"Other": {reason: "Data is not moved automatically.", from: `engine: postgres`, to: `engine: mysql`, field: "spec.engine"},
			},
		},
		"DatabaseTable": {
			kind: "Database", at: "spec",
			message: "table is for engine dynamodb, which needs it: give its partitionKey, or remove table for another engine",
			accepts: map[string]change{
				"DynamoDB": {reason: "A table has keys.", to: dynamodb(orders)},
				"MySQL":    {reason: "MySQL has none.", to: `engine: mysql`},
			},
			refuses: map[string]change{
				"Missing": {reason: "A table needs a partition key.", to: dynamodb(`tags: {}`), field: "spec.table"},
				"TooMuch": {reason: "MySQL's tables are the service's own.", to: `{engine: mysql, ` + orders + `}`, field: "spec.table"},
			},
		},
		"DatabaseNetworkNeeded": {
			kind: "Database", at: "spec",
			message: "networkRef is needed for mysql, postgres and redis: name the Network claim whose data subnets the database is in",
			accepts: map[string]change{
				"Redis":    {reason: "Redis lives in a network.", to: `engine: redis`},
				"DynamoDB": {reason: "DynamoDB lives in none.", to: dynamodb(orders)},
			},
			refuses: map[string]change{
				"Redis":    {reason: "Without a network there is no place for it.", to: `{engine: redis, networkRef: null}`, field: "spec.networkRef"},
				"Postgres": {reason: "Without a network there is no place for it.", to: `{engine: postgres, networkRef: null}`, field: "spec.networkRef"},
			},
		},
		"DatabaseNetworkOfTable": {
			kind: "Database", at: "spec",
			message: "networkRef means nothing to dynamodb, whose tables are in no network: remove it",
			accepts: map[string]change{
				"Without": {reason: "A table is reached through AWS's own endpoint.", to: dynamodb(orders)},
			},
			refuses: map[string]change{
				"With": {reason: "It would do nothing.", to: `{engine: dynamodb, ` + orders + `}`, field: "spec.networkRef"},
			},
		},
		"DatabaseNetworkCannotChange": {
			kind: "Database", at: "spec",
			message: "networkRef cannot change: a database stays in its VPC; create a new claim, with a snapshot of this database as its restoreFrom",
			accepts: map[string]change{
				"Same": {reason: "The network is as it was.", from: `{}`, to: `networkRef: {name: main}`},
			},
			refuses: map[string]change{
				"Other": {reason: "A database is bound to its VPC.", from: `{}`, to: `networkRef: {name: other}`, field: "spec.networkRef"},
			},
		},
		"DatabaseSizeOrClass": {
			kind: "Database", at: "spec",
			message: "give size or instanceClass, not both",
			accepts: map[string]change{
				"Size":    {reason: "A size is enough.", to: `size: small`},
				"Class":   {reason: "So is a class.", to: `instanceClass: db.t3.micro`},
				"Neither": {reason: "There is a default.", to: `{}`},
			},
			refuses: map[string]change{
				"Both": {reason: "One of them would do nothing.", to: `{size: small, instanceClass: db.t3.micro}`, field: "spec.instanceClass"},
			},
		},
		"DatabaseClassIsAClass": {
			kind: "Database", at: "spec.instanceClass",
			message: "must be an instance class of AWS, such as db.t3.micro or cache.t3.micro",
			accepts: map[string]change{
				"RDS": {reason: "Families can have digits and dashes.", to: `instanceClass: db.r6g-x.2xlarge`},
			},
			refuses: map[string]change{
				"NoSize": {reason: "A family is not a class.", to: `instanceClass: db.t3`, field: "spec.instanceClass"},
			},
		},
		"DatabaseClassOfEngine": {
			kind: "Database", at: "spec",
			message: "instanceClass starts with cache. for redis, and with db. for mysql and postgres: choose one of the engine's own",
			accepts: map[string]change{
				"Redis":    {reason: "ElastiCache has cache classes.", to: `{engine: redis, instanceClass: cache.t3.micro}`},
				"Postgres": {reason: "RDS has db classes.", to: `{engine: postgres, instanceClass: db.t3.micro}`},
			},
			refuses: map[string]change{
				"Redis":    {reason: "ElastiCache has no db classes.", to: `{engine: redis, instanceClass: db.t3.micro}`, field: "spec.instanceClass"},
				"Postgres": {reason: "RDS has no cache classes.", to: `{engine: postgres, instanceClass: cache.t3.micro}`, field: "spec.instanceClass"},
			},
		},
		"DatabaseFieldsOfRDS": {
			kind: "Database", at: "spec",
			message: "storageGiB, maxStorageGiB and databaseName are for mysql and postgres: remove them",
			accepts: map[string]change{
				"MySQL":    {reason: "MySQL has them.", to: `{engine: mysql, storageGiB: 20, maxStorageGiB: 100, databaseName: catalog}`},
				"Postgres": {reason: "PostgreSQL has them.", to: `{engine: postgres, storageGiB: 20, maxStorageGiB: 100, databaseName: orders}`},
			},
			refuses: map[string]change{
				"Storage":    {reason: "Redis has memory.", to: `{engine: redis, storageGiB: 20}`, field: "spec.engine"},
				"MaxStorage": {reason: "Redis has memory.", to: `{engine: redis, maxStorageGiB: 20}`, field: "spec.engine"},
				"Name":       {reason: "A table has no database.", to: dynamodb(orders + `, databaseName: orders`), field: "spec.engine"},
			},
		},
		"DatabaseFieldsOfRedis": {
			kind: "Database", at: "spec",
			message: "redisLogin is for redis: remove it; mysql, postgres and dynamodb always require TLS and a login",
			accepts: map[string]change{
				"On":  {reason: "Redis can require a login.", to: `{engine: redis, redisLogin: true}`},
				"Off": {reason: "And it can do without.", to: `{engine: redis, redisLogin: false}`},
			},
			refuses: map[string]change{
				"MySQL":    {reason: "RDS always requires one.", to: `{engine: mysql, redisLogin: false}`, field: "spec.redisLogin"},
				"DynamoDB": {reason: "So does a table.", to: dynamodb(orders + `, redisLogin: true`), field: "spec.redisLogin"},
			},
		},
		"DatabaseFieldsOfDynamoDB": {
			kind: "Database", at: "spec",
			message: "version, size, instanceClass and multiAZ mean nothing to dynamodb: remove them",
			accepts: map[string]change{
				"Others": {reason: "Backups, protection and encryption do mean something.", to: dynamodb(orders + `, backupRetentionDays: 7, deletionProtection: true, kms: {enabled: true}`)},
			},
			refuses: map[string]change{
				"Version": {reason: "A table has no version.", to: dynamodb(orders + `, version: "1"`), field: "spec.engine"},
				"Size":    {reason: "A table has no size.", to: dynamodb(orders + `, size: small`), field: "spec.engine"},
				"Class":   {reason: "A table runs on no instance.", to: dynamodb(orders + `, instanceClass: db.t3.micro`), field: "spec.engine"},
				"MultiAZ": {reason: "A table is in all zones anyway.", to: dynamodb(orders + `, multiAZ: true`), field: "spec.engine"},
			},
		},
		"DatabaseUpgradesOfDynamoDB": {
			kind: "Database", at: "spec",
			message: "allowMajorVersionUpgrade, applyImmediately and finalSnapshot mean nothing to dynamodb: remove them; AWS stores a backup of a deleted table for 35 days where backupRetentionDays is not 0",
			accepts: map[string]change{
				"MySQL": {reason: "MySQL has them.", to: `{engine: mysql, allowMajorVersionUpgrade: true, applyImmediately: true, finalSnapshot: true}`},
			},
			refuses: map[string]change{
				"Upgrade":  {reason: "A table has no version.", to: dynamodb(orders + `, allowMajorVersionUpgrade: true`), field: "spec.engine"},
				"Window":   {reason: "A table changes without a pause.", to: dynamodb(orders + `, applyImmediately: false`), field: "spec.engine"},
				"Snapshot": {reason: "A table has none; AWS keeps a backup by itself.", to: dynamodb(orders + `, finalSnapshot: true`), field: "spec.engine"},
			},
		},
		"DatabaseVersionIsEnough": {
			kind: "Database", at: "spec",
			message: "a version of mysql or redis starts with two numbers, such as 8.4 or 7.1: give both",
			accepts: map[string]change{
				"MySQL":    {reason: "MySQL's series has two.", to: `{engine: mysql, version: "8.4"}`},
				"Redis":    {reason: "ElastiCache wants two.", to: `{engine: redis, version: "7.1"}`},
				"Postgres": {reason: "PostgreSQL's has one.", to: `{engine: postgres, version: "17"}`},
			},
			refuses: map[string]change{
				"MySQL": {reason: "8 is 8.0 and 8.4.", to: `{engine: mysql, version: "8"}`, field: "spec.version"},
				"Redis": {reason: "ElastiCache refuses one number.", to: `{engine: redis, version: "7"}`, field: "spec.version"},
			},
		},
		"DatabaseVersionIsNotTooMuch": {
			kind: "Database", at: "spec",
			message: "a version of postgres or redis has two numbers at most, such as 17.5 or 7.1: leave the rest out",
			accepts: map[string]change{
				"MySQL": {reason: "MySQL's has three.", to: `{engine: mysql, version: 8.4.6}`},
			},
			refuses: map[string]change{
				"Postgres": {reason: "PostgreSQL has no third number.", to: `{engine: postgres, version: 17.5.1}`, field: "spec.version"},
				"Redis":    {reason: "ElastiCache chooses the patch.", to: `{engine: redis, version: 7.1.0}`, field: "spec.version"},
			},
		},
		"DatabaseVersionGoesUp": {
			kind: "Database", at: "spec",
			message: "version can only go up: AWS cannot downgrade a database; a new claim can have the older version, by restoreFrom with a snapshot of that time",
			accepts: map[string]change{
				"Up":      {reason: "A newer patch.", from: `version: 8.4.9`, to: `version: 8.4.10`},
				"Series":  {reason: "To name the series lets AWS choose the patch.", from: `version: 8.4.6`, to: `version: "8.4"`},
				"Removed": {reason: "The running version stays.", from: `version: 8.4.6`, to: `{}`},
				"Major":   {reason: "A newer series may start with a smaller patch.", from: `version: 8.0.42`, to: `{version: 8.4.6, allowMajorVersionUpgrade: true}`},
			},
			refuses: map[string]change{
				"Patch":  {reason: "AWS refuses a downgrade.", from: `version: 8.4.10`, to: `version: 8.4.9`, field: "spec.version"},
				"Minor":  {reason: "Also of PostgreSQL.", from: `{engine: postgres, version: "17.5"}`, to: `{engine: postgres, version: "17.4"}`, field: "spec.version"},
				"Series": {reason: "No permission helps.", from: `version: 8.4.6`, to: `{version: 8.0.42, allowMajorVersionUpgrade: true}`, field: "spec.version"},
			},
		},
		"DatabaseStorageBelowMax": {
			kind: "Database", at: "spec",
			message: "storageGiB must not be larger than maxStorageGiB",
			accepts: map[string]change{
				"Equal": {reason: "Then the volume does not grow by itself.", to: `{storageGiB: 50, maxStorageGiB: 50}`},
			},
			refuses: map[string]change{
				"Larger": {reason: "RDS refuses it.", to: `{storageGiB: 51, maxStorageGiB: 50}`, field: "spec.storageGiB"},
			},
		},
		"DatabaseStorageHasRoom": {
			kind: "Database", at: "spec",
			message: "maxStorageGiB must be storageGiB, or at least a tenth more: RDS takes nothing between",
			accepts: map[string]change{
				"Equal":   {reason: "Then the volume does not grow by itself.", to: `{storageGiB: 100, maxStorageGiB: 100}`},
				"Tenth":   {reason: "RDS wants no more.", to: `{storageGiB: 100, maxStorageGiB: 110}`},
				"Default": {reason: "A volume starts with 20 GiB.", to: `{maxStorageGiB: 22}`},
			},
			refuses: map[string]change{
				"Less":    {reason: "RDS refuses it.", to: `{storageGiB: 100, maxStorageGiB: 109}`, field: "spec.maxStorageGiB"},
				"Default": {reason: "A volume starts with 20 GiB.", to: `{maxStorageGiB: 21}`, field: "spec.maxStorageGiB"},
			},
		},
		"DatabaseStorageGrows": {
			kind: "Database", at: "spec",
			message: "storageGiB can only grow: RDS cannot shrink a volume",
			accepts: map[string]change{
				"Grown": {reason: "A volume can grow.", from: `storageGiB: 20`, to: `storageGiB: 40`},
				"Given": {reason: "A volume of the default size can grow.", from: `{}`, to: `storageGiB: 40`},
			},
			refuses: map[string]change{
				"Shrunk":  {reason: "A volume cannot shrink.", from: `storageGiB: 40`, to: `storageGiB: 39`, field: "spec.storageGiB"},
				"Removed": {reason: "The default may be smaller.", from: `storageGiB: 40`, to: `{}`, field: "spec.storageGiB"},
			},
		},
		"DatabaseNameIsAName": {
			kind: "Database", at: "spec.databaseName",
			message: "must be a lower-case letter, then lower-case letters, digits and _",
			accepts: map[string]change{
				"Name": {reason: "Both engines take it.", to: `databaseName: orders_2`},
			},
			refuses: map[string]change{
				"Dash":  {reason: "RDS refuses a dash.", to: `databaseName: my-orders`, field: "spec.databaseName"},
				"Digit": {reason: "RDS wants a letter first.", to: `databaseName: 2orders`, field: "spec.databaseName"},
			},
		},
		"DatabaseNameCannotChange": {
			kind: "Database", at: "spec",
			message: "databaseName cannot change: create a new claim and move the data",
			accepts: map[string]change{
				"Same": {reason: "The name is as it was.", from: `databaseName: orders`, to: `{databaseName: orders, multiAZ: true}`},
			},
			refuses: map[string]change{
				"Other":   {reason: "RDS would replace the instance.", from: `databaseName: orders`, to: `databaseName: other`, field: "spec.databaseName"},
				"Added":   {reason: "RDS would replace the instance.", from: `{}`, to: `databaseName: orders`, field: "spec.databaseName"},
				"Removed": {reason: "RDS would replace the instance.", from: `databaseName: orders`, to: `{}`, field: "spec.databaseName"},
			},
		},
		"DatabaseVersionIsAVersion": {
			kind: "Database", at: "spec.version",
			message: "must be one to three numbers with dots between them, such as 8.4",
			accepts: map[string]change{
				"Major": {reason: "PostgreSQL's versions are one number.", to: `{engine: postgres, version: "17"}`},
				"Patch": {reason: "MySQL's are three.", to: `version: 8.4.6`},
			},
			refuses: map[string]change{
				"Word": {reason: "AWS has no latest.", to: `version: latest`, field: "spec.version"},
			},
		},
		"DatabaseMajorVersion": {
			kind: "Database", at: "spec",
			message: "a new major version needs allowMajorVersionUpgrade: true, since there is no way back",
			accepts: map[string]change{
				"MySQLPatch":    {reason: "MySQL's major version is its first two numbers.", from: `version: 8.4.5`, to: `version: 8.4.6`},
				"PostgresMinor": {reason: "PostgreSQL's is the first.", from: `{engine: postgres, version: "17.4"}`, to: `{engine: postgres, version: "17.5"}`},
				"Allowed":       {reason: "The user has allowed it.", from: `{engine: postgres, version: "16"}`, to: `{engine: postgres, version: "17", allowMajorVersionUpgrade: true}`},
			},
			refuses: map[string]change{
				"MySQL":    {reason: "8.4 is another series than 8.0.", from: `version: "8.0"`, to: `version: "8.4"`, field: "spec.version"},
				"Postgres": {reason: "17 reads no files of 16.", from: `{engine: postgres, version: "16.9"}`, to: `{engine: postgres, version: "17.5"}`, field: "spec.version"},
				"Redis":    {reason: "7 is another series than 6.", from: `{engine: redis, version: "6.2"}`, to: `{engine: redis, version: "7.1"}`, field: "spec.version"},
			},
		},
		"DatabasePartitionKeyCannotChange": {
			kind: "Database", at: "spec.table.partitionKey",
			message: "partitionKey cannot change: create a new claim and move the data",
			accepts: map[string]change{
				"Same": {reason: "Writing down the default type changes nothing.", from: dynamodb(`table: {partitionKey: {name: id}}`), to: dynamodb(`table: {partitionKey: {name: id, type: string}}`)},
			},
			refuses: map[string]change{
				"Name": {reason: "A table's key is fixed.", from: dynamodb(`table: {partitionKey: {name: id}}`), to: dynamodb(`table: {partitionKey: {name: order}}`), field: "spec.table.partitionKey"},
				"Type": {reason: "So is its type.", from: dynamodb(`table: {partitionKey: {name: id}}`), to: dynamodb(`table: {partitionKey: {name: id, type: number}}`), field: "spec.table.partitionKey"},
			},
		},
		"DatabaseSortKeyCannotChange": {
			kind: "Database", at: "spec.table",
			message: "sortKey cannot change: create a new claim and move the data",
			accepts: map[string]change{
				"Same": {reason: "Indexes may come, the key stays.", from: dynamodb(orders),
					to: dynamodb(`table: {partitionKey: {name: id}, sortKey: {name: created, type: number}, indexes: [{name: by_customer, partitionKey: {name: customer}}]}`)},
			},
			refuses: map[string]change{
				"Other":   {reason: "AWS would replace the table.", from: dynamodb(orders), to: dynamodb(`table: {partitionKey: {name: id}, sortKey: {name: updated, type: number}}`), field: "spec.table.sortKey"},
				"Added":   {reason: "AWS would replace the table.", from: dynamodb(`table: {partitionKey: {name: id}}`), to: dynamodb(orders), field: "spec.table.sortKey"},
				"Removed": {reason: "AWS would replace the table.", from: dynamodb(orders), to: dynamodb(`table: {partitionKey: {name: id}}`), field: "spec.table.sortKey"},
			},
		},
		"DatabaseKeysDiffer": {
			kind: "Database", at: "spec.table",
			message: "partitionKey and sortKey are the same attribute: name another one, or leave sortKey out",
			accepts: map[string]change{
				"Two": {reason: "A key of two attributes.", to: dynamodb(orders)},
			},
			refuses: map[string]change{
				"Same": {reason: "DynamoDB refuses it.", to: dynamodb(`table: {partitionKey: {name: id}, sortKey: {name: id}}`), field: "spec.table.sortKey"},
			},
		},
		"DatabaseIndexKeysDiffer": {
			kind: "Database", at: "spec.table.indexes[]",
			message: "partitionKey and sortKey are the same attribute: name another one, or leave sortKey out",
			accepts: map[string]change{
				"Two":     {reason: "A key of two attributes.", to: dynamodb(`table: {partitionKey: {name: id}, indexes: [{name: by_a, partitionKey: {name: a}, sortKey: {name: b}}]}`)},
				"OfTable": {reason: "An index may have the table's keys, the other way round.", to: dynamodb(`table: {partitionKey: {name: id}, sortKey: {name: at}, indexes: [{name: by_at, partitionKey: {name: at}, sortKey: {name: id}}]}`)},
			},
			refuses: map[string]change{
				"Same": {reason: "DynamoDB refuses it.", to: dynamodb(`table: {partitionKey: {name: id}, indexes: [{name: by_a, partitionKey: {name: a}, sortKey: {name: a}}]}`), field: "spec.table.indexes[0].sortKey"},
			},
		},
		"DatabaseTTLIsANumber": {
			kind: "Database", at: "spec.table",
			message: "ttlAttribute holds a number of seconds, and a key has its name and another type: name another attribute, or give the key the type number",
			accepts: map[string]change{
				"Own":    {reason: "An attribute that is no key.", to: dynamodb(`table: {partitionKey: {name: id}, ttlAttribute: expires}`)},
				"Number": {reason: "A key may be the time, as a number.", to: dynamodb(`table: {partitionKey: {name: id}, sortKey: {name: expires, type: number}, ttlAttribute: expires}`)},
				"Index":  {reason: "A key of an index may be the time, as a number.", to: dynamodb(`table: {partitionKey: {name: id}, ttlAttribute: e, indexes: [{name: by_e, partitionKey: {name: a}, sortKey: {name: e, type: number}}]}`)},
			},
			refuses: map[string]change{
				"Partition":      {reason: "No item would ever expire.", to: dynamodb(`table: {partitionKey: {name: id}, ttlAttribute: id}`), field: "spec.table.ttlAttribute"},
				"Sort":           {reason: "No item would ever expire.", to: dynamodb(`table: {partitionKey: {name: id}, sortKey: {name: at}, ttlAttribute: at}`), field: "spec.table.ttlAttribute"},
				"IndexPartition": {reason: "No item would ever expire.", to: dynamodb(`table: {partitionKey: {name: id}, ttlAttribute: e, indexes: [{name: by_e, partitionKey: {name: e}}]}`), field: "spec.table.ttlAttribute"},
				"IndexSort":      {reason: "No item would ever expire.", to: dynamodb(`table: {partitionKey: {name: id}, ttlAttribute: e, indexes: [{name: by_e, partitionKey: {name: a}, sortKey: {name: e}}]}`), field: "spec.table.ttlAttribute"},
			},
		},
		"DatabaseSnapshotIsAName": {
			kind: "Database", at: "spec.restoreFrom.snapshot",
			message: "must be the name of a snapshot, such as rds:orders-x7k2p-2026-11-30-16-05, or the ARN of a snapshot of RDS or of an RDB file in S3",
			accepts: map[string]change{
				"Final":     {reason: "What a deleted database left.", to: `{version: "8.4", restoreFrom: {snapshot: orders-x7k2p-final-0a1b2c3d}}`},
				"Automated": {reason: "One of RDS's own.", to: `{version: "8.4", restoreFrom: {snapshot: "rds:orders-2026-01-01"}}`},
				"Backup":    {reason: "One of AWS Backup.", to: `{version: "8.4", restoreFrom: {snapshot: "awsbackup:job-0a1b2c3d-0000-1111-2222-333344445555"}}`},
				"Shared":    {reason: "One of another account.", to: `{version: "8.4", restoreFrom: {snapshot: "arn:aws:rds:ap-southeast-2:111122223333:snapshot:rds:orders-2026-01-01"}}`},
				"Redis":     {reason: "One of ElastiCache's own.", to: `{engine: redis, restoreFrom: {snapshot: automatic.checkout-2026-11-30-03-00}}`},
				"File":      {reason: "An RDB file.", to: `{engine: redis, restoreFrom: {snapshot: "arn:aws-cn:s3:::backups/redis/dump-0001.rdb"}}`},
			},
			refuses: map[string]change{
				"Space":   {reason: "AWS takes letters, digits and hyphens.", to: `{version: "8.4", restoreFrom: {snapshot: "my snapshot"}}`, field: "spec.restoreFrom.snapshot"},
				"Hyphens": {reason: "Not two in a row.", to: `{version: "8.4", restoreFrom: {snapshot: my--snapshot}}`, field: "spec.restoreFrom.snapshot"},
				"End":     {reason: "Nor at the end.", to: `{version: "8.4", restoreFrom: {snapshot: snapshot-}}`, field: "spec.restoreFrom.snapshot"},
				"Digit":   {reason: "A letter comes first.", to: `{version: "8.4", restoreFrom: {snapshot: 1-snapshot}}`, field: "spec.restoreFrom.snapshot"},
				"Bucket":  {reason: "A bucket is no file.", to: `{engine: redis, restoreFrom: {snapshot: "arn:aws:s3:::backups"}}`, field: "spec.restoreFrom.snapshot"},
				"Comma":   {reason: "ElastiCache takes no comma.", to: `{engine: redis, restoreFrom: {snapshot: "arn:aws:s3:::backups/a,b"}}`, field: "spec.restoreFrom.snapshot"},
				"Cluster": {reason: "A snapshot of Aurora is another kind.", to: `{version: "8.4", restoreFrom: {snapshot: "arn:aws:rds:ap-southeast-2:111122223333:cluster-snapshot:orders"}}`, field: "spec.restoreFrom.snapshot"},
			},
		},
		"DatabaseRestoreOfTable": {
			kind: "Database", at: "spec",
			message: "restoreFrom is for mysql, postgres and redis: AWS restores the backup of a table as a table of its own, from which its items can be copied",
			accepts: map[string]change{
				"Redis": {reason: "ElastiCache restores into a new group.", to: `{engine: redis, restoreFrom: {snapshot: checkout}}`},
			},
			refuses: map[string]change{
				"DynamoDB": {reason: "The provider has no field for it.", to: dynamodb(orders + `, restoreFrom: {snapshot: orders}`), field: "spec.restoreFrom"},
			},
		},
		"DatabaseRestoreNeedsVersion": {
			kind: "Database", at: "spec",
			message: "restoreFrom needs version, which is that of the snapshot, such as 8.4 or 17: give it, and raise it when the database is Ready",
			accepts: map[string]change{
				"Series": {reason: "The series is enough.", to: `{engine: postgres, version: "16", restoreFrom: {snapshot: orders}}`},
				"Redis":  {reason: "ElastiCache restores into a newer version too.", to: `{engine: redis, restoreFrom: {snapshot: checkout}}`},
			},
			refuses: map[string]change{
				"MySQL":    {reason: "Its parameters are of one version.", to: `{engine: mysql, restoreFrom: {snapshot: orders}}`, field: "spec.version"},
				"Postgres": {reason: "Its parameters are of one version.", to: `{engine: postgres, restoreFrom: {snapshot: orders}}`, field: "spec.version"},
			},
		},
		"DatabaseSnapshotOfRDS": {
			kind: "Database", at: "spec",
			message: "snapshot is one of ElastiCache: give one of RDS, by its name or ARN",
			accepts: map[string]change{
				"Name": {reason: "A name.", to: `{version: "8.4", restoreFrom: {snapshot: orders}}`},
			},
			refuses: map[string]change{
				"File":      {reason: "MySQL reads no RDB file.", to: `{version: "8.4", restoreFrom: {snapshot: "arn:aws:s3:::backups/dump.rdb"}}`, field: "spec.restoreFrom.snapshot"},
				"Automatic": {reason: "RDS's own begin with rds:.", to: `{engine: postgres, version: "17", restoreFrom: {snapshot: automatic.checkout-2026}}`, field: "spec.restoreFrom.snapshot"},
			},
		},
		"DatabaseSnapshotOfElastiCache": {
			kind: "Database", at: "spec",
			message: "snapshot is one of RDS: give one of ElastiCache by its name, or the ARN of an RDB file in S3",
			accepts: map[string]change{
				"Name": {reason: "A name.", to: `{engine: redis, restoreFrom: {snapshot: checkout}}`},
			},
			refuses: map[string]change{
				"RDS": {reason: "ElastiCache has no such name.", to: `{engine: redis, restoreFrom: {snapshot: "rds:orders-2026-01-01"}}`, field: "spec.restoreFrom.snapshot"},
				"ARN": {reason: "ElastiCache takes its own by name.", to: `{engine: redis, restoreFrom: {snapshot: "arn:aws:rds:ap-southeast-2:111122223333:snapshot:orders"}}`, field: "spec.restoreFrom.snapshot"},
			},
		},
		"DatabaseIndexName": {
			kind: "Database", at: "spec.table.indexes[].name",
			message: "must be letters, digits, _, . and -",
			accepts: map[string]change{
				"Name": {reason: "DynamoDB's own alphabet.", to: dynamodb(`table: {partitionKey: {name: id}, indexes: [{name: By-customer_1.0, partitionKey: {name: customer}}]}`)},
			},
			refuses: map[string]change{
				"Space": {reason: "DynamoDB refuses a space.", to: dynamodb(`table: {partitionKey: {name: id}, indexes: [{name: by customer, partitionKey: {name: customer}}]}`), field: "spec.table.indexes[0].name"},
			},
		},
	}
}
