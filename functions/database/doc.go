// Package database composes a Database: a MySQL or PostgreSQL of RDS, a Redis of
// ElastiCache, or a DynamoDB table, and what each needs around it.
//
// It reads the XDatabase, the XNetwork that it names, the EnvironmentConfig of
// its environment and the managed resources that exist. It writes managed
// resources of provider-aws, Usages that keep things in order while they are
// deleted, and the XDatabase's status and conditions. It never calls AWS, never
// sees a password, and never drops a resource that holds state unless the claim
// asks for it.
//
//	compose.go     the order of the parts below
//	observe.go     what exists, and what AWS cannot change about it
//	foundations.go what must exist before the database: network, logs, key
//	rds.go         what MySQL and PostgreSQL share
//	mysql.go       MySQL's settings
//	postgres.go    PostgreSQL's settings
//	redis.go       Redis and its users
//	dynamodb.go    the table
//	sizes.go       the t-shirt sizes
//	version.go     which version runs, and which may come next
//	names.go       names in AWS
//	protection.go  what keeps a database from being deleted
//	status.go      what the claim reports
package database
