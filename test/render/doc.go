// Package render shows what a claim becomes, without a cluster.
//
// It reads a claim, the XRDs and Compositions of this checkout and the
// EnvironmentConfigs beside the claim; builds and starts the functions of the
// pipeline; runs the real `crossplane render` against them over gRPC, again and
// again while what is composed becomes ready; and writes what that prints last.
// AWS's answers come from package account's model of an AWS account, and
// so do the ids and addresses in the output. It listens on Unix sockets in a folder of its own, so that
// no port is ever taken or open, and leaves neither process nor file behind.
package render
