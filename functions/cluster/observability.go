package cluster

import (
	"maps"
	"path"
	"slices"

	ampv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/amp/v1beta1"
	logsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/cloudwatchlogs/v1beta1"
	grafanav1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/grafana/v1beta1"

	"github.com/ausmart/platform/functions/cluster/telemetry"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/policy"
)

const (
	prometheusName  = "prometheus"
	grafanaName     = "grafana"
	spansName       = "log-group-spans"
	spansPolicyName = "log-policy-spans"
	grafanaRoleName = "role-grafana"

	// spans is the log group that X-Ray writes to once Transaction Search is on, and
	// signals the one for what it derives of them
	// (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search-getting-started.html,
	// read 2026-11-29).
	spans   = "aws/spans"
	signals = "/aws/application-signals/data"

	// workspaceNameMax is Prometheus'; Grafana takes 255 (CreateWorkspace APIs, read
	// 2026-11-29).
	workspaceNameMax = 100
)

// observabilityOn says whether traces, logs, metrics and dashboards are wanted.
func (c *cluster) observabilityOn() bool {
	return c.spec.Observability == nil || c.spec.Observability.Enabled == nil || *c.spec.Observability.Enabled
}

// A collector of telemetry.
type collector struct {
	use        string // in names
	pods       identity
	statements []policy.Statement
}

func (c collector) role() string { return "role-" + c.use }

// logGroups that the collectors write to, by the name of the resource.
func (c *cluster) logGroups() map[string]string {
	out := map[string]string{}
	for _, group := range telemetry.LogGroups(c.eksName()) {
		name := "log-group-" + path.Base(group)
		out[name] = c.nameOf(name, group)
	}
	return out
}

// collectors, each with the rights for what it sends and no more.
func (c *cluster) collectors() []collector {
	return []collector{
		{"telemetry-traces", identity{telemetry.Namespace, telemetry.Gateway}, c.traceStatements()},
		{"telemetry-metrics", identity{telemetry.Namespace, telemetry.Metrics}, c.metricStatements()},
		{"telemetry-logs", identity{telemetry.LogsNamespace, telemetry.Logs}, c.logStatements()},
	}
}

// telemetryParts are what must be there before a collector starts.
func (c *cluster) telemetryParts() []string {
	parts := slices.Sorted(maps.Keys(c.logGroups()))
	for _, k := range c.collectors() {
		parts = append(parts, associationName(k.role()), k.role()+"-policy")
	}
	return parts
}

// addObservability plans where traces, logs and metrics go, and who may send and
// read them.
func (c *cluster) addObservability() error {
	if !c.observabilityOn() {
		return nil
	}
	c.parts.add(controllers, prometheusName, ampv1beta1.Workspace_GroupVersionKind, &ampv1beta1.Workspace{
		Spec: ampv1beta1.WorkspaceSpec{ForProvider: ampv1beta1.WorkspaceParameters{
			Region: &c.spec.Region,
			Alias:  new(shorten(c.name, "", workspaceNameMax)),
			Tags:   c.tags(prometheusName),
		}},
	})
	for _, name := range slices.Sorted(maps.Keys(c.logGroups())) {
		c.addLogGroup(controllers, name, c.logGroups()[name])
	}
	c.addSpans()
	c.addGrafana()
	for _, k := range c.collectors() {
		c.addController(role{
			name: k.role(), use: k.use,
			description: "Collector of cluster " + c.name,
			statements:  k.statements,
		}, k.pods)
	}
	return c.addRules()
}

// addRules plans the rules of the Prometheus workspace.
func (c *cluster) addRules() error {
	all, err := telemetry.RuleNamespaces()
	if err != nil {
		return err
	}
	for _, r := range all {
		name := "rules-" + r.Name
		c.parts.add(controllers, name, ampv1beta1.RuleGroupNamespace_GroupVersionKind, &ampv1beta1.RuleGroupNamespace{
			ObjectMeta: c.named(name, r.Name),
			Spec: ampv1beta1.RuleGroupNamespaceSpec{ForProvider: ampv1beta1.RuleGroupNamespaceParameters{
				Region:              &c.spec.Region,
				WorkspaceIDSelector: desired.Selector(prometheusName),
				Data:                new(r.Data),
				Tags:                c.tags(name),
			}},
		})
	}
	return nil
}

// addSpans lets X-Ray write spans to their log groups, which are AWS's own to make:
// no name that begins with aws/ is ours to choose (CreateLogGroup API, read
// 2026-11-29). An account has room for ten such policies, and so for ten clusters with
// observability (PutResourcePolicy API, read 2026-11-29).
func (c *cluster) addSpans() {
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
				Action:   []string{"logs:PutLogEvents"},
				Resource: []string{c.arn("logs", "log-group:"+spans+":*"), c.arn("logs", "log-group:"+signals+":*")},
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
		trust:       policy.Trust(serviceGrafana, policy.Conditions{"StringEquals": {"aws:SourceAccount": {c.seen.account}}}),
		statements:  c.grafanaStatements(),
	}
	c.allow(r)
	if c.seen.account == "" {
		c.parts.later(controllers, grafanaRoleName, grafanaName)
		return
	}
	c.addRole(r)
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

// metricStatements let a collector send metrics to this cluster's workspace.
func (c *cluster) metricStatements() []policy.Statement {
	if c.seen.workspaceARN == "" {
		return nil
	}
	return []policy.Statement{{Sid: "SendMetrics", Effect: policy.Allow, Action: []string{"aps:RemoteWrite"}, Resource: []string{c.seen.workspaceARN}}}
}

// logStatements let a collector write to this cluster's log groups.
func (c *cluster) logStatements() []policy.Statement {
	if c.seen.account == "" {
		return nil
	}
	var groups []string
	for _, name := range slices.Sorted(maps.Keys(c.logGroups())) {
		group := c.arn("logs", "log-group:"+c.logGroups()[name])
		groups = append(groups, group, group+":*")
	}
	return []policy.Statement{{
		Sid: "SendLogs", Effect: policy.Allow, Resource: groups,
		Action: []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
	}}
}

// traceStatements let a collector send traces. Of AWSXRayDaemonWriteAccess, without
// the sampling rules, which it does not ask for.
func (c *cluster) traceStatements() []policy.Statement {
	return []policy.Statement{{
		Sid: "SendTraces", Effect: policy.Allow, Resource: []string{"*"}, Condition: c.inRegion(),
		Action: []string{"xray:PutTelemetryRecords", "xray:PutTraceSegments"},
	}}
}

// grafanaStatements let the dashboards read this cluster's metrics and logs, and
// the account's traces, which X-Ray does not tell apart. Of AmazonPrometheusQueryAccess,
// AmazonGrafanaCloudWatchAccess and AWSXrayReadOnlyAccess, without alarms, other
// accounts and X-Ray's insights, and narrowed to the cluster where AWS can
// (docs.aws.amazon.com/aws-managed-policy/latest/reference by way of
// github.com/iann0036/iam-dataset of 2026-08-22, read 2026-11-29).
func (c *cluster) grafanaStatements() []policy.Statement {
	if c.seen.account == "" || c.seen.workspaceARN == "" {
		return nil
	}
	groups := slices.Sorted(maps.Values(c.logGroups()))
	var logs []string
	for _, group := range append(groups, "/aws/eks/"+c.eksName()+"/cluster", spans) {
		logs = append(logs, c.arn("logs", "log-group:"+group+":*"))
	}
	return []policy.Statement{
		{
			Sid: "ReadMetrics", Effect: policy.Allow, Resource: []string{c.seen.workspaceARN},
			Action: []string{"aps:DescribeWorkspace", "aps:GetLabels", "aps:GetMetricMetadata", "aps:GetSeries", "aps:QueryMetrics"},
		},
		{
			Sid: "ReadLogs", Effect: policy.Allow, Resource: logs,
			Action: []string{"logs:GetLogEvents", "logs:GetLogGroupFields", "logs:StartQuery"},
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
