package contract_test

func clusterRules() map[string]rule {
	return map[string]rule{
		"ClusterPublicCIDRIsARange": {
			kind: "Cluster", at: "spec.endpoint.publicCIDRs[]", message: ipv4Range,
			accepts: map[string]change{
				"Office": {reason: "A range of addresses.", to: `endpoint: {publicCIDRs: [203.0.113.0/24]}`},
				"Host":   {reason: "One address is a range of one.", to: `endpoint: {publicCIDRs: [203.0.113.7/32]}`},
			},
			refuses: map[string]change{
				"Address": {reason: "An address has no prefix.", to: `endpoint: {publicCIDRs: [203.0.113.7]}`, field: "spec.endpoint.publicCIDRs[0]"},
				"IPv6":    {reason: "The platform's endpoints are IPv4.", to: `endpoint: {publicCIDRs: ["2001:db8::/56"]}`, field: "spec.endpoint.publicCIDRs[0]"},
			},
		},
		"ClusterPrivateCIDRIsARange": {
			kind: "Cluster", at: "spec.endpoint.privateCIDRs[]", message: ipv4Range,
			accepts: map[string]change{
				"Peer": {reason: "The network of the management cluster.", to: `endpoint: {privateCIDRs: [172.16.0.0/16]}`},
			},
			refuses: map[string]change{
				"Address": {reason: "An address has no prefix.", to: `endpoint: {privateCIDRs: [172.16.0.1]}`, field: "spec.endpoint.privateCIDRs[0]"},
			},
		},
		"ClusterPublicOutsideDev": {
			kind: "Cluster", at: "spec",
			message: "0.0.0.0/0, and any range wider than /8, is refused outside dev: list your office or VPN ranges, or leave publicCIDRs out for a private endpoint",
			accepts: map[string]change{
				"Dev":         {reason: "dev may be open.", to: `{environment: dev, endpoint: {publicCIDRs: [0.0.0.0/0]}}`},
				"ProdOffice":  {reason: "prod may be reached from an office.", to: `{environment: prod, endpoint: {publicCIDRs: [203.0.113.0/24]}}`},
				"ProdPrivate": {reason: "prod may be private.", to: `{environment: prod, endpoint: {}}`},
			},
			refuses: map[string]change{
				"Prod":    {reason: "prod is never open to the world.", to: `{environment: prod, endpoint: {publicCIDRs: [203.0.113.0/24, 0.0.0.0/0]}}`, field: "spec.endpoint.publicCIDRs"},
				"Staging": {reason: "Neither is staging.", to: `{environment: staging, endpoint: {publicCIDRs: [0.0.0.0/0]}}`, field: "spec.endpoint.publicCIDRs"},
				"Halves":  {reason: "Two halves of the internet are the internet.", to: `{environment: prod, endpoint: {publicCIDRs: [0.0.0.0/1, 128.0.0.0/1]}}`, field: "spec.endpoint.publicCIDRs"},
				"Promoted": {reason: "A dev cluster that is open cannot become prod as it is.", from: `{environment: dev, endpoint: {publicCIDRs: [0.0.0.0/0]}}`,
					to: `{environment: prod, endpoint: {publicCIDRs: [0.0.0.0/0]}}`, field: "spec.endpoint.publicCIDRs"},
			},
		},
		"ClusterKMSStays": {
			kind: "Cluster", at: "spec",
			message: "kms.enabled must stay true: EKS cannot take back the encryption of Secrets",
			accepts: map[string]change{
				"On":   {reason: "Encryption may come later.", from: `kms: {enabled: false}`, to: `kms: {enabled: true}`},
				"Kept": {reason: "Encryption stays.", from: `kms: {enabled: true}`, to: `kms: {enabled: true}`},
			},
			refuses: map[string]change{
				"Off":     {reason: "EKS cannot turn it off.", from: `kms: {enabled: true}`, to: `kms: {enabled: false}`, field: "spec.kms"},
				"Removed": {reason: "The environment's value may be off.", from: `kms: {enabled: true}`, to: `{}`, field: "spec.kms"},
			},
		},
		"WAFGroupCountsOnce": {
			kind: "Cluster", at: "spec.waf.ruleGroups[]",
			message: "count is true, so all rules of the group count: remove countRules, or count",
			accepts: map[string]change{
				"Group": {reason: "A whole group counts.", to: `waf: {ruleGroups: [{name: AWSManagedRulesCommonRuleSet, count: true}]}`},
				"Rules": {reason: "Some rules of a group count.", to: `waf: {ruleGroups: [{name: AWSManagedRulesCommonRuleSet, countRules: [SizeRestrictions_BODY]}]}`},
			},
			refuses: map[string]change{
				"Both": {reason: "The rules would say nothing.", to: `waf: {ruleGroups: [{name: AWSManagedRulesCommonRuleSet, count: true, countRules: [NoUserAgent_HEADER]}]}`, field: "spec.waf.ruleGroups[0].countRules"},
			},
		},
		"WAFRuleHasAName": {
			kind: "Cluster", at: "spec.waf.ruleGroups[].countRules[]",
			message: "must be the name of a rule of the group, such as SizeRestrictions_BODY",
			accepts: map[string]change{
				"Name": {reason: "AWS's own form.", to: `waf: {ruleGroups: [{name: AWSManagedRulesCommonRuleSet, countRules: [GenericLFI_QUERYARGUMENTS]}]}`},
			},
			refuses: map[string]change{
				"Space": {reason: "WAF has no such names.", to: `waf: {ruleGroups: [{name: AWSManagedRulesCommonRuleSet, countRules: ["size restrictions"]}]}`, field: "spec.waf.ruleGroups[0].countRules[0]"},
				"Empty": {reason: "A name has a letter.", to: `waf: {ruleGroups: [{name: AWSManagedRulesCommonRuleSet, countRules: [""]}]}`, field: "spec.waf.ruleGroups[0].countRules[0]"},
			},
		},
		"ClusterNetworkCannotChange": {
			kind: "Cluster", at: "spec.networkRef",
			message: "networkRef cannot change: a cluster cannot move to another VPC; create a new claim",
			accepts: map[string]change{
				"Same": {reason: "The network is as it was.", from: `{}`, to: `networkRef: {name: main}`},
			},
			refuses: map[string]change{
				"Other": {reason: "A cluster is bound to its VPC.", from: `{}`, to: `networkRef: {name: other}`, field: "spec.networkRef"},
			},
		},
		"ClusterVersionIsAVersion": {
			kind: "Cluster", at: "spec.version",
			message: "must be a minor version of Kubernetes, such as 1.35",
			accepts: map[string]change{
				"Minor": {reason: "EKS has minor versions.", to: `version: "1.33"`},
			},
			refuses: map[string]change{
				"Major": {reason: "A major version says too little.", to: `version: "1"`, field: "spec.version"},
				"Patch": {reason: "EKS takes no patch version, and a message says what it takes.", to: `version: "1.35.2"`, field: "spec.version"},
				"V":     {reason: "EKS has no v.", to: `version: v1.3`, field: "spec.version"},
			},
		},
		"ClusterVersionOneStep": {
			kind: "Cluster", at: "spec.version",
			message: "version goes up one minor version at a time, and back by one within seven days of an upgrade: take the versions between first",
			accepts: map[string]change{
				"Same": {reason: "The version may stay.", from: `version: "1.33"`, to: `version: "1.33"`},
				"Next": {reason: "The next minor version is what EKS can do.", from: `version: "1.33"`, to: `version: "1.34"`},
				"Last": {reason: "So it can with the newest.", from: `version: "1.35"`, to: `version: "1.36"`},
				"Back": {reason: "EKS goes back by one.", from: `version: "1.34"`, to: `version: "1.33"`},
			},
			refuses: map[string]change{
				"Skipped": {reason: "EKS cannot skip a minor version.", from: `version: "1.32"`, to: `version: "1.34"`, field: "spec.version"},
				"TwoDown": {reason: "EKS goes back by one only.", from: `version: "1.34"`, to: `version: "1.32"`, field: "spec.version"},
				"Far":     {reason: "Nor can it skip two.", from: `version: "1.32"`, to: `version: "1.35"`, field: "spec.version"},
				"Removed": {reason: "Without a version the default applies, which is lower by two here.", from: `version: "1.37"`, to: `{}`, field: "spec.version"},
			},
		},
		"ClusterInstanceType": {
			kind: "Cluster", at: "spec.nodes.instanceTypes[]",
			message: "must be an EC2 instance type, such as t3.medium",
			accepts: map[string]change{
				"Metal": {reason: "Families and sizes can have dashes.", to: `nodes: {instanceTypes: [m7i-flex.large, u-6tb1.metal]}`},
			},
			refuses: map[string]change{
				"NoSize": {reason: "A family is not a type.", to: `nodes: {instanceTypes: [t3.medium, t3]}`, field: "spec.nodes.instanceTypes[1]"},
			},
		},
		"ClusterNodesMinMax": {
			kind: "Cluster", at: "spec.nodes",
			message: "nodes.min must not be larger than nodes.max",
			accepts: map[string]change{
				"Equal": {reason: "A group of one size is a group.", to: `nodes: {min: 4, max: 4, desired: 4}`},
			},
			refuses: map[string]change{
				"Larger": {reason: "Such a group cannot exist.", to: `nodes: {min: 5, max: 4, desired: 4}`, field: "spec.nodes.min"},
			},
		},
		"ClusterNodesDesired": {
			kind: "Cluster", at: "spec.nodes",
			message: "nodes.desired, which is 3 unless given, must lie between nodes.min and nodes.max",
			accepts: map[string]change{
				"Lowest":  {reason: "desired may be min.", to: `nodes: {min: 2, max: 4, desired: 2}`},
				"Highest": {reason: "desired may be max.", to: `nodes: {min: 2, max: 4, desired: 4}`},
			},
			refuses: map[string]change{
				"Above":   {reason: "EKS refuses it.", to: `nodes: {min: 2, max: 4, desired: 5}`, field: "spec.nodes.desired"},
				"Below":   {reason: "EKS refuses it.", to: `nodes: {min: 2, max: 4, desired: 1}`, field: "spec.nodes.desired"},
				"Default": {reason: "The default is not between either.", to: `nodes: {max: 2}`, field: "spec.nodes.desired"},
			},
		},
		"ClusterAddonNames": {
			kind: "Cluster", at: "spec.addons",
			message: "addons pins vpc-cni, kube-proxy, coredns, eks-pod-identity-agent and aws-ebs-csi-driver: remove any other name",
			accepts: map[string]change{
				"Known": {reason: "The platform installs vpc-cni.", to: `addons: {vpc-cni: v1.20.1-eksbuild.1}`},
			},
			refuses: map[string]change{
				"Unknown": {reason: "A pin that does nothing is a mistake.", to: `addons: {vpc-cini: v1.20.1-eksbuild.1}`, field: "spec.addons"},
			},
		},
		"ClusterAddonVersion": {
			kind: "Cluster", at: "spec.addons{}",
			message: "must be a version of an EKS add-on, such as v1.20.1-eksbuild.1",
			accepts: map[string]change{
				"EKS": {reason: "EKS numbers its builds.", to: `addons: {coredns: v1.12.4-eksbuild.10}`},
			},
			refuses: map[string]change{
				"Upstream": {reason: "EKS does not know upstream's version.", to: `addons: {coredns: v1.12.4}`, field: "spec.addons[coredns]"},
			},
		},
		"ClusterAccessPrincipal": {
			kind: "Cluster", at: "spec.access[].principalArn",
			message: "principalArn must be the ARN of an IAM role or user, such as arn:aws:iam::111122223333:role/admin",
			accepts: map[string]change{
				"Role":     {reason: "A role may come in.", to: `access: [{principalArn: "arn:aws:iam::111122223333:role/teams/shop", role: edit}]`},
				"GovCloud": {reason: "Other partitions have other prefixes.", to: `access: [{principalArn: "arn:aws-us-gov:iam::111122223333:user/jo", role: view}]`},
			},
			refuses: map[string]change{
				"Session": {reason: "EKS takes the role, not its session.", to: `access: [{principalArn: "arn:aws:sts::111122223333:assumed-role/shop/jo", role: edit}]`, field: "spec.access[0].principalArn"},
			},
		},
		"ClusterAccessNamespaces": {
			kind: "Cluster", at: "spec.access[]",
			message: "namespaces limit edit and view: remove them, or give another role than admin",
			accepts: map[string]change{
				"Edit":  {reason: "edit can be limited.", to: `access: [{principalArn: "arn:aws:iam::111122223333:role/shop", role: edit, namespaces: [shop]}]`},
				"Admin": {reason: "admin is for the whole cluster.", to: `access: [{principalArn: "arn:aws:iam::111122223333:role/shop", role: admin}]`},
			},
			refuses: map[string]change{
				"LimitedAdmin": {reason: "A limit that does nothing is dangerous.", to: `access: [{principalArn: "arn:aws:iam::111122223333:role/shop", role: admin, namespaces: [shop]}]`, field: "spec.access[0].namespaces"},
			},
		},
		"ClusterPublicRange": {
			kind: "Cluster", at: "spec.endpoint.publicCIDRs[]",
			message: "no address of a private range comes over the internet: list the public address behind which it is, or list it in privateCIDRs",
			accepts: map[string]change{
				"Office": {reason: "A range of the internet.", to: `endpoint: {publicCIDRs: [203.0.113.0/24]}`},
				"Wide":   {reason: "In dev, a range may have private ones within it.", to: `endpoint: {publicCIDRs: [0.0.0.0/0]}`},
			},
			refuses: map[string]change{
				"Private": {reason: "The range of an office network, and not the address that AWS sees.", to: `endpoint: {publicCIDRs: [203.0.113.0/24, 192.168.0.0/24]}`, field: "spec.endpoint.publicCIDRs[1]"},
				"Carrier": {reason: "Nor is that of a carrier.", to: `endpoint: {publicCIDRs: [100.64.0.0/10]}`, field: "spec.endpoint.publicCIDRs[0]"},
			},
		},
		"ClusterAccessNamespace": {
			kind: "Cluster", at: "spec.access[].namespaces[]",
			message: "must be the name of a namespace, such as shop, or one with *, such as shop-*",
			accepts: map[string]change{
				"Pattern": {reason: "EKS takes patterns.", to: `access: [{principalArn: "arn:aws:iam::111122223333:role/shop", role: edit, namespaces: [shop, shop-*]}]`},
			},
			refuses: map[string]change{
				"UpperCase": {reason: "Kubernetes has no such namespace.", to: `access: [{principalArn: "arn:aws:iam::111122223333:role/shop", role: edit, namespaces: [Shop]}]`, field: "spec.access[0].namespaces[0]"},
			},
		},
		"ClusterHostedZone": {
			kind: "Cluster", at: "spec.dns.hostedZoneIDs[]",
			message: "must be the id of a Route 53 hosted zone, without /hostedzone/, such as Z0123456789ABCDEFGHIJ",
			accepts: map[string]change{
				"ID": {reason: "Ids begin with Z.", to: `dns: {hostedZoneIDs: [Z0123456789ABCDEFGHIJ]}`},
			},
			refuses: map[string]change{
				"Prefix": {reason: "As Route 53 answers it.", to: `dns: {hostedZoneIDs: [/hostedzone/Z0123456789ABCDEFGHIJ]}`, field: "spec.dns.hostedZoneIDs[0]"},
				"Name":   {reason: "A domain is not an id.", to: `dns: {hostedZoneIDs: [shop.example.com]}`, field: "spec.dns.hostedZoneIDs[0]"},
			},
		},
	}
}
