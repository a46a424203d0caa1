package estimate

import "strings"

// database of RDS. Backups up to the size of the storage are free, and these stay below it. The
// password that RDS makes is a secret.
func database(_ *month, r resource) []item {
	zones := "single"
	if r.on("multiAz") {
		zones = "multi"
	}
	storage := r.str("storageType")
	if storage == "" {
		storage = "gp2" // CreateDBInstance API: the default without provisioned IOPS.
	}
	items := []item{
		{
			key:  "rds." + r.str("engine") + "." + zones + "." + r.str("instanceClass"),
			name: "RDS " + r.str("engine") + " " + r.str("instanceClass") + ", " + zones + "-AZ, hours", quantity: hours,
		},
		{
			key:  "rds.storage." + zones + "." + storage,
			name: "RDS storage " + storage + ", " + zones + "-AZ", quantity: r.number("allocatedStorage"), grows: r.number("maxAllocatedStorage"),
		},
	}
	if r.on("manageMasterUserPassword") {
		items = append(items, item{key: "secret", name: "Secrets Manager secret of a database", quantity: 1})
	}
	return items
}

// cache of ElastiCache. Of its daily snapshots AWS keeps one for nothing.
func cache(m *month, r resource) []item {
	nodes := r.number("numCacheClusters")
	if shards := r.number("numNodeGroups"); shards > 0 {
		nodes = shards * (1 + r.number("replicasPerNodeGroup"))
	}
	engine := r.str("engine")
	if engine == "" {
		engine = "redis"
	}
	return []item{
		{
			key:  "cache." + engine + "." + r.str("nodeType"),
			name: "ElastiCache " + engine + " " + r.str("nodeType") + ", hours", quantity: hours * max(1, nodes),
		},
		{
			key: "cache.backup", name: "ElastiCache snapshots", quantity: max(0, r.number("snapshotRetentionLimit")-1) * m.assume("cacheSnapshotGB"),
			assumption: m.assumed("cacheSnapshotGB"),
		},
	}
}

// table of DynamoDB. A write of an item is one to each index that has it, too.
func table(m *month, r resource) []item {
	if mode := r.str("billingMode"); mode != "PAY_PER_REQUEST" {
		return []item{{key: "dynamodb.provisioned", name: "DynamoDB provisioned capacity", quantity: hours}}
	}
	writes := m.assume("tableWrites") * float64(1+len(r.list("globalSecondaryIndex")))
	items := []item{
		{key: "dynamodb.writes", name: "DynamoDB writes", quantity: writes, assumption: m.assumed("tableWrites")},
		{key: "dynamodb.reads", name: "DynamoDB reads", quantity: m.assume("tableReads"), assumption: m.assumed("tableReads")},
		{key: "dynamodb.storage", name: "DynamoDB storage", quantity: m.assume("tableGB"), assumption: m.assumed("tableGB")},
	}
	if r.on("pointInTimeRecovery", "enabled") {
		items = append(items, item{
			key: "dynamodb.recovery", name: "DynamoDB point-in-time recovery", quantity: m.assume("tableGB"), assumption: m.assumed("tableGB"),
		})
	}
	return items
}

// forever is what a log group without a retention is counted as: its first year.
const forever = 365

// logGroup costs by what comes in, and by what is kept of it.
func logGroup(m *month, r resource) []item {
	ingested, priced, assumption := m.ingested(r.externalName())
	days := r.number("retentionInDays")
	if days == 0 {
		days = forever
	}
	const daysOfMonth = hours / 24.0
	return []item{
		{key: priced, name: "CloudWatch logs, ingested", quantity: ingested, assumption: assumption},
		{
			key: "logs.storage", name: "CloudWatch logs, stored", quantity: ingested * days / daysOfMonth * m.assume("logCompression"),
			assumption: m.assumed("logCompression"),
		},
	}
}

// ingested is how much comes into the log group of a name, in GB a month, the item that it is
// priced as, and the assumption that it is made of. AWS' services give their logs groups of known
// names.
func (m *month) ingested(group string) (gb float64, priced, assumption string) {
	const own, vended = "logs.ingested", "logs.vended"
	switch {
	case strings.HasPrefix(group, "/aws/eks/") && strings.HasSuffix(group, "/cluster"):
		return m.controlPlaneLogs(), vended, m.assumed("auditLogGB", "controlPlaneLogGB")
	case strings.HasPrefix(group, "/aws/rds/"):
		return m.assume("databaseLogGB"), own, m.assumed("databaseLogGB")
	case strings.HasPrefix(group, "/aws/vendedlogs/elasticache/"):
		return m.assume("databaseLogGB"), vended, m.assumed("databaseLogGB")
	case strings.HasPrefix(group, "aws-waf-logs-"):
		return m.assume("firewallLogGB"), vended, m.assumed("firewallLogGB")
	default:
		return m.assume("logGB"), own, m.assumed("logGB")
	}
}

// controlPlaneLogs of the clusters, by the log types that they have switched on.
func (m *month) controlPlaneLogs() float64 {
	gb := 0.0
	for _, c := range m.find("eks/Cluster") {
		for _, kind := range c.list("enabledClusterLogTypes") {
			if kind == "audit" {
				gb += m.assume("auditLogGB")
			} else {
				gb += m.assume("controlPlaneLogGB")
			}
		}
	}
	return gb
}
