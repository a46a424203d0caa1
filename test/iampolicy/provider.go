package iampolicy

import (
	"maps"
	"slices"
	"strings"
)

// The path and the boundary of the roles and instance profiles that the platform composes: the
// values of iamPath and permissionsBoundary in the settings. The same files serve every account. A
// condition names the account by a variable. A resource cannot: IAM stores no policy with a
// variable in an ARN's account ("The policy failed legacy parsing"), though its simulator evaluates
// one. A wildcard there allows no more, because IAM's calls only reach the caller's own account.
const (
	Path     = "/ausmart/"
	account  = "${aws:PrincipalAccount}"
	Boundary = "arn:aws:iam::" + account + ":policy" + Path + "ausmart-boundary"

	composedRoles    = "arn:aws:iam::*:role" + Path + "*"
	linkedRoles      = "arn:aws:iam::*:role/aws-service-role/*"
	composedProfiles = "arn:aws:iam::*:instance-profile" + Path + "*"
)

// PassedTo are the services that get one of our roles. The roles trust the same services.
func PassedTo() []string {
	return []string{"ec2.amazonaws.com", "eks.amazonaws.com", "grafana.amazonaws.com", "pods.eks.amazonaws.com", "vpc-flow-logs.amazonaws.com"}
}

// Attached are AWS's own policies that the platform attaches to roles. No other may be attached.
func Attached() []string {
	return []string{
		"arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
		"arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
		"arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
		"arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
		"arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
	}
}

// Provider are the policies of the provider's role, by the names of their files. Together they are
// larger than one managed policy may be.
func Provider(rows []Row) map[string]Document {
	taken := map[string][]string{} // actions by service
	for _, r := range rows {
		for _, a := range r.Actions {
			taken[ServiceOf(a)] = append(taken[ServiceOf(a)], a)
		}
	}
	for service, all := range taken {
		slices.Sort(all)
		taken[service] = slices.Compact(all)
	}
	files := map[string]Document{}
	for file, services := range areas() {
		var statements []Statement
		for _, service := range services {
			if len(taken[service]) > 0 {
				statements = append(statements, statementsOf(service, taken[service])...)
			}
		}
		files[file] = document(statements...)
	}
	return files
}

// areas are the services of each file.
func areas() map[string][]string {
	return map[string][]string{
		"provider-policy-network.json":  {"ec2", "route53"},
		"provider-policy-cluster.json":  {"aps", "ecr", "eks", "events", "grafana", "logs", "sqs", "wafv2"},
		"provider-policy-data.json":     {"dynamodb", "elasticache", "kms", "rds", "s3", "secretsmanager"},
		"provider-policy-identity.json": {"iam"},
	}
}

// services that have an area.
func services() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for of := range maps.Values(areas()) {
			for _, s := range of {
				if !yield(s) {
					return
				}
			}
		}
	})
}

// A scope limits some actions of a service to some resources or conditions.
type scope struct {
	sid       string
	actions   []string
	resource  []string
	condition Conditions
}

// statementsOf a service: one for each of its scopes, and one for the rest.
func statementsOf(service string, taken []string) []Statement {
	rest := slices.Clone(taken)
	var statements []Statement
	for _, s := range scopes(service) {
		in := slices.DeleteFunc(slices.Clone(s.actions), func(a string) bool { return !slices.Contains(taken, a) })
		if len(in) == 0 {
			continue
		}
		rest = slices.DeleteFunc(rest, func(a string) bool { return slices.Contains(in, a) })
		slices.Sort(in)
		statements = append(statements, Statement{Sid: s.sid, Effect: allow, Action: in, Resource: s.resource, Condition: s.condition})
	}
	if len(rest) > 0 {
		resource := []string{"*"} // Names and ids of resources that do not exist yet are not known.
		if service == "iam" {
			resource = []string{composedRoles}
		}
		statements = append(statements, Statement{Sid: title(service), Effect: allow, Action: rest, Resource: resource})
	}
	return statements
}

func scopes(service string) []scope {
	switch service {
	case "iam":
		return identityScopes()
	case "kms":
		return []scope{
			{
				sid: "KmsForServices", actions: actions("kms", "Decrypt Encrypt GenerateDataKey"), resource: []string{"*"},
				condition: Conditions{"StringLike": {"kms:ViaService": {
					"dynamodb.*.amazonaws.com", "rds.*.amazonaws.com", "secretsmanager.*.amazonaws.com",
				}}},
			},
			{
				sid: "KmsGrants", actions: actions("kms", "CreateGrant"), resource: []string{"*"},
				condition: Conditions{"Bool": {"kms:GrantIsForAWSResource": {"true"}}},
			},
		}
	case "secretsmanager":
		// RDS calls the secrets that it manages rds!db-... (the page of rdsSecrets).
		return []scope{{
			sid: "MasterPasswords", actions: actions("secretsmanager", "CreateSecret RotateSecret TagResource"),
			resource: []string{"arn:aws:secretsmanager:*:*:secret:rds!*"},
		}}
	}
	return nil
}

// identityScopes keep the provider from making a role that can do more than the boundary, and from
// passing any other role.
func identityScopes() []scope {
	bounded := map[string][]string{"iam:PermissionsBoundary": {Boundary}}
	var linked []string
	for _, l := range ServiceLinked() {
		linked = append(linked, l.Service)
	}
	return []scope{
		{
			sid: "RolesWithTheBoundary", actions: actions("iam", "CreateRole PutRolePermissionsBoundary PutRolePolicy"),
			resource: []string{composedRoles}, condition: Conditions{"StringEquals": bounded},
		},
		{
			sid: "PoliciesOfAWS", actions: actions("iam", "AttachRolePolicy"), resource: []string{composedRoles},
			condition: Conditions{"ArnEquals": {"iam:PolicyARN": Attached()}, "StringEquals": bounded},
		},
		{
			sid: "PassRoles", actions: actions("iam", "PassRole"), resource: []string{composedRoles},
			condition: Conditions{"StringEquals": {"iam:PassedToService": PassedTo()}},
		},
		{
			sid: "ServiceLinkedRoles", actions: actions("iam", "CreateServiceLinkedRole"),
			resource:  []string{linkedRoles},
			condition: Conditions{"StringEquals": {"iam:AWSServiceName": slices.Sorted(slices.Values(linked))}},
		},
		{
			sid: "LookAtRoles", actions: actions("iam", "GetRole"), resource: []string{composedRoles, linkedRoles},
		},
		{
			sid: "InstanceProfiles", resource: []string{composedProfiles},
			actions: actions("iam", "AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile RemoveRoleFromInstanceProfile "+
				"TagInstanceProfile UntagInstanceProfile"),
		},
	}
}

func title(service string) string { return strings.ToUpper(service[:1]) + service[1:] }
