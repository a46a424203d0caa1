// Package network composes a Network: a VPC with public, app and data subnets
// in two to six zones, its gateways and routes, its security groups and its logs.
//
// It reads the XNetwork, the EnvironmentConfig of its environment and the
// managed resources that exist. It writes managed resources of provider-aws,
// and the XNetwork's status and conditions. It never calls AWS, and never drops
// a resource that holds state unless the claim asks for it.
//
//	compose.go    the order of the parts
//	network.go    what the parts share
//	plan.go       addresses: the range of each zone's subnets
//	zones.go      the zones of a region
//	nat.go        the zones with a NAT gateway, and those whose gateway drains
//	vpc.go        VPC, subnets, gateways, routes
//	endpoints.go  VPC endpoints
//	security.go   security groups
//	bucket.go     the log bucket and its key
//	flowlogs.go   flow logs
//	state.go      what exists, and what of it cannot change
//	removal.go    what may be removed
//	status.go     the claim's status
package network
