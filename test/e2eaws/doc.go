// Package e2eaws tests what the platform composes against the unmodified controllers of
// provider-aws: whether each kind becomes Synced and Ready, and whether what was made can be
// deleted again. Behind the provider are programs that imitate AWS; AWS itself is not asked.
//
// It starts a control plane of its own, applies the claims in examples, and writes
// docs/real-provider.md, and which actions the provider called to docs/iam/recorded-actions.json.
// Unless asked to (-provider), it tests only itself: the provider takes about 75 minutes of CPU to
// build, once.
package e2eaws
