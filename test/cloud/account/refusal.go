package account

import (
	"fmt"
	"strings"
)

// An Operation is what a caller does to a resource.
type Operation string

// The operations.
const (
	Create   Operation = "create"
	Describe Operation = "describe"
	Update   Operation = "update"
	Delete   Operation = "delete"
)

// A refusal is AWS's error for a call that it refuses.
type refusal struct{ code, message string }

// An APIError is a refusal as the AWS SDK for Go prints it.
type APIError struct {
	Service, Operation string
	Code, Message      string
	RequestID          string
}

func (e *APIError) Error() string {
	return fmt.Sprintf("operation error %s: %s, https response error StatusCode: %d, RequestID: %s, api error %s: %s",
		e.Service, e.Operation, statusOf(e.Code), e.RequestID, e.Code, e.Message)
}

func statusOf(code string) int {
	switch {
	case code == "UnauthorizedOperation", strings.HasPrefix(code, "AccessDenied"):
		return 403
	case code == "NoSuchEntity", code == "NoSuchBucket":
		return 404
	case code == "DeleteConflict", code == "LimitExceeded", code == "EntityAlreadyExists", code == "BucketNotEmpty":
		return 409
	case code == "RequestLimitExceeded":
		return 503
	}
	return 400
}

// An ImmutableError means that a change needs a replacement of the resource. The provider detects
// this itself and does not call AWS.
type ImmutableError struct{ Field, From, To string }

func (e *ImmutableError) Error() string {
	return fmt.Sprintf("refuse to update the external resource because the following update requires replacing it: "+
		"cannot change the value of the argument %q from %q to %q", e.Field, e.From, e.To)
}

// messageOf is AWS's text for an error code, for a fault without a message of its own. call is such
// as ec2:CreateVpc.
func messageOf(code, call string) string {
	messages := map[string]string{
		"ThrottlingException":          "Rate exceeded",
		"Throttling":                   "Rate exceeded",
		"RequestLimitExceeded":         "Request limit exceeded.",
		"VpcLimitExceeded":             "The maximum number of VPCs has been reached.",
		"AddressLimitExceeded":         "The maximum number of addresses has been reached.",
		"NatGatewayLimitExceeded":      "The maximum number of NAT Gateways has been reached.",
		"InternetGatewayLimitExceeded": "The maximum number of internet gateways has been reached.",
		"VpcEndpointLimitExceeded":     "The maximum number of VPC endpoints has been reached.",
		"TooManyBuckets":               "You have attempted to create more buckets than allowed",
		"UnauthorizedOperation": "You are not authorized to perform this operation. User: " + caller +
			" is not authorized to perform: " + call + " on resource: * because no identity-based policy allows the " + call + " action",
		"AccessDenied": "User: " + caller + " is not authorized to perform: " + call +
			" on resource: * because no identity-based policy allows the " + call + " action",
		"AccessDeniedException": "User: " + caller + " is not authorized to perform: " + call +
			" on resource: * because no identity-based policy allows the " + call + " action",
	}
	if m, ok := messages[code]; ok {
		return m
	}
	return "The request was refused."
}

const caller = "arn:aws:sts::" + ID + ":assumed-role/crossplane/provider-aws"
