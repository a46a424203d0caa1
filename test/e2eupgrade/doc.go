// Package e2eupgrade tests what an upgrade of the platform does to what runs: from the packages of the first release to those of this
// checkout and back, with a whole environment present and Ready on a local control plane.
//
// It builds the packages of the older commit from git, applies that commit's claims, and moves the Configuration to another version as a
// platform engineer does. What is made, deleted, replaced, changed or unready on the way must stand in testdata/changes.yaml, and in
// CHANGELOG.md beside it. It imports nothing of the functions. Unless asked to (-upgrade), it tests only itself.
package e2eupgrade
