package account

import (
	"strings"

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
		{Service: "eks", Kind: "Cluster"}: {
			label: "EKS Cluster", service: "EKS",
			create: "CreateCluster", describe: "DescribeCluster", update: "UpdateClusterConfig", remove: "DeleteCluster",
			arn: "arn:aws:eks:{region}:{account}:cluster/{id}", immutable: []string{"roleArn"},
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{
					"status": "ACTIVE", "platformVersion": "eks.1",
					"endpoint": "https://" + strings.ToUpper(hexOf(32, r.ID)) + ".gr7." + r.Region + ".eks.amazonaws.com",
				}
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
