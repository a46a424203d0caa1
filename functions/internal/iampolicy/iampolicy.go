// Package iampolicy builds AWS policy documents from typed statements, so that no
// policy is joined from strings. It has the grammar of IAM, and decides nothing about what a
// statement allows.
package iampolicy

import (
	"encoding/json"
	"strings"
)

// version of the policy language; there is no newer one
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html).
const version = "2012-10-17"

// An Effect of a statement.
type Effect string

// The effects.
const (
	Allow Effect = "Allow"
	Deny  Effect = "Deny"
)

// Principals that a statement is about: AWS, Service, or Everyone.
type Principals map[string][]string

// Service is the principal of an AWS service, such as eks.amazonaws.com.
func Service(name string) Principals { return Principals{"Service": {name}} }

// AWS is the principal of an account, role or user by ARN.
func AWS(arn string) Principals { return Principals{"AWS": {arn}} }

// Everyone is any principal. It belongs in Deny statements.
func Everyone() Principals { return Principals{"AWS": {"*"}} }

// Conditions by operator, then key, such as StringEquals, aws:SourceAccount.
type Conditions map[string]map[string][]string

// A Statement of a policy.
type Statement struct {
	Sid       string     `json:"Sid,omitempty"`
	Effect    Effect     `json:"Effect"`
	Principal Principals `json:"Principal,omitempty"`
	Action    []string   `json:"Action"`
	Resource  []string   `json:"Resource,omitempty"`
	Condition Conditions `json:"Condition,omitempty"`
}

// A Document is a policy.
type Document struct {
	Version   string      `json:"Version"`
	Statement []Statement `json:"Statement"`
}

// JSON of a policy with these statements. The same statements always have the
// same text.
func JSON(statements ...Statement) string {
	// A Document holds only strings, so it always marshals.
	b, _ := json.Marshal(Document{Version: version, Statement: statements}) //nolint:errchkjson // See above.
	return string(b)
}

// Trust is the policy of a role that the named AWS service may assume, with
// further conditions where the service fills them in.
func Trust(service string, c Conditions) string {
	return JSON(Statement{Effect: Allow, Principal: Service(service), Action: []string{"sts:AssumeRole"}, Condition: c})
}

// ARN of a resource in the region's partition. Region and account stay empty for
// services that have none in their ARNs.
func ARN(partition, service, region, account, resource string) string {
	return strings.Join([]string{"arn", partition, service, region, account, resource}, ":")
}
