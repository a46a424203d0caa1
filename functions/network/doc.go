// Package network composes a Network: a VPC with public, app and data subnets
// in two to six zones, its ways in and out, and what guards and records them.
//
// It reads the XNetwork, the EnvironmentConfig of its environment and the
// managed resources that exist. It writes managed resources of provider-aws,
// and the XNetwork's status and conditions. It never calls AWS, and never drops
// a resource that holds state unless the claim asks for it.
//
//	plan.go       addresses: which range each zone's subnets get
//	zones.go      which zones a region has
//	nat.go        which zones have a NAT gateway, and which keep one a while
//	compose.go    the order of the parts below
//	vpc.go        VPC, subnets, gateways, routes
//	endpoints.go  VPC endpoints
//	security.go   security groups
//	logs.go       flow logs, log bucket and their key
//	status.go     what the claim reports
package network
