// Package simulator simulates the providers of a control plane, and AWS behind them: it brings
// managed resources to Ready against an account that exists only in its own memory.
//
// It reads the managed resource CRDs of an API server and every object of them. It writes their
// finalizers, external names, resolved references and status, as crossplane-runtime and upjet do.
// It never contacts AWS.
package simulator
