// Package cluster composes a Cluster: an EKS cluster in a Network, its nodes, its
// add-ons and the controllers that a service needs.
//
// It reads the XCluster, the XNetwork that it names, the EnvironmentConfig of its
// environment and the managed resources that exist. It writes managed resources
// of provider-aws, provider-helm and provider-kubernetes, and the XCluster's
// status and conditions. It never calls AWS or the cluster, and never drops a
// resource that holds state unless the claim asks for it.
//
//	cluster.go        the stages of a cluster, and what it uses of its network
//	compose.go        the order in which the parts below are added
//	state.go          what exists
//	validate.go       what a claim may ask of a cluster that exists
//	addonversions.go  which versions of the add-ons are requested
//	addresses.go      whether the subnets have enough addresses
//	egress.go         what nodes lack without a NAT gateway
//	offers.go         what is left out where the region lacks it
//	version.go        which version of Kubernetes is requested
//	eks.go            control plane, its key, logs and kubeconfig
//	security.go       the control plane's security group
//	baseline.go       the node group that a claim asks for
//	nodes.go          that node group, its role and launch template
//	addons.go         EKS add-ons
//	access.go         who may use the Kubernetes API
//	roles.go          IAM roles, and the pods that have them
//	karpenter.go      Karpenter's nodes and rights
//	interruptions.go  the queue of nodes that AWS takes away
//	controllers.go    rights of the other controllers
//	waf.go            the firewall of load balancers
//	observability.go  metrics, logs and traces
//	grafana.go        dashboards
//	incluster.go      what is put into the cluster
//	usage.go          the order of a deletion
//	removal.go        which resources may be removed
//	status.go         the claim's status
package cluster
