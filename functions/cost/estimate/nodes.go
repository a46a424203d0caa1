package estimate

import "math"

func cluster(*month, resource) []item {
	return []item{{key: "eks.cluster", name: "EKS cluster, hours", quantity: hours}}
}

// defaultDiskGiB is what a node group's nodes have when nothing says more (CreateNodegroup API,
// read 2026-11-30).
const defaultDiskGiB = 20

// nodeGroup is counted at its desired size. Nothing grows it by itself: it is Karpenter that adds
// nodes, which are counted with its pools.
func nodeGroup(m *month, r resource) []item {
	size := r.number("scalingConfig", "desiredSize")
	if size == 0 {
		size = r.number("scalingConfig", "minSize")
	}
	kind := ""
	if kinds := r.list("instanceTypes"); len(kinds) > 0 {
		kind, _ = kinds[0].(string)
	}
	disk := r.number("diskSize")
	if disk == 0 {
		disk = m.templateDisk()
	}
	return []item{
		{key: "ec2." + kind, name: "EC2 " + kind + ", hours", quantity: hours * size},
		{key: "ebs.gp3", name: "EBS gp3 of nodes", quantity: disk * size},
	}
}

// templateDisk is the size of the volume in the composition's launch template.
func (m *month) templateDisk() float64 {
	for _, t := range m.find("ec2/LaunchTemplate") {
		for _, volume := range t.list("blockDeviceMappings") {
			if size := number(at(volume, "ebs", "volumeSize")); size > 0 {
				return size
			}
		}
	}
	return defaultDiskGiB
}

// inCluster is what an object in a cluster costs outside of it. Pods cost nothing by themselves:
// their nodes are counted.
func (m *month) inCluster(manifest map[string]any) []item {
	switch manifest["kind"] {
	case "Ingress":
		return m.ingress(manifest)
	case "NodePool":
		return m.nodePool(manifest)
	case "PersistentVolumeClaim":
		return []item{{key: "ebs.gp3", name: "EBS gp3 of a volume claim", quantity: number(at(manifest, "spec", "resources", "requests", "storage"))}}
	case "Service":
		if at(manifest, "spec", "type") == "LoadBalancer" {
			return []item{{key: "nlb.hour", name: "network load balancer, hours", quantity: hours}}
		}
	}
	return nil
}

// ingress of the AWS Load Balancer Controller. Those of one group have one load balancer.
func (m *month) ingress(manifest map[string]any) []item {
	const annotations = "alb.ingress.kubernetes.io/"
	annotation := func(name string) string {
		s, _ := at(manifest, "metadata", "annotations", annotations+name).(string)
		return s
	}
	if group := annotation("group.name"); group != "" {
		if m.groups[group] {
			return nil
		}
		m.groups[group] = true
	}
	items := []item{
		{key: "alb.hour", name: "load balancer, hours", quantity: hours},
		{key: "alb.lcu", name: "load balancer, capacity", quantity: hours * m.assume("loadBalancerLCU"), assumption: m.assumed("loadBalancerLCU")},
	}
	if annotation("scheme") != "internet-facing" {
		return items
	}
	return append(items,
		item{
			key: "ipv4.hour", name: "public IPv4 addresses of a load balancer, hours", quantity: hours * m.assume("loadBalancerZones"),
			assumption: m.assumed("loadBalancerZones"),
		},
		item{key: "data.out", name: "data to the internet", quantity: m.assume("egressGB"), assumption: m.assumed("egressGB")},
	)
}

// nodePool of Karpenter costs from nothing to its limits. A spot node costs less than the price on
// demand, which no one can know beforehand: the limit is at that price.
func (m *month) nodePool(manifest map[string]any) []item {
	cores, size := number(at(manifest, "spec", "limits", "cpu")), max(1, m.assume("karpenterNodeCores"))
	kind := nodeOf(size, manifest)
	nodes := math.Ceil(cores / size)
	name, assumption := "on demand", m.assumed("karpenterNodeCores")
	if requires(manifest, "karpenter.sh/capacity-type", "spot") {
		name = "spot, at the price on demand"
	}
	return []item{
		{key: "ec2." + kind, name: "Karpenter's " + kind + " " + name + ", hours", grows: hours * nodes, assumption: assumption},
		{key: "ebs.gp3", name: "EBS gp3 of Karpenter's nodes", grows: nodes * m.poolDisk(), assumption: assumption},
	}
}

// nodeOf a number of cores, of the general-purpose family of the pool's architecture.
func nodeOf(cores float64, manifest map[string]any) string {
	family := "m7i"
	if requires(manifest, "kubernetes.io/arch", "arm64") {
		family = "m7g"
	}
	switch {
	case cores <= 2:
		return family + ".large"
	case cores <= 4:
		return family + ".xlarge"
	default:
		return family + ".2xlarge"
	}
}

// requires reports whether a node pool has no other value of a label.
func requires(pool map[string]any, label, value string) bool {
	terms, _ := at(pool, "spec", "template", "spec", "requirements").([]any)
	for _, t := range terms {
		if at(t, "key") == label {
			values, _ := at(t, "values").([]any)
			return len(values) == 1 && has(values, value)
		}
	}
	return false
}

// poolDisk is the size of the volumes of Karpenter's nodes.
func (m *month) poolDisk() float64 {
	for _, class := range m.findManifests("EC2NodeClass") {
		volumes, _ := at(class, "spec", "blockDeviceMappings").([]any)
		for _, v := range volumes {
			if size := number(at(v, "ebs", "volumeSize")); size > 0 {
				return size
			}
		}
	}
	return defaultDiskGiB
}
