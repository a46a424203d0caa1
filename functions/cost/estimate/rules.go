package estimate

import "strings"

// objectKind is a manifest in a cluster.
const objectKind = "kubernetes.crossplane.io/Object"

// A rule says what a kind of resource costs.
type rule func(m *month, r resource) []item

// rules of the kinds that cost something.
func rules() map[string]rule {
	return map[string]rule{
		"amp/Workspace":                    prometheus,
		"cloudwatchlogs/Group":             logGroup,
		"dynamodb/Table":                   table,
		"ec2/EIP":                          address,
		"ec2/FlowLog":                      flowLog,
		"ec2/NATGateway":                   natGateway,
		"ec2/VPCEndpoint":                  endpoint,
		"ec2/VPCEndpointSubnetAssociation": endpointInZone,
		"ecr/Repository":                   repository,
		"eks/Cluster":                      cluster,
		"eks/NodeGroup":                    nodeGroup,
		"elasticache/ReplicationGroup":     cache,
		"grafana/Workspace":                grafana,
		"kms/Key":                          key,
		"rds/Instance":                     database,
		"s3/Bucket":                        bucket,
		"sqs/Queue":                        queue,
		"wafv2/WebACL":                     firewall,
	}
}

// Free are the kinds that cost nothing by themselves, each with the reason.
func Free() map[string]string {
	const (
		network    = "part of a network; its traffic is counted where it is paid for"
		permission = "who may do what is free"
		setting    = "a setting of another resource"
		pods       = "pods run on nodes that are counted"
		platform   = "exists in the control plane only"
	)
	return map[string]string{
		"amp/RuleGroupNamespace":                     setting,
		"cloudwatchevents/Rule":                      "events of AWS services are free",
		"cloudwatchevents/Target":                    "events of AWS services are free",
		"cloudwatchlogs/ResourcePolicy":              permission,
		"ec2/DefaultSecurityGroup":                   network,
		"ec2/InternetGateway":                        network,
		"ec2/LaunchTemplate":                         "a template; the nodes that it makes are counted",
		"ec2/Route":                                  network,
		"ec2/RouteTable":                             network,
		"ec2/RouteTableAssociation":                  network,
		"ec2/SecurityGroup":                          network,
		"ec2/SecurityGroupEgressRule":                network,
		"ec2/SecurityGroupIngressRule":               network,
		"ec2/Subnet":                                 network,
		"ec2/VPC":                                    network,
		"ec2/VPCEndpointRouteTableAssociation":       network,
		"ec2/VPCEndpointSecurityGroupAssociation":    network,
		"ecr/LifecyclePolicy":                        setting,
		"eks/AccessEntry":                            permission,
		"eks/AccessPolicyAssociation":                permission,
		"eks/Addon":                                  "add-ons have no price; their pods run on nodes that are counted",
		"eks/ClusterAuth":                            platform,
		"eks/PodIdentityAssociation":                 permission,
		"elasticache/ParameterGroup":                 setting,
		"elasticache/SubnetGroup":                    setting,
		"elasticache/User":                           permission,
		"elasticache/UserGroup":                      permission,
		"helm.crossplane.io/ProviderConfig":          platform,
		"helm.crossplane.io/Release":                 pods,
		"iam/InstanceProfile":                        permission,
		"iam/Role":                                   permission,
		"iam/RolePolicy":                             permission,
		"iam/RolePolicyAttachment":                   permission,
		"kms/Alias":                                  "a name of a key",
		"kubernetes.crossplane.io/ProviderConfig":    platform,
		"protection.crossplane.io/ClusterUsage":      platform,
		"protection.crossplane.io/Usage":             platform,
		"rds/ParameterGroup":                         setting,
		"rds/SubnetGroup":                            setting,
		"s3/BucketLifecycleConfiguration":            setting,
		"s3/BucketOwnershipControls":                 setting,
		"s3/BucketPolicy":                            permission,
		"s3/BucketPublicAccessBlock":                 setting,
		"s3/BucketServerSideEncryptionConfiguration": setting,
		"sqs/QueuePolicy":                            permission,
		"wafv2/WebACLLoggingConfiguration":           "its log group is counted",
	}
}

// Priced are the kinds that cost something.
func Priced() []string {
	out := []string{objectKind}
	for kind := range rules() {
		out = append(out, kind)
	}
	return out
}

// itemsOf a resource; false where no rule knows its kind.
func (m *month) itemsOf(r resource) ([]item, bool) {
	kind := r.kind()
	if kind == objectKind {
		return m.inCluster(r.manifest()), true
	}
	if rule, ok := m.rules[kind]; ok {
		return rule(m, r), true
	}
	_, free := m.free[kind]
	return nil, free
}

func natGateway(m *month, _ resource) []item {
	return []item{
		{key: "nat.hour", name: "NAT gateway, hours", quantity: hours},
		{key: "nat.gb", name: "NAT gateway, data", quantity: m.assume("natGB"), assumption: m.assumed("natGB")},
	}
}

func address(*month, resource) []item {
	return []item{{key: "ipv4.hour", name: "public IPv4 address, hours", quantity: hours}}
}

// endpoint of a VPC. Those of S3 and DynamoDB at a route table are free; an interface costs for each
// zone that it is in, here or by an association.
func endpoint(m *month, r resource) []item {
	switch kind := r.str("vpcEndpointType"); kind {
	case "Interface":
		zones := max(len(r.list("subnetIds")), len(r.list("subnetIdRefs")))
		return []item{
			{key: "endpoint.hour", name: "interface endpoint, hours in a zone", quantity: hours * float64(zones)},
			{key: "endpoint.gb", name: "interface endpoint, data", quantity: m.assume("endpointGB"), assumption: m.assumed("endpointGB")},
		}
	case "Gateway", "":
		return nil
	default:
		return []item{{key: "endpoint." + kind, name: kind + " endpoint, hours", quantity: hours}}
	}
}

func endpointInZone(*month, resource) []item {
	return []item{{key: "endpoint.hour", name: "interface endpoint, hours in a zone", quantity: hours}}
}

// flowLog is billed by where it goes: to a bucket it costs less than to a log group, which counts
// its own storage.
func flowLog(m *month, r resource) []item {
	i := item{key: "logs.vended", name: "flow logs to a log group", quantity: m.assume("flowLogGB"), assumption: m.assumed("flowLogGB")}
	if r.str("logDestinationType") == "s3" {
		i.key, i.name = "logs.vended-s3", "flow logs to a bucket"
	}
	return []item{i}
}

func bucket(m *month, _ resource) []item {
	return []item{{key: "s3.storage", name: "S3 storage", quantity: m.assume("bucketGB"), assumption: m.assumed("bucketGB")}}
}

func key(m *month, _ resource) []item {
	return []item{
		{key: "kms.key", name: "KMS key", quantity: 1},
		{key: "kms.requests", name: "KMS requests", quantity: m.assume("keyRequests"), assumption: m.assumed("keyRequests")},
	}
}

func queue(m *month, _ resource) []item {
	return []item{{key: "sqs.requests", name: "SQS requests", quantity: m.assume("queueRequests"), assumption: m.assumed("queueRequests")}}
}

func repository(m *month, _ resource) []item {
	return []item{{key: "ecr.storage", name: "ECR images", quantity: m.assume("repositoryGB"), assumption: m.assumed("repositoryGB")}}
}

// firewall rules are a list, or a document in JSON in which each has a priority of its own.
func firewall(m *month, r resource) []item {
	count := max(len(r.list("rule")), strings.Count(r.str("ruleJson"), `"Priority"`))
	return []item{
		{key: "waf.acl", name: "WAF web ACL", quantity: 1},
		{key: "waf.rule", name: "WAF rules", quantity: float64(count)},
		{key: "waf.requests", name: "WAF requests", quantity: m.assume("firewallRequests"), assumption: m.assumed("firewallRequests")},
	}
}

func prometheus(m *month, _ resource) []item {
	samples := m.assume("metricSeries") * hours * 3600 / max(1, m.assume("metricIntervalSeconds"))
	return []item{{
		key: "amp.samples", name: "Prometheus samples", quantity: samples / 1e6,
		assumption: m.assumed("metricSeries", "metricIntervalSeconds"),
	}}
}

func grafana(m *month, _ resource) []item {
	return []item{
		{key: "grafana.editor", name: "Grafana editors", quantity: m.assume("grafanaEditors"), assumption: m.assumed("grafanaEditors")},
		{key: "grafana.viewer", name: "Grafana viewers", quantity: m.assume("grafanaViewers"), assumption: m.assumed("grafanaViewers")},
	}
}
