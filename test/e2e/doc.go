// Package e2e tests the platform as its users see it: it applies claims to a real control plane,
// and checks their status and the cloud behind it.
//
// It starts a local control plane, or uses one that runs already (-control-plane=DIR), and uses
// its API server, the control API of simulated AWS, and its process table. It imports nothing of
// the functions.
package e2e
