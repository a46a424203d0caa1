// Package e2eargo tests that Git runs the platform: the files in argocd/ on a real Argo CD, against
// a control plane with the platform's packages, from a Git repository on this disk.
//
// Argo CD's application controller, repository server and ApplicationSet controller, and its Redis,
// run as plain processes in the control plane's network namespace. Nothing is fetched:
// files of argocd/ that need another source are left out, and the test lists them. Without -argocd,
// the package tests only what needs no control plane.
package e2eargo
