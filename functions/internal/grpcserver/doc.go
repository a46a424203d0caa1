// Package grpcserver runs a composition function as a process.
//
// It reads the flags of the Crossplane functions specification and the
// certificates they name, and serves gRPC (RunFunction, health, reflection) and
// Prometheus metrics. It writes logs to stderr. It never looks into a request.
package grpcserver
