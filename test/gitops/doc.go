// Package gitops tests what is in argocd/ without Argo CD: the health checks, run by the Lua that Argo CD runs them with, and what the
// files promise each other, such as that every project allows what its applications bring.
//
// It reads files, and starts nothing. The real Argo CD is run by test/e2eargo.
package gitops
