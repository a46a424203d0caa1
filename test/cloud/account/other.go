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
			arn: "arn:aws:logs:{region}:{account}:log-group:{id}", immutable: []string{"logGroupClass"},
		},
		{Service: "sqs", Kind: "Queue"}: {
			label: "SQS Queue", service: "SQS",
			create: "CreateQueue", describe: "GetQueueAttributes", update: "SetQueueAttributes", remove: "DeleteQueue",
			arn: "arn:aws:sqs:{region}:{account}:{name}", immutable: []string{"name", "fifoQueue"},
			identify: func(_ view, r *Resource, _ int) string {
				return "https://sqs." + r.Region + ".amazonaws.com/" + ID + "/" + queueName(r)
			},
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{"url": r.ID, "name": queueName(r)}
			},
		},
		{Service: "cloudwatchevents", Kind: "Rule"}: {
			label: "EventBridge Rule", service: "EventBridge", create: "PutRule", describe: "DescribeRule", update: "PutRule", remove: "DeleteRule",
			arn: "arn:aws:events:{region}:{account}:rule/{id}", immutable: []string{"eventBusName"},
		},
		{Service: "cloudwatchevents", Kind: "Target"}: {
			label: "EventBridge Target", service: "EventBridge",
			create: "PutTargets", describe: "ListTargetsByRule", update: "PutTargets", remove: "RemoveTargets",
			arn: "-", immutable: []string{"eventBusName", "rule", "targetId"},
			needs: []need{{
				"rule", []catalog.GroupKind{{Service: "cloudwatchevents", Kind: "Rule"}}, "ResourceNotFoundException", "Rule %s does not exist on EventBus default.",
			}},
			identify: joined("/", "eventBusName", "rule", "targetId"),
			// Its arn is a parameter: the target of the events.
		},
		{Service: "sqs", Kind: "QueuePolicy"}: {
			label: "SQS Queue Policy", service: "SQS",
			create: "SetQueueAttributes", describe: "GetQueueAttributes", update: "SetQueueAttributes", remove: "SetQueueAttributes",
			arn: "-", needs: []need{{
				"queueUrl", []catalog.GroupKind{{Service: "sqs", Kind: "Queue"}}, "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.",
			}},
			identify: joined("", "queueUrl"),
		},
		{Service: "ecr", Kind: "Repository"}: {
			label: "ECR Repository", service: "ECR", arn: "arn:aws:ecr:{region}:{account}:repository/{id}",
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{"registryId": ID, "repositoryUrl": ID + ".dkr.ecr." + r.Region + ".amazonaws.com/" + r.ID}
			},
		},
		{Service: "ecr", Kind: "LifecyclePolicy"}: {
			label: "ECR Lifecycle Policy", service: "ECR",
			create: "PutLifecyclePolicy", describe: "GetLifecyclePolicy", update: "PutLifecyclePolicy", remove: "DeleteLifecyclePolicy",
			arn: "-", identify: joined("", "repository"),
			needs: []need{{
				"repository", []catalog.GroupKind{{Service: "ecr", Kind: "Repository"}}, "RepositoryNotFoundException",
				"The repository with name '%s' does not exist in the registry with id '" + ID + "'",
			}},
			attributes: func(view, *Resource) map[string]any { return map[string]any{"registryId": ID} },
		},
		{Service: "wafv2", Kind: "WebACL"}: {
			label: "WAFv2 WebACL", service: "WAFV2", create: "CreateWebACL", describe: "GetWebACL", update: "UpdateWebACL", remove: "DeleteWebACL",
			arn: "-", immutable: []string{"scope", "name"},
			identify: func(_ view, r *Resource, n int) string { return uuidOf(r.Kind, r.Name, n) },
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{"arn": fill("arn:aws:wafv2:{region}:{account}:regional/webacl/{name}/{id}", r), "capacity": 700.0, "lockToken": uuidOf(r.ID)}
			},
		},
	}
}

// watchModels are the kinds that a cluster is watched with.
func watchModels() map[catalog.GroupKind]model {
	return map[catalog.GroupKind]model{
		{Service: "amp", Kind: "Workspace"}: {
			label: "AMP Workspace", service: "amp", prefix: "ws-", arn: "arn:aws:aps:{region}:{account}:workspace/{id}", immutable: []string{"kmsKeyArn"},
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{"prometheusEndpoint": "https://aps-workspaces." + r.Region + ".amazonaws.com/workspaces/" + r.ID + "/"}
			},
		},
		{Service: "amp", Kind: "RuleGroupNamespace"}: {
			label: "AMP Rule Group Namespace", service: "amp",
			create: "CreateRuleGroupsNamespace", describe: "DescribeRuleGroupsNamespace", update: "PutRuleGroupsNamespace", remove: "DeleteRuleGroupsNamespace",
			arn: "arn:aws:aps:{region}:{account}:rulegroupsnamespace/{workspaceId}/{id}", immutable: []string{"workspaceId"}, within: "workspaceId",
			needs: []need{{"workspaceId", []catalog.GroupKind{{Service: "amp", Kind: "Workspace"}}, "ResourceNotFoundException", "Workspace %s not found"}},
		},
		{Service: "grafana", Kind: "Workspace"}: {
			label: "Grafana Workspace", service: "grafana", prefix: "g-", arn: "arn:aws:grafana:{region}:{account}:/workspaces/{id}",
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{"endpoint": r.ID + ".grafana-workspace." + r.Region + ".amazonaws.com", "grafanaVersion": "10.4", "samlConfigurationStatus": "NOT_CONFIGURED"}
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
