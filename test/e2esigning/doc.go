// Package e2esigning tests the way of a package from make push to a cluster: that a fresh control plane installs what argocd/ names, by
// its digest and because the release workflow has signed it, and refuses what is unsigned, signed by someone else, or changed after it
// was signed.
//
// It signs with the real cosign. Package sigstore plays the certificate authority and the logs, which the tests cannot reach. Unless
// asked to (-signing), it tests nothing: cosign takes minutes to build, once.
package e2esigning
