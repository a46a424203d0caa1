// Package cluster composes a Cluster: an EKS cluster in a Network, its nodes, its
// add-ons and the controllers that a service needs.
//
// It reads the XCluster, the XNetwork that it names, the EnvironmentConfig of its
// environment and the managed resources that exist. It writes managed resources
// of provider-aws, provider-helm and provider-kubernetes, and the XCluster's
// status and conditions. It never calls AWS or the cluster, and never drops a
// resource that holds state unless the claim asks for it.
//
//	stage.go          what waits for what, in five stages
//	compose.go        the order of the parts below
//	rules.go          what a spec may ask of a cluster that exists
//	eks.go            control plane, its key, logs and kubeconfig
//	nodes.go          the baseline node group
//	addons.go         EKS add-ons
//	access.go         who may use the Kubernetes API
//	roles.go          IAM roles, and which pods have them
//	karpenter.go      Karpenter's queue, events, nodes and rights
//	controllers.go    rights of the other controllers
//	waf.go            the firewall of load balancers
//	observability.go  metrics, logs, traces and dashboards
//	incluster.go      what is put into the cluster
//	usage.go          what must be gone before what
//	status.go         what the claim reports
package cluster
