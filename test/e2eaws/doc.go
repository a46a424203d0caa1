// Package e2eaws tests the platform's composed resources with the unmodified controllers of
// provider-aws: whether each kind becomes Synced and Ready, and whether it can be deleted again.
// Behind the provider are programs that imitate AWS; it never contacts AWS itself.
//
// It starts its own control plane, applies the claims in examples, and writes
// docs/real-provider.md, and the actions that the provider called to
// docs/iam/recorded-actions.json. Without -provider, it tests only its own code: the provider takes
// about 75 minutes of CPU to build, once.
package e2eaws
