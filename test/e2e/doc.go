// Package e2e tests the platform as its users meet it: claims go to a real control plane, and what a person would see in them, and in
// the cloud behind it, is what is asserted.
//
// It starts a local plane, or takes one that runs already (-plane=DIR), and talks to its API server, to the control API of its
// stand-in for AWS, and to its process table. It imports nothing of the functions.
package e2e
