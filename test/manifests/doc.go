// Package manifests holds every YAML file that Git or a person applies to the schema of what it is: Kubernetes' own kinds to
// Kubernetes' OpenAPI, custom resources to their makers' CRDs (Argo CD's, Crossplane's, the providers' and ours), the values of a Helm
// chart to the values that the chart has, and GitHub's forms and Renovate's settings to what their documentation allows.
//
// It reads files of the checkout and of pinned Go modules. It needs no server, and changes nothing.
package manifests
