package account

import (
	"github.com/ausmart/platform/test/cloud/catalog"
)

// otherModels are kinds of which a claim needs to know more than an identifier.
func otherModels() map[catalog.GroupKind]model {
	return map[catalog.GroupKind]model{
		{Service: "cloudwatchlogs", Kind: "Group"}: {
			label: "CloudWatch Logs Log Group", service: "CloudWatch Logs",
			create: "CreateLogGroup", describe: "DescribeLogGroups", update: "PutRetentionPolicy", remove: "DeleteLogGroup",
			immutable: []string{"logGroupClass"},
		},
		{Service: "sqs", Kind: "Queue"}: {
			label: "SQS Queue", service: "SQS",
			create: "CreateQueue", describe: "GetQueueAttributes", update: "SetQueueAttributes", remove: "DeleteQueue",
			immutable: []string{"name", "fifoQueue"},
			identify: func(_ view, r *Resource, _ int) string {
				return "https://sqs." + r.Region + ".amazonaws.com/" + ID + "/" + queueName(r)
			},
		},
		{Service: "cloudwatchevents", Kind: "Rule"}: {
			label: "EventBridge Rule", service: "EventBridge", create: "PutRule", describe: "DescribeRule", update: "PutRule", remove: "DeleteRule",
			immutable: []string{"eventBusName"},
		},
		{Service: "cloudwatchevents", Kind: "Target"}: {
			label: "EventBridge Target", service: "EventBridge",
			create: "PutTargets", describe: "ListTargetsByRule", update: "PutTargets", remove: "RemoveTargets",
			immutable: []string{"eventBusName", "rule", "targetId"},
			needs: []need{{
				"rule", []catalog.GroupKind{{Service: "cloudwatchevents", Kind: "Rule"}}, "ResourceNotFoundException", "Rule %s does not exist on EventBus default.",
			}},
			identify: joined("/", "eventBusName", "rule", "targetId"),
			// Its arn is a parameter: the target of the events.
		},
		{Service: "sqs", Kind: "QueuePolicy"}: {
			label: "SQS Queue Policy", service: "SQS",
			create: "SetQueueAttributes", describe: "GetQueueAttributes", update: "SetQueueAttributes", remove: "SetQueueAttributes",
			needs: []need{{
				"queueUrl", []catalog.GroupKind{{Service: "sqs", Kind: "Queue"}}, "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.",
			}},
			identify: joined("", "queueUrl"),
		},
		{Service: "ecr", Kind: "Repository"}: {
			label: "ECR Repository", service: "ECR",
		},
		{Service: "ecr", Kind: "LifecyclePolicy"}: {
			label: "ECR Lifecycle Policy", service: "ECR",
			create: "PutLifecyclePolicy", describe: "GetLifecyclePolicy", update: "PutLifecyclePolicy", remove: "DeleteLifecyclePolicy",
			identify: joined("", "repository"),
			needs: []need{{
				"repository", []catalog.GroupKind{{Service: "ecr", Kind: "Repository"}}, "RepositoryNotFoundException",
				"The repository with name '%s' does not exist in the registry with id '" + ID + "'",
			}},
			attributes: func(view, *Resource) map[string]any { return map[string]any{"registryId": ID} },
		},
		{Service: "wafv2", Kind: "WebACL"}: {
			label: "WAFv2 WebACL", service: "WAFV2", create: "CreateWebACL", describe: "GetWebACL", update: "UpdateWebACL", remove: "DeleteWebACL",
			immutable: []string{"scope", "name"},
			identify:  func(_ view, r *Resource, n int) string { return uuidOf(r.Kind, r.Name, n) },
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{"capacity": 700.0, "lockToken": uuidOf(r.ID)}
			},
		},
		{Service: "wafv2", Kind: "WebACLLoggingConfiguration"}: {
			label: "WAFv2 WebACL Logging Configuration", service: "WAFV2",
			create: "PutLoggingConfiguration", describe: "GetLoggingConfiguration", update: "PutLoggingConfiguration", remove: "DeleteLoggingConfiguration",
			needs: []need{{
				"resourceArn", []catalog.GroupKind{{Service: "wafv2", Kind: "WebACL"}}, "WAFNonexistentItemException",
				"AWS WAF couldn't perform the operation because your resource doesn't exist.",
			}},
			identify: joined("", "resourceArn"),
		},
	}
}

// watchModels are the kinds that a cluster is watched with.
func watchModels() map[catalog.GroupKind]model {
	return map[catalog.GroupKind]model{
		{Service: "amp", Kind: "Workspace"}: {
			label: "AMP Workspace", service: "amp", prefix: "ws-", immutable: []string{"kmsKeyArn"},
		},
		{Service: "amp", Kind: "RuleGroupNamespace"}: {
			label: "AMP Rule Group Namespace", service: "amp",
			create: "CreateRuleGroupsNamespace", describe: "DescribeRuleGroupsNamespace", update: "PutRuleGroupsNamespace", remove: "DeleteRuleGroupsNamespace",
			immutable: []string{"workspaceId"}, within: "workspaceId",
			needs: []need{{"workspaceId", []catalog.GroupKind{{Service: "amp", Kind: "Workspace"}}, "ResourceNotFoundException", "Workspace %s not found"}},
		},
		{Service: "grafana", Kind: "Workspace"}: {
			label: "Grafana Workspace", service: "grafana", prefix: "g-",
			attributes: func(view, *Resource) map[string]any {
				return map[string]any{"grafanaVersion": "10.4", "samlConfigurationStatus": "NOT_CONFIGURED"}
			},
		},
	}
}

func queueName(r *Resource) string {
	if n := r.text("name"); n != "" {
		return n
	}
	return r.Name
}
