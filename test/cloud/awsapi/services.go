// Package awsapi serves an imitation of the AWS APIs for the real provider, at one address on this
// machine: it passes each request to the program that imitates the requested service.
//
// It reads the credential scope of a request's signature and passes the request on unchanged. It
// checks no signature, and never sends anything to AWS. It remembers the few settings that an
// imitation forgets, and adds them to the answers.
package awsapi

import (
	"slices"
	"strings"

	"github.com/ausmart/platform/test/pypi"
)

// Ours is this package, which imitates what neither of the others has. All other services of AWS
// are not imitated.
const (
	Ours        = "awsapi"
	NotImitated = "none"
)

// A Service is a service of AWS, with its three names.
type Service struct {
	Group    string // of its kinds: the first part of their API group
	Endpoint string // in the provider's endpoint configuration
	Scope    string // in the credential scope of a signed request

	By  string // who imitates it; a name of package pypi, or Ours
	Why string // why it is not ministack
}

// Services lists the services of the platform's kinds. One program imitates as many of them as
// possible, because services refer to each other: a VPC endpoint to its subnets, a database to its
// security groups. So ministack, which imitates most of them, has all that it can, and moto has the
// rest.
func Services() []Service {
	return []Service{
		{Group: "amp", Endpoint: "amp", Scope: "aps", By: pypi.Moto, Why: "ministack 1.5.33 has no Prometheus workspaces"},
		{Group: "cloudwatch", Endpoint: "cloudwatch", Scope: "monitoring", By: pypi.Ministack},
		{Group: "cloudwatchevents", Endpoint: "events", Scope: "events", By: pypi.Ministack},
		{Group: "cloudwatchlogs", Endpoint: "logs", Scope: "logs", By: pypi.Ministack},
		{Group: "dynamodb", Endpoint: "dynamodb", Scope: "dynamodb", By: pypi.Ministack},
		{Group: "ec2", Endpoint: "ec2", Scope: "ec2", By: pypi.Ministack},
		{Group: "ecr", Endpoint: "ecr", Scope: "ecr", By: pypi.Ministack},
		{Group: "eks", Endpoint: "eks", Scope: "eks", By: pypi.Ministack},
		{Group: "elasticache", Endpoint: "elasticache", Scope: "elasticache", By: pypi.Ministack},
		{Group: "grafana", Endpoint: "grafana", Scope: "grafana", By: Ours, Why: "neither ministack 1.5.33 nor moto 5.2.5 has workspaces"},
		{Group: "iam", Endpoint: "iam", Scope: "iam", By: pypi.Ministack},
		{Group: "kms", Endpoint: "kms", Scope: "kms", By: pypi.Ministack},
		{Group: "rds", Endpoint: "rds", Scope: "rds", By: pypi.Ministack},
		{Group: "resourcegroupstaggingapi", Endpoint: "resourcegroupstaggingapi", Scope: "tagging", By: pypi.Ministack},
		{Group: "s3", Endpoint: "s3", Scope: "s3", By: pypi.Ministack},
		{Group: "s3control", Endpoint: "s3control", Scope: "s3", By: pypi.Ministack},
		{Group: "secretsmanager", Endpoint: "secretsmanager", Scope: "secretsmanager", By: pypi.Ministack},
		{Group: "sqs", Endpoint: "sqs", Scope: "sqs", By: pypi.Ministack},
		{Group: "sts", Endpoint: "sts", Scope: "sts", By: pypi.Ministack},
		{Group: "wafv2", Endpoint: "wafv2", Scope: "wafv2", By: pypi.Ministack},
	}
}

// Of returns the service of an API group such as ec2.aws.upbound.io.
func Of(group string) (Service, bool) {
	name, _, _ := strings.Cut(group, ".")
	all := Services()
	i := slices.IndexFunc(all, func(s Service) bool { return s.Group == name })
	if i < 0 {
		return Service{}, false
	}
	return all[i], true
}
