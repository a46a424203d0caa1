// Package helm plays provider-helm where charts cannot be fetched: it brings Releases to Ready without installing what is in a chart.
//
// It reads Releases and their ProviderConfigs, and talks to the cluster that the ProviderConfig's kubeconfig reaches: there it makes the
// release's namespace, writes the release's record as Helm does (a Secret for each revision, which helm list and helm history read), and
// installs the custom resource definitions that a known chart brings. Like the real provider it cannot do, or undo, anything in a
// cluster that it cannot reach. It fetches no chart and makes no workload. Of two charts whose controllers others wait for, Karpenter and
// the load balancer controller, it writes what these would write: that node pools are ready and which address an ingress has, and the
// finalizers that hold both until their controller has cleaned up.
package helm
