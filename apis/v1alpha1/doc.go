// Package v1alpha1 holds the Go types of the platform's four claims: Network,
// Cluster, Database and Service.
//
// The types are the one source of the API. The CompositeResourceDefinitions in
// apis/<plural>/definition.yaml are generated from them (`make generate`), and
// a test fails when the two drift. A composite resource (XNetwork, ...) has the
// spec and status of its claim, so functions decode it into the same type.
//
// The definitions' rules use CEL's cidr(), so they need an API server of
// Kubernetes 1.31 or newer.
//
// The package imports only k8s.io/apimachinery and the standard library, so
// that any client can use it.
//
// +kubebuilder:object:generate=true
// +groupName=platform.ausmart.io
package v1alpha1
