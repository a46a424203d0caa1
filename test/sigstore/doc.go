// Package sigstore plays Sigstore for a test: the authority that certifies who signs (Fulcio), the logs of certificates and of signatures
// (Rekor), and the repository from which clients learn to trust them (TUF).
//
// It listens on loopback, writes only where it is told to, and asks no one who they are: it certifies whatever identity a test names. Its
// keys are made anew each time.
package sigstore
