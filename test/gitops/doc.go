// Package gitops tests argocd/ without Argo CD: the health checks, with Argo CD's own Lua
// interpreter, and the consistency of the files, for example that every project allows the objects
// of its applications.
//
// It reads files, and starts nothing. test/e2eargo runs the real Argo CD.
package gitops
