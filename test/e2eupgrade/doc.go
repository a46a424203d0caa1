// Package e2eupgrade tests the effect of an upgrade of the platform on running claims: from the
// packages of the first release to those of this checkout and back, with a whole environment Ready
// on a local control plane.
//
// It builds the packages of the older commit from git, applies that commit's claims, and moves the
// Configuration to another version as a platform engineer does. Every resource that is created,
// deleted, replaced, changed or unready on the way must be in testdata/changes.yaml, and in
// CHANGELOG.md. It imports nothing of the functions. Without -upgrade, it tests only its own code.
package e2eupgrade
