// Package manifests checks every YAML file that Git or a person applies against its schema:
// Kubernetes' own kinds with Kubernetes' OpenAPI, custom resources with their original CRDs (Argo
// CD's, Crossplane's, the providers' and ours), the values of a Helm chart with the chart's own
// values, and GitHub's forms and Renovate's settings with their documentation.
//
// It reads files of the checkout and of pinned Go modules. It needs no server, and changes nothing.
package manifests
