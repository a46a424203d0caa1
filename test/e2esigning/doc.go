// Package e2esigning tests packages from make push to a cluster: a new control plane installs the
// packages that argocd/ names by their digests, because the release workflow has signed them. It
// refuses packages that are unsigned, signed by another identity, or changed after they were
// signed.
//
// It signs with the real cosign. Package sigstore simulates the certificate authority and the logs,
// which the tests cannot reach. Without -signing, it tests nothing: cosign takes minutes to build,
// once.
package e2esigning
