// Package database composes a Database: a MySQL or PostgreSQL of RDS, a Redis of
// ElastiCache, or a DynamoDB table, and the resources that each needs.
//
// It reads the XDatabase, the XNetwork that it names, the EnvironmentConfig of
// its environment and the managed resources that exist. It writes managed
// resources of provider-aws, Usages that set the order in which they are
// deleted, and the XDatabase's status and conditions. It never calls AWS, never
// reads a password, and never drops a resource that holds state unless the claim
// asks for it.
//
//	compose.go     the order of the parts below
//	database.go    stages, engines, and the resource that is the database itself
//	state.go       what exists, and what AWS cannot change about it
//	network.go     what a database needs of its network; the security group
//	key.go         the database's own key
//	rds.go         what MySQL and PostgreSQL share
//	parameters.go  RDS's groups of parameters
//	storage.go     volumes of RDS
//	mysql.go       MySQL's settings
//	postgres.go    PostgreSQL's settings
//	redis.go       Redis
//	users.go       users of Redis
//	dynamodb.go    the table
//	sizes.go       the t-shirt sizes
//	version.go     which version runs, and which may come next
//	names.go       names in AWS
//	removal.go     what may be removed, and the order of a deletion
//	status.go      the claim's status
package database
