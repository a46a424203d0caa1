package settings

import "github.com/ausmart/platform/apis/v1alpha1"

// The settings, by their names in an EnvironmentConfig and in a claim's status.
const (
	KMS                 Name = "kms"
	WAF                 Name = "waf"
	MultiAZ             Name = "multiAZ"
	NATGateways         Name = "natGateways"
	VPCEndpoints        Name = "vpcEndpoints"
	FlowLogs            Name = "flowLogs"
	AccessLogs          Name = "accessLogs"
	RetentionDays       Name = "retentionDays"
	DeletionProtection  Name = "deletionProtection"
	FinalSnapshot       Name = "finalSnapshot"
	RedisLogin          Name = "redisLogin"
	ApplyImmediately    Name = "applyImmediately"
	BackupRetentionDays Name = "backupRetentionDays"
	PublicAPI           Name = "publicAPI"
	InternalIngress     Name = "internalIngress"
	PinnedImages        Name = "pinnedImages"
	IAMPath             Name = "iamPath"
	PermissionsBoundary Name = "permissionsBoundary"
)

// Settings are the values in effect for one claim.
type Settings struct {
	KMS                 Value[bool]
	WAF                 Value[bool]
	MultiAZ             Value[bool]
	NATGateways         Value[v1alpha1.NATGatewayMode]
	VPCEndpoints        Value[bool]
	FlowLogs            Value[bool]
	AccessLogs          Value[bool]
	RetentionDays       Value[int32]
	DeletionProtection  Value[bool]
	FinalSnapshot       Value[bool]
	RedisLogin          Value[bool]
	ApplyImmediately    Value[bool]
	BackupRetentionDays Value[int32]
	PublicAPI           Value[bool]
	InternalIngress     Value[bool]
	PinnedImages        Value[bool]
	IAMPath             Value[v1alpha1.IAMPath]
	PermissionsBoundary Value[v1alpha1.PolicyARN] // empty for none

	claim claim
}

// table of the settings. All else in this package is derived from it, and so is
// docs/reference/settings.md: go test ./functions/internal/settings -update.
//
// Dev is small and cheap: what costs by the hour is off. Staging is dev with prod's
// firewall, prod's login to Redis and more time to find out what happened. Prod is encrypted, redundant,
// recorded and protected from deletion.
var table = []row{ //nolint:gochecknoglobals // A constant that the language cannot express.
	&setting[bool]{
		name: KMS, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.KMS },
		dev: false, staging: false, prod: true,
		meaning: "Encrypts with customer-managed keys.",
		fields:  fields{"Network": "kms.enabled", "Cluster": "kms.enabled", "Database": "kms.enabled"},
	},
	&setting[bool]{
		name: WAF, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.WAF },
		dev: false, staging: true, prod: true,
		meaning: "Puts a web application firewall in front of the load balancers.",
		fields:  fields{"Cluster": "waf.enabled"},
	},
	&setting[bool]{
		name: MultiAZ, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.MultiAZ },
		dev: false, staging: false, prod: true,
		meaning: "Gives each database a standby or replica in another zone, and a cluster's controllers a second replica.",
		fields:  fields{"Cluster": noField, "Database": "multiAZ"},
	},
	&setting[v1alpha1.NATGatewayMode]{
		name: NATGateways, values: natGatewayModes(), value: func(s *Settings) *Value[v1alpha1.NATGatewayMode] { return &s.NATGateways },
		dev: v1alpha1.NATGatewaySingle, staging: v1alpha1.NATGatewaySingle, prod: v1alpha1.NATGatewayPerZone,
		meaning: "NAT gateways of a network: none, one for all zones, or one in each zone.",
		fields:  fields{"Network": "natGateways"},
	},
	&setting[bool]{
		name: VPCEndpoints, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.VPCEndpoints },
		dev: false, staging: false, prod: true,
		meaning: "Creates the standard interface endpoints of a network.",
		fields:  fields{"Network": "vpcEndpoints.enabled"},
	},
	&setting[bool]{
		name: FlowLogs, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.FlowLogs },
		dev: false, staging: false, prod: true,
		meaning: "Records the traffic of a network.",
		fields:  fields{"Network": "flowLogs.enabled"},
	},
	&setting[bool]{
		name: AccessLogs, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.AccessLogs },
		dev: false, staging: true, prod: true,
		meaning: "Records the requests to the load balancers of a network.",
		fields:  fields{"Network": "accessLogs.enabled"},
	},
	&setting[int32]{
		name: RetentionDays, values: logRetention(), value: func(s *Settings) *Value[int32] { return &s.RetentionDays },
		dev: 14, staging: 30, prod: 90,
		meaning: "How many days logs and traces are kept.",
		fields:  fields{"Network": "flowLogs.retentionDays", "Cluster": "observability.retentionDays", "Database": noField},
	},
	&setting[bool]{
		name: DeletionProtection, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.DeletionProtection },
		dev: false, staging: false, prod: true,
		meaning: "Refuses to delete what holds data.", keeps: on,
		fields: fields{"Network": "deletionProtection", "Cluster": "deletionProtection", "Database": "deletionProtection", "Service": "deletionProtection"},
	},
	&setting[bool]{
		name: FinalSnapshot, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.FinalSnapshot },
		dev: false, staging: false, prod: true,
		meaning: "Takes a snapshot of a database before it is deleted.", keeps: on,
		fields: fields{"Database": "finalSnapshot"},
	},
	&setting[bool]{
		name: RedisLogin, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.RedisLogin },
		dev: false, staging: true, prod: true,
		meaning: "Lets only connections with TLS and an IAM login into a Redis.",
		fields:  fields{"Database": "redisLogin"},
	},
	&setting[bool]{
		name: ApplyImmediately, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.ApplyImmediately },
		dev: true, staging: true, prod: false,
		meaning: "Changes databases at once, and not in their next maintenance window.",
		fields:  fields{"Database": "applyImmediately"},
	},
	&setting[int32]{
		name: BackupRetentionDays, values: backupRetention(), value: func(s *Settings) *Value[int32] { return &s.BackupRetentionDays },
		dev: 1, staging: 7, prod: 30,
		meaning: "How many days the backups of databases are kept.", keeps: more,
		fields: fields{"Database": "backupRetentionDays"},
	},
	&setting[bool]{
		name: PublicAPI, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.PublicAPI },
		dev: true, staging: false, prod: false,
		meaning: "Lets a claim open the Kubernetes API to 0.0.0.0/0.",
		fields:  fields{"Cluster": noField},
	},
	&setting[bool]{
		name: InternalIngress, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.InternalIngress },
		dev: true, staging: false, prod: false,
		meaning: "Makes load balancers of services reachable inside the VPC only.",
		fields:  fields{"Service": "ingress.internal"},
	},
	&setting[bool]{
		name: PinnedImages, values: onOff(), value: func(s *Settings) *Value[bool] { return &s.PinnedImages },
		dev: false, staging: false, prod: true,
		meaning: "Starts Karpenter's nodes from the image that the platform's version names, and not from the newest one.",
		fields:  fields{"Cluster": "karpenter.pinnedImages"},
	},
	&setting[v1alpha1.IAMPath]{
		name: IAMPath, values: iamPaths(), value: func(s *Settings) *Value[v1alpha1.IAMPath] { return &s.IAMPath },
		dev: v1alpha1.IAMPathRoot, staging: v1alpha1.IAMPathRoot, prod: v1alpha1.IAMPathRoot,
		meaning: "Path of IAM roles and instance profiles.",
		fields:  fields{"Network": "iamPath", "Cluster": "iamPath", "Service": "iamPath"},
	},
	&setting[v1alpha1.PolicyARN]{
		name: PermissionsBoundary, values: policyARNs(), value: func(s *Settings) *Value[v1alpha1.PolicyARN] { return &s.PermissionsBoundary },
		dev: "", staging: "", prod: "",
		meaning: "Permissions boundary of IAM roles.",
		fields:  fields{"Network": "permissionsBoundary", "Cluster": "permissionsBoundary", "Service": "permissionsBoundary"},
	},
}
