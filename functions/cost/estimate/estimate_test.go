package estimate_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/functions/cost/estimate"
	"github.com/ausmart/platform/functions/cost/prices"
)

// table has round prices, so that a reader can check a line by head.
const table = `
date: "2026-11-30"
sources: {list: {address: "https://example.org/list", date: "2026-10-01"}}
prices:
  alb.hour: {unit: hour, regions: {here: {usd: "1", sources: [list]}}}
  alb.lcu: {unit: LCU-hour, regions: {here: {usd: "1", sources: [list]}}}
  amp.samples: {unit: million, regions: {here: {usd: "1", sources: [list]}}}
  cache.redis.cache.t3.micro: {unit: hour, regions: {here: {usd: "1", sources: [list]}}}
  cache.backup: {unit: GB-month, regions: {here: {usd: "1"}}}
  data.out: {unit: GB, regions: {here: {usd: "1", sources: [list]}}}
  dynamodb.writes: {unit: million, regions: {here: {usd: "1", sources: [list]}}}
  dynamodb.reads: {unit: million, regions: {here: {usd: "1", sources: [list]}}}
  dynamodb.storage: {unit: GB-month, regions: {here: {usd: "1", sources: [list]}}}
  dynamodb.recovery: {unit: GB-month, regions: {here: {usd: "1", sources: [list]}}}
  ebs.gp3: {unit: GB-month, regions: {here: {usd: "1", sources: [list]}}}
  ec2.t3.medium: {unit: hour, regions: {here: {usd: "1", sources: [list]}}}
  ec2.m7i.xlarge: {unit: hour, regions: {here: {usd: "1", sources: [list]}}}
  ec2.m7g.xlarge: {unit: hour, regions: {here: {usd: "1", sources: [list]}}}
  eks.cluster: {unit: hour, regions: {here: {usd: "1", sources: [list]}}}
  endpoint.gb: {unit: GB, regions: {here: {usd: "1", sources: [list]}}}
  endpoint.hour: {unit: hour, regions: {here: {usd: "1"}, there: {usd: "2"}}}
  grafana.editor: {unit: user-month, regions: {here: {usd: "9", sources: [list]}}}
  ipv4.hour: {unit: hour, regions: {here: {usd: "1", sources: [list]}}}
  logs.ingested: {unit: GB, regions: {here: {usd: "1", sources: [list]}}}
  logs.storage: {unit: GB-month, regions: {here: {usd: "1", sources: [list]}}}
  logs.vended: {unit: GB, regions: {here: {usd: "1", sources: [list]}}}
  nat.gb: {unit: GB, regions: {here: {usd: "1", sources: [list]}}}
  nat.hour: {unit: hour, regions: {here: {usd: "1", sources: [list]}}}
  rds.mysql.multi.db.t3.micro: {unit: hour, regions: {here: {usd: "1", sources: [list]}}}
  rds.storage.multi.gp3: {unit: GB-month, regions: {here: {usd: "1", sources: [list]}}}
  secret: {unit: secret-month, regions: {here: {usd: "1", sources: [list]}}}
  waf.acl: {unit: ACL-month, regions: {here: {usd: "1", sources: [list]}}}
  waf.rule: {unit: rule-month, regions: {here: {usd: "1", sources: [list]}}}
  waf.requests: {unit: million, regions: {here: {usd: "1", sources: [list]}}}
`

// of returns the lines and what is unknown, each in one word list, of resources in YAML.
func of(t *testing.T, resources string, change func(*estimate.Input)) (lines, unknown []string) {
	t.Helper()
	e := estimate.For(input(t, resources, change))
	for _, l := range e.Lines {
		words := []any{l.Resource, l.Count, l.Item, l.Quantity, l.Max}
		j, err := json.Marshal(words)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(j))
	}
	slices.Sort(lines)
	return lines, e.Unknown
}

func input(t *testing.T, resources string, change func(*estimate.Input)) estimate.Input {
	t.Helper()
	p, err := prices.Parse([]byte(table))
	if err != nil {
		t.Fatal(err)
	}
	in := estimate.Input{Region: "here", Prices: p}
	var objects []map[string]any
	if err := yaml.Unmarshal([]byte(resources), &objects); err != nil {
		t.Fatalf("%s: %v", resources, err)
	}
	for _, o := range objects {
		in.Resources = append(in.Resources, estimate.Resource{Object: o})
	}
	if change != nil {
		change(&in)
	}
	return in
}

const (
	ec2  = "apiVersion: ec2.aws.upbound.io/v1beta1, kind: "
	logs = "apiVersion: cloudwatchlogs.aws.upbound.io/v1beta1, kind: Group, "
	pool = "{apiVersion: kubernetes.crossplane.io/v1alpha2, kind: Object, spec: {forProvider: {manifest: {kind: NodePool, spec: {limits: {cpu: '10'}, template: {spec: {requirements: [" +
		"{key: kubernetes.io/arch, values: [ARCH]}, {key: karpenter.sh/capacity-type, values: [CAPACITY]}]}}}}}}}"
	ingress = "{apiVersion: kubernetes.crossplane.io/v1alpha2, kind: Object, spec: {forProvider: {manifest: {kind: Ingress, metadata: {annotations: " +
		"{alb.ingress.kubernetes.io/group.name: GROUP, alb.ingress.kubernetes.io/scheme: SCHEME}}}}}}"
)

func TestFor(t *testing.T) {
	cases := map[string]struct {
		reason    string
		resources string
		change    func(*estimate.Input)
		want      []string
		unknown   []string
	}{
		"NATGateway": {
			reason:    "A NAT gateway costs by the hour, and for what goes through it.",
			resources: "[{" + ec2 + "NATGateway}]",
			want:      []string{`["ec2/NATGateway",1,"NAT gateway, data",50,50]`, `["ec2/NATGateway",1,"NAT gateway, hours",730,730]`},
		},
		"Several": {
			reason:    "Resources of one price are one line.",
			resources: "[{" + ec2 + "EIP}, {" + ec2 + "EIP}]",
			want:      []string{`["ec2/EIP",2,"public IPv4 address, hours",1460,1460]`},
		},
		"Namespaced": {
			reason:    "The kinds of a namespace cost the same.",
			resources: "[{apiVersion: ec2.aws.m.upbound.io/v1beta1, kind: EIP}]",
			want:      []string{`["ec2/EIP",1,"public IPv4 address, hours",730,730]`},
		},
		"Assumption": {
			reason:    "An assumption can be another one, and nothing of an item is no line.",
			resources: "[{" + ec2 + "NATGateway}]",
			change:    func(in *estimate.Input) { in.Assumptions = map[string]float64{"natGB": 0} },
			want:      []string{`["ec2/NATGateway",1,"NAT gateway, hours",730,730]`},
		},
		"EndpointInZones": {
			reason: "An interface endpoint costs for each zone, whether its subnets are in it or associated with it.",
			resources: "[{" + ec2 + "VPCEndpoint, spec: {forProvider: {vpcEndpointType: Interface, subnetIds: [a, b]}}}," +
				"{" + ec2 + "VPCEndpointSubnetAssociation}]",
			want: []string{
				`["ec2/VPCEndpoint",1,"interface endpoint, data",5,5]`, `["ec2/VPCEndpoint",1,"interface endpoint, hours in a zone",1460,1460]`,
				`["ec2/VPCEndpointSubnetAssociation",1,"interface endpoint, hours in a zone",730,730]`,
			},
		},
		"GatewayEndpoint": {reason: "A gateway endpoint is free.", resources: "[{" + ec2 + "VPCEndpoint, spec: {forProvider: {vpcEndpointType: Gateway}}}]"},
		"OtherEndpoint": {
			reason: "What has no price is unknown.", resources: "[{" + ec2 + "VPCEndpoint, spec: {forProvider: {vpcEndpointType: GatewayLoadBalancer}}}]",
			unknown: []string{"ec2/VPCEndpoint: GatewayLoadBalancer endpoint, hours: no price of endpoint.GatewayLoadBalancer in here"},
		},
		"OwnRegion": {
			reason:    "A resource is in its own region, where the price may be missing.",
			resources: "[{" + ec2 + "EIP, spec: {forProvider: {region: elsewhere}}}]",
			unknown:   []string{"ec2/EIP: public IPv4 address, hours: no price of ipv4.hour in elsewhere"},
		},
		"NoRule":   {reason: "A kind that no one has thought of is unknown, and not free.", resources: "[{apiVersion: mq.aws.upbound.io/v1beta1, kind: Broker}]", unknown: []string{"mq/Broker: no rule has its price"}},
		"Observed": {reason: "What is only observed is paid for by its owner.", resources: "[{" + ec2 + "NATGateway, spec: {managementPolicies: [Observe]}}]"},
		"Free":     {reason: "What is free is neither a line nor unknown.", resources: "[{" + ec2 + "VPC}]"},
		"FlowLogToBucket": {
			reason: "A flow log to a bucket has another price than one to a log group.", resources: "[{" + ec2 + "FlowLog, spec: {forProvider: {logDestinationType: s3}}}, {" + ec2 + "FlowLog}]",
			want:    []string{`["ec2/FlowLog",1,"flow logs to a log group",10,10]`},
			unknown: []string{"ec2/FlowLog: flow logs to a bucket: no price of logs.vended-s3 in here"},
		},
		"Nodes": {
			reason: "Nodes are counted at the desired size, with the volume of their launch template.",
			resources: "[{apiVersion: eks.aws.upbound.io/v1beta2, kind: NodeGroup, spec: {forProvider: {instanceTypes: [t3.medium, t3.large], scalingConfig: {minSize: 1, maxSize: 9}}," +
				" initProvider: {scalingConfig: {desiredSize: 3}}}}, {" + ec2 + "LaunchTemplate, spec: {forProvider: {blockDeviceMappings: [{ebs: {volumeSize: 30}}]}}}]",
			want: []string{`["eks/NodeGroup",1,"EBS gp3 of nodes",90,90]`, `["eks/NodeGroup",1,"EC2 t3.medium, hours",2190,2190]`},
		},
		"OtherNodes": {
			reason: "Without a desired size there are as few as may be, each with the disk that EKS gives.",
			resources: "[{apiVersion: eks.aws.upbound.io/v1beta2, kind: NodeGroup, spec: {forProvider: {instanceTypes: [m9x.large]," +
				" scalingConfig: {minSize: 2}}}}]",
			want:    []string{`["eks/NodeGroup",1,"EBS gp3 of nodes",40,40]`},
			unknown: []string{"eks/NodeGroup: EC2 m9x.large, hours: no price of ec2.m9x.large in here"},
		},
		"Karpenter": {
			reason: "A pool costs from nothing to its limits: ten cores are three nodes of four.",
			resources: "[" + strings.NewReplacer("ARCH", "amd64", "CAPACITY", "on-demand").Replace(pool) + "," + strings.NewReplacer("ARCH", "arm64", "CAPACITY", "spot").Replace(pool) +
				", {apiVersion: kubernetes.crossplane.io/v1alpha2, kind: Object, spec: {forProvider: {manifest: {kind: EC2NodeClass, spec: {blockDeviceMappings: [{ebs: {volumeSize: 50Gi}}]}}}}}]",
			want: []string{
				`["kubernetes.crossplane.io/Object",1,"Karpenter's m7g.xlarge spot, at the price on demand, hours",0,2190]`,
				`["kubernetes.crossplane.io/Object",1,"Karpenter's m7i.xlarge on demand, hours",0,2190]`,
				`["kubernetes.crossplane.io/Object",2,"EBS gp3 of Karpenter's nodes",0,300]`,
			},
		},
		"LoadBalancer": {
			reason: "Ingresses of one group have one load balancer, which has an address in each zone when it faces the internet.",
			resources: "[" + strings.NewReplacer("GROUP", "a", "SCHEME", "internet-facing").Replace(ingress) + "," + strings.NewReplacer("GROUP", "a", "SCHEME", "internet-facing").Replace(ingress) +
				"," + strings.NewReplacer("GROUP", "b", "SCHEME", "internal").Replace(ingress) + "]",
			want: []string{
				`["kubernetes.crossplane.io/Object",1,"data to the internet",20,20]`, `["kubernetes.crossplane.io/Object",1,"public IPv4 addresses of a load balancer, hours",2190,2190]`,
				`["kubernetes.crossplane.io/Object",2,"load balancer, capacity",730,730]`, `["kubernetes.crossplane.io/Object",2,"load balancer, hours",1460,1460]`,
			},
		},
		"OtherLoadBalancer": {
			reason:    "A Service may make a load balancer, and a claim a volume.",
			resources: "[{apiVersion: kubernetes.crossplane.io/v1alpha2, kind: Object, spec: {forProvider: {manifest: {kind: Service, spec: {type: LoadBalancer}}}}}, {apiVersion: kubernetes.crossplane.io/v1alpha2, kind: Object, spec: {forProvider: {manifest: {kind: PersistentVolumeClaim, spec: {resources: {requests: {storage: 8Gi}}}}}}}]",
			want:      []string{`["kubernetes.crossplane.io/Object",1,"EBS gp3 of a volume claim",8,8]`},
			unknown:   []string{"kubernetes.crossplane.io/Object: network load balancer, hours: no price of nlb.hour in here"},
		},
		"Database": {
			reason:    "A database has the price of its engine, class and zones; its storage may grow; its password is a secret.",
			resources: "[{apiVersion: rds.aws.upbound.io/v1beta3, kind: Instance, spec: {forProvider: {engine: mysql, instanceClass: db.t3.micro, multiAz: true, storageType: gp3, allocatedStorage: 20, maxAllocatedStorage: 100, manageMasterUserPassword: true}}}]",
			want: []string{
				`["rds/Instance",1,"RDS mysql db.t3.micro, multi-AZ, hours",730,730]`, `["rds/Instance",1,"RDS storage gp3, multi-AZ",20,100]`, `["rds/Instance",1,"Secrets Manager secret of a database",1,1]`,
			},
		},
		"Cache": {
			reason:    "A cache costs for each node, and for snapshots but the first.",
			resources: "[{apiVersion: elasticache.aws.upbound.io/v1beta2, kind: ReplicationGroup, spec: {forProvider: {engine: redis, nodeType: cache.t3.micro, numCacheClusters: 2, snapshotRetentionLimit: 7}}}]",
			want:      []string{`["elasticache/ReplicationGroup",1,"ElastiCache redis cache.t3.micro, hours",1460,1460]`, `["elasticache/ReplicationGroup",1,"ElastiCache snapshots",3,3]`},
		},
		"Shards": {
			reason:    "Shards have a primary and replicas each.",
			resources: "[{apiVersion: elasticache.aws.upbound.io/v1beta2, kind: ReplicationGroup, spec: {forProvider: {nodeType: cache.t3.micro, numNodeGroups: 2, replicasPerNodeGroup: 1}}}]",
			want:      []string{`["elasticache/ReplicationGroup",1,"ElastiCache redis cache.t3.micro, hours",2920,2920]`},
		},
		"Table": {
			reason:    "A write is one to each index, too.",
			resources: "[{apiVersion: dynamodb.aws.upbound.io/v1beta2, kind: Table, spec: {forProvider: {billingMode: PAY_PER_REQUEST, globalSecondaryIndex: [{name: a}, {name: b}], pointInTimeRecovery: {enabled: true}}}}]",
			want: []string{
				`["dynamodb/Table",1,"DynamoDB point-in-time recovery",1,1]`, `["dynamodb/Table",1,"DynamoDB reads",2,2]`, `["dynamodb/Table",1,"DynamoDB storage",1,1]`, `["dynamodb/Table",1,"DynamoDB writes",3,3]`,
			},
		},
		"ListOfOne": {
			reason:    "Older versions of a kind have a list where newer ones have an object.",
			resources: "[{apiVersion: dynamodb.aws.upbound.io/v1beta1, kind: Table, spec: {forProvider: {billingMode: PAY_PER_REQUEST, pointInTimeRecovery: [{enabled: true}]}}}]",
			change: func(in *estimate.Input) {
				in.Assumptions = map[string]float64{"tableReads": 0, "tableWrites": 0}
			},
			want: []string{`["dynamodb/Table",1,"DynamoDB point-in-time recovery",1,1]`, `["dynamodb/Table",1,"DynamoDB storage",1,1]`},
		},
		"ProvisionedTable": {
			reason: "Capacity that is provisioned has no price here.", resources: "[{apiVersion: dynamodb.aws.upbound.io/v1beta2, kind: Table}]",
			unknown: []string{"dynamodb/Table: DynamoDB provisioned capacity: no price of dynamodb.provisioned in here"},
		},
		"ControlPlaneLogs": {
			reason: "A control plane's logs follow from its log types, and what is kept from the days.",
			resources: "[{apiVersion: eks.aws.upbound.io/v1beta2, kind: Cluster, spec: {forProvider: {enabledClusterLogTypes: [audit, api]}}}," +
				"{" + logs + "metadata: {annotations: {crossplane.io/external-name: /aws/eks/a/cluster}}, spec: {forProvider: {retentionInDays: 60}}}]",
			change: func(in *estimate.Input) { in.Assumptions = map[string]float64{"logCompression": 0.5} },
			want: []string{
				`["cloudwatchlogs/Group",1,"CloudWatch logs, ingested",4.5,4.5]`, `["cloudwatchlogs/Group",1,"CloudWatch logs, stored",4.438356164383562,4.438356164383562]`,
				`["eks/Cluster",1,"EKS cluster, hours",730,730]`,
			},
		},
		"Firewall": {
			reason:    "A web ACL costs for each rule, in a list or in a document.",
			resources: `[{apiVersion: wafv2.aws.upbound.io/v1beta1, kind: WebACL, spec: {forProvider: {ruleJson: '[{"Priority":0},{"Priority":1}]'}}}]`,
			want:      []string{`["wafv2/WebACL",1,"WAF requests",1,1]`, `["wafv2/WebACL",1,"WAF rules",2,2]`, `["wafv2/WebACL",1,"WAF web ACL",1,1]`},
		},
		"Metrics": {
			reason:    "Samples are series times the month's seconds, by the interval.",
			resources: "[{apiVersion: amp.aws.upbound.io/v1beta2, kind: Workspace}, {apiVersion: grafana.aws.upbound.io/v1beta2, kind: Workspace}]",
			change:    func(in *estimate.Input) { in.Assumptions = map[string]float64{"metricSeries": 1000} },
			want:      []string{`["amp/Workspace",1,"Prometheus samples",87.6,87.6]`, `["grafana/Workspace",1,"Grafana editors",1,1]`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			lines, unknown := of(t, tc.resources, tc.change)
			if diff := cmp.Diff(tc.want, lines); diff != "" {
				t.Errorf("%s\nlines: -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.unknown, unknown); diff != "" {
				t.Errorf("%s\nunknown: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestLogGroups(t *testing.T) {
	cases := map[string]struct {
		name  string
		gb    float64
		words string
	}{
		"Database": {"/aws/rds/instance/a/error", 0.2, "databaseLogGB = 0.2"},
		"Cache":    {"/aws/vendedlogs/elasticache/a/slow-log", 0.2, "databaseLogGB = 0.2"},
		"Firewall": {"aws-waf-logs-a", 0.5, "firewallLogGB = 0.5"},
		"Other":    {"/ausmart/a/application", 2, "logGB = 2"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			e := estimate.For(input(t, "[{"+logs+"metadata: {annotations: {crossplane.io/external-name: "+tc.name+"}}}]", nil))
			i := slices.IndexFunc(e.Lines, func(l estimate.Line) bool { return l.Item == "CloudWatch logs, ingested" })
			if i < 0 || math.Abs(e.Lines[i].Quantity-tc.gb) > 1e-9 || e.Lines[i].Assumption != tc.words {
				t.Errorf("%s: got %+v, want %v GB by %q", tc.name, e.Lines, tc.gb, tc.words)
			}
		})
	}
}

// TestTotal compares the sums with those of the lines, and what a line says of its price.
func TestTotal(t *testing.T) {
	resources := "[{" + ec2 + "NATGateway}, {" + ec2 + "VPCEndpointSubnetAssociation}, " + strings.NewReplacer("ARCH", "amd64", "CAPACITY", "on-demand").Replace(pool) + "]"
	e := estimate.For(input(t, resources, nil))
	if got, want := e.Total(), 730.0+50+730; got != want {
		t.Errorf("Total(): %v, want %v: pools at nothing", got, want)
	}
	if got, want := e.Max(), 730.0+50+730+2190+60; got != want {
		t.Errorf("Max(): %v, want %v: pools at their limits", got, want)
	}
	if got := e.Unverified(); got != 1 {
		t.Errorf("Unverified(): %v, want 1", got)
	}
	want := estimate.Line{
		Resource: "kubernetes.crossplane.io/Object", Count: 1, Item: "Karpenter's m7i.xlarge on demand, hours", Max: 2190, Unit: "hour", UnitPrice: 1,
		Source: "example.org/list (2026-10-01)", Verified: true, Assumption: "karpenterNodeCores = 4",
	}
	if diff := cmp.Diff(want, e.Lines[0], cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".key" || p.Last().String() == ".region" }, cmp.Ignore())); diff != "" {
		t.Errorf("the dearest line is the first: -want, +got:\n%s", diff)
	}
}

// TestOverrides is about prices that a team has instead of AWS's list.
func TestOverrides(t *testing.T) {
	e := estimate.For(input(t, "[{"+ec2+"EIP, spec: {forProvider: {region: elsewhere}}}]", func(in *estimate.Input) {
		in.Overrides = map[string]float64{"ipv4.hour": 0.5}
	}))
	if len(e.Lines) != 1 || e.Lines[0].UnitPrice != 0.5 || e.Lines[0].Source != "EnvironmentConfig" || !e.Lines[0].Verified {
		t.Errorf("got %+v, want the team's price", e)
	}
}

func TestCheckAssumptions(t *testing.T) {
	if errs := estimate.CheckAssumptions(map[string]float64{"natGB": 0}); len(errs) > 0 {
		t.Errorf("unexpected: %v", errs)
	}
	errs := estimate.CheckAssumptions(map[string]float64{"natGb": 1, "logGB": -1})
	if len(errs) != 2 || !strings.HasPrefix(errs[0].Error(), "logGB: must be zero or more") || !strings.HasPrefix(errs[1].Error(), "natGb: unknown assumption: known are auditLogGB, ") {
		t.Errorf("got %v", errs)
	}
}

// TestEveryAssumptionCounts fails on one that changes nothing, or that no line names.
func TestEveryAssumptionCounts(t *testing.T) {
	everything := "[{" + ec2 + "NATGateway}, {" + ec2 + "FlowLog}, {" + ec2 + "VPCEndpoint, spec: {forProvider: {vpcEndpointType: Interface}}}," +
		strings.NewReplacer("GROUP", "a", "SCHEME", "internet-facing").Replace(ingress) + "," + strings.NewReplacer("ARCH", "amd64", "CAPACITY", "on-demand").Replace(pool) + "," +
		"{apiVersion: amp.aws.upbound.io/v1, kind: Workspace}, {apiVersion: grafana.aws.upbound.io/v1, kind: Workspace}, {apiVersion: s3.aws.upbound.io/v1, kind: Bucket}," +
		"{apiVersion: kms.aws.upbound.io/v1, kind: Key}, {apiVersion: sqs.aws.upbound.io/v1, kind: Queue}, {apiVersion: ecr.aws.upbound.io/v1, kind: Repository}," +
		"{apiVersion: wafv2.aws.upbound.io/v1, kind: WebACL}, {apiVersion: dynamodb.aws.upbound.io/v1, kind: Table, spec: {forProvider: {billingMode: PAY_PER_REQUEST}}}," +
		"{apiVersion: elasticache.aws.upbound.io/v1, kind: ReplicationGroup, spec: {forProvider: {nodeType: cache.t3.micro, snapshotRetentionLimit: 3}}}," +
		"{apiVersion: eks.aws.upbound.io/v1, kind: Cluster, spec: {forProvider: {enabledClusterLogTypes: [audit, api]}}}," +
		"{" + logs + "metadata: {annotations: {crossplane.io/external-name: /aws/eks/a/cluster}}}, {" + logs + "metadata: {annotations: {crossplane.io/external-name: /aws/rds/a}}}," +
		"{" + logs + "metadata: {annotations: {crossplane.io/external-name: aws-waf-logs-a}}}, {" + logs + "metadata: {}}]"
	builtIn, err := prices.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	with := func(assumptions map[string]float64) estimate.Estimate {
		return estimate.For(input(t, everything, func(in *estimate.Input) {
			in.Region, in.Prices, in.Assumptions = "us-east-1", builtIn, assumptions
		}))
	}
	before := with(nil)
	for _, a := range estimate.Assumptions() {
		t.Run(a.Name, func(t *testing.T) {
			after := with(map[string]float64{a.Name: a.Value + 8})
			if before.Total() == after.Total() && before.Max() == after.Max() {
				t.Errorf("%s changes nothing", a.Name)
			}
			if !slices.ContainsFunc(after.Lines, func(l estimate.Line) bool { return strings.Contains(l.Assumption, a.Name+" = ") }) {
				t.Errorf("no line names %s", a.Name)
			}
		})
	}
}

// TestKindsAreOne fails on a kind that is both priced and free.
func TestKindsAreOne(t *testing.T) {
	for _, kind := range estimate.Priced() {
		if _, free := estimate.Free()[kind]; free {
			t.Errorf("%s has a price, and is free", kind)
		}
	}
}
