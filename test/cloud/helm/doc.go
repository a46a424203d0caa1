// Package helm simulates provider-helm where charts cannot be fetched: it brings Releases to Ready
// without installing the content of a chart.
//
// It reads Releases and their ProviderConfigs, and talks to the cluster that the ProviderConfig's
// kubeconfig reaches: there it makes the release's namespace, writes the release's record as Helm
// does (a Secret for each revision, which helm list and helm history read), and installs the custom
// resource definitions that a known chart brings. Like the real provider it cannot do, or undo,
// anything in a cluster that it cannot reach. It fetches no chart and makes no workload. It also
// simulates the controllers of two charts that other resources wait for, Karpenter and the load
// balancer controller: it reports that node pools are ready, gives each ingress an address, and
// sets the finalizers that hold both until their controller has cleaned up.
package helm
