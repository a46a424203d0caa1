package cluster

import (
	grafanav1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/grafana/v1beta2"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

const (
	grafanaName     = "grafana"
	grafanaRoleName = "role-grafana"
)

// addGrafana adds the workspace of the dashboards, and its role. Both are pending until
// the account is known: the role's trust names it.
func (c *cluster) addGrafana() {
	stage := desired.In(controllers)
	if c.Account == "" {
		for _, name := range []string{grafanaRoleName, composition.RolePolicyName(grafanaRoleName), grafanaName} {
			c.Desired.Pending(name, stage)
		}
		return
	}
	c.addRole(role{
		name: grafanaRoleName, stage: controllers,
		description: "Dashboards of cluster " + c.Name,
		trust:       iampolicy.Trust(serviceGrafana, c.OnBehalfOf("grafana", "/workspaces/*")),
		statements:  c.grafanaStatements(),
	})
	c.Desired.Add(grafanaName, &grafanav1beta2.Workspace{
		Spec: grafanav1beta2.WorkspaceSpec{ForProvider: grafanav1beta2.WorkspaceParameters{
			Region:                  &c.spec.Region,
			Name:                    new(c.fit("", workspaceNameMax)),
			Description:             new("Dashboards of cluster " + c.Name),
			AccountAccessType:       new("CURRENT_ACCOUNT"),
			AuthenticationProviders: []*string{new("SAML")},
			PermissionType:          new("CUSTOMER_MANAGED"),
			DataSources:             composition.Pointers([]string{"CLOUDWATCH", "PROMETHEUS", "XRAY"}),
			RoleArnSelector:         desired.Selector(grafanaRoleName),
			Tags:                    c.Tags(grafanaName),
		}},
	}, stage)
}

// grafanaStatements let the dashboards read this cluster's metrics and logs, and
// the account's traces, which X-Ray does not separate by cluster. Of AmazonPrometheusQueryAccess,
// AmazonGrafanaCloudWatchAccess and AWSXrayReadOnlyAccess, without alarms, other
// accounts and X-Ray's insights, and narrowed to the cluster where AWS can
// (docs.aws.amazon.com/aws-managed-policy/latest/reference by way of
// github.com/iann0036/iam-dataset of 2026-08-22, read 2026-11-29).
func (c *cluster) grafanaStatements() []iampolicy.Statement {
	if c.Account == "" || c.state.workspaceARN == "" {
		return nil
	}
	var logs []string
	for _, g := range append(c.logGroups(), logGroup{inAWS: c.controlPlaneLogs()}, logGroup{inAWS: spans}) {
		logs = append(logs, c.ARN("logs", "log-group:"+g.inAWS+":*"))
	}
	return []iampolicy.Statement{
		{
			Sid: "ReadMetrics", Effect: iampolicy.Allow, Resource: []string{c.state.workspaceARN},
			Action: []string{"aps:DescribeWorkspace", "aps:GetLabels", "aps:GetMetricMetadata", "aps:GetSeries", "aps:QueryMetrics"},
		},
		{
			Sid: "ReadLogs", Effect: iampolicy.Allow, Resource: logs,
			Action: []string{"logs:GetLogEvents", "logs:GetLogGroupFields", "logs:StartQuery"},
		},
		{
			Sid: "ReadAll", Effect: iampolicy.Allow, Resource: []string{"*"}, Condition: c.inRegion(),
			Action: []string{
				"aps:ListWorkspaces", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "logs:DescribeLogGroups", "logs:GetQueryResults", "logs:StopQuery",
				"xray:BatchGetTraces", "xray:GetGroups", "xray:GetServiceGraph", "xray:GetTimeSeriesServiceStatistics", "xray:GetTraceGraph", "xray:GetTraceSummaries",
			},
		},
	}
}
