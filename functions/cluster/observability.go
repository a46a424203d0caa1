package cluster

import (
	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	ampv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/amp/v1beta1"
	logsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/cloudwatchlogs/v1beta1"
	grafanav1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/grafana/v1beta1"

	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/policy"
)

const (
	prometheusName    = "prometheus"
	grafanaName       = "grafana"
	podLogsName       = "log-group-pods"
	spansName         = "log-group-spans"
	spansPolicyName   = "log-policy-spans"
	grafanaRoleName   = "role-grafana"
	telemetryRoleName = "role-telemetry"

	// telemetryNamespace and telemetryAccount are the collectors'.
	telemetryNamespace = "observability"
	telemetryAccount   = "adot-collector"

	// spans is the log group that X-Ray writes to once Transaction Search is on
	// (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search.html).
	spans = "aws/spans"

	workspaceNameMax = 100 // CreateWorkspace APIs
)

func telemetryIdentity() identity { return identity{telemetryNamespace, telemetryAccount} }

// observabilityOn says whether traces, logs, metrics and dashboards are wanted.
func (c *cluster) observabilityOn() bool {
	return c.spec.Observability == nil || c.spec.Observability.Enabled == nil || *c.spec.Observability.Enabled
}

// podLogs is the log group of what pods write.
func (c *cluster) podLogs() string { return c.nameOf(podLogsName, "/ausmart/"+c.name+"/pods") }

// addObservability plans where traces, logs and metrics go, and who may send and
// read them.
func (c *cluster) addObservability() {
	if !c.observabilityOn() {
		return
	}
	c.parts.add(controllers, prometheusName, ampv1beta1.Workspace_GroupVersionKind, &ampv1beta1.Workspace{
		Spec: ampv1beta1.WorkspaceSpec{ForProvider: ampv1beta1.WorkspaceParameters{
			Region: &c.spec.Region,
			Alias:  new(shorten(c.name, "", workspaceNameMax)),
			Tags:   c.tags(prometheusName),
		}},
	})
	c.addLogGroup(controllers, podLogsName, c.podLogs())
	c.addSpans()
	c.addGrafana()
	c.addController(role{
		name: telemetryRoleName, use: "telemetry",
		description: "Collectors of cluster " + c.name,
		statements:  c.telemetryStatements(),
	}, telemetryIdentity())
}

// addSpans plans the log group of spans, which is one for the account and region:
// it stays when the cluster goes, since other clusters write to it.
func (c *cluster) addSpans() {
	c.parts.add(controllers, spansName, logsv1beta1.Group_GroupVersionKind, &logsv1beta1.Group{
		ObjectMeta: c.named(spansName, spans),
		Spec: logsv1beta1.GroupSpec{
			ResourceSpec: xpv1.ResourceSpec{DeletionPolicy: xpv1.DeletionOrphan},
			ForProvider: logsv1beta1.GroupParameters{
				Region:          &c.spec.Region,
				RetentionInDays: new(float64(c.set.RetentionDays.V)),
			},
		},
	})
	if c.seen.account == "" {
		c.parts.later(controllers, spansPolicyName)
		return
	}
	c.parts.add(controllers, spansPolicyName, logsv1beta1.ResourcePolicy_GroupVersionKind, &logsv1beta1.ResourcePolicy{
		ObjectMeta: c.named(spansPolicyName, shorten(c.name, "-spans", roleNameMax)),
		Spec: logsv1beta1.ResourcePolicySpec{ForProvider: logsv1beta1.ResourcePolicyParameters{
			Region: &c.spec.Region,
			PolicyDocument: new(policy.JSON(policy.Statement{
				Sid: "XRayWritesSpans", Effect: policy.Allow, Principal: policy.Service("xray.amazonaws.com"),
				Action: []string{"logs:PutLogEvents"}, Resource: []string{c.arn("logs", "log-group:"+spans+":*")},
				Condition: policy.Conditions{
					"ArnLike":      {"aws:SourceArn": {c.arn("xray", "*")}},
					"StringEquals": {"aws:SourceAccount": {c.seen.account}},
				},
			})),
		}},
	})
}

// addGrafana plans the dashboards' workspace.
func (c *cluster) addGrafana() {
	r := role{
		name: grafanaRoleName, use: "grafana", stage: controllers,
		description: "Dashboards of cluster " + c.name,
		trust:       policy.Trust(serviceGrafana, nil),
		statements:  c.grafanaStatements(),
	}
	c.addRole(r)
	c.allow(r)
	c.parts.add(controllers, grafanaName, grafanav1beta1.Workspace_GroupVersionKind, &grafanav1beta1.Workspace{
		Spec: grafanav1beta1.WorkspaceSpec{ForProvider: grafanav1beta1.WorkspaceParameters{
			Region:                  &c.spec.Region,
			Name:                    new(shorten(c.name, "", workspaceNameMax)),
			Description:             new("Dashboards of cluster " + c.name),
			AccountAccessType:       new("CURRENT_ACCOUNT"),
			AuthenticationProviders: []*string{new("SAML")},
			PermissionType:          new("CUSTOMER_MANAGED"),
			DataSources:             pointers([]string{"CLOUDWATCH", "PROMETHEUS", "XRAY"}),
			RoleArnSelector:         desired.Selector(grafanaRoleName),
			Tags:                    c.tags(grafanaName),
		}},
	})
}

// telemetryStatements let the collectors send: metrics to this cluster's workspace,
// logs to its group, traces to X-Ray.
func (c *cluster) telemetryStatements() []policy.Statement {
	if c.seen.account == "" || c.seen.workspaceARN == "" {
		return nil
	}
	logs := c.arn("logs", "log-group:"+c.podLogs())
	return []policy.Statement{
		{Sid: "SendMetrics", Effect: policy.Allow, Action: []string{"aps:RemoteWrite"}, Resource: []string{c.seen.workspaceARN}},
		{
			Sid: "SendLogs", Effect: policy.Allow, Resource: []string{logs, logs + ":*"},
			Action: []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
		},
		{
			Sid: "SendTraces", Effect: policy.Allow, Resource: []string{"*"}, Condition: c.inRegion(),
			Action: []string{"xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"},
		},
	}
}

// grafanaStatements let the dashboards read this cluster's metrics and logs, and
// the account's traces, which X-Ray does not tell apart.
func (c *cluster) grafanaStatements() []policy.Statement {
	if c.seen.account == "" || c.seen.workspaceARN == "" {
		return nil
	}
	logs := []string{}
	for _, group := range []string{c.podLogs(), "/aws/eks/" + c.eksName() + "/cluster", spans} {
		logs = append(logs, c.arn("logs", "log-group:"+group+":*"))
	}
	return []policy.Statement{
		{
			Sid: "ReadMetrics", Effect: policy.Allow, Resource: []string{c.seen.workspaceARN},
			Action: []string{"aps:DescribeWorkspace", "aps:GetLabels", "aps:GetMetricMetadata", "aps:GetSeries", "aps:QueryMetrics"},
		},
		{
			Sid: "ReadLogs", Effect: policy.Allow, Resource: logs,
			Action: []string{"logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery"},
		},
		{
			Sid: "ReadAll", Effect: policy.Allow, Resource: []string{"*"}, Condition: c.inRegion(),
			Action: []string{
				"aps:ListWorkspaces", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "logs:DescribeLogGroups", "logs:GetQueryResults", "logs:StopQuery",
				"xray:BatchGetTraces", "xray:GetGroups", "xray:GetServiceGraph", "xray:GetTimeSeriesServiceStatistics", "xray:GetTraceGraph", "xray:GetTraceSummaries",
			},
		},
	}
}
