// Package render shows a claim's composed resources, without a cluster.
//
// It reads a claim, the XRDs and Compositions of this checkout and the EnvironmentConfigs beside
// the claim; builds and starts the functions of the pipeline; runs the real `crossplane render`
// against them over gRPC, again and again while what is composed becomes ready; and writes the last
// output. AWS's answers come from package account's model of an AWS account, and so do the ids and
// addresses in the output. It listens on Unix sockets in its own folder, so it uses no port, and
// removes all its processes and files at the end.
package render
