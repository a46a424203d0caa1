// Package sigstore simulates Sigstore for a test: the authority that certifies signers (Fulcio),
// the logs of certificates and of signatures (Rekor), and the repository with their keys (TUF).
//
// It listens on loopback, writes only where it is told to, and verifies no identity: it certifies
// any identity that a test names. Each instance has new keys.
package sigstore
