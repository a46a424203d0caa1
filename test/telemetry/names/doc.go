// Package names compares the components in the configs of a cluster's collectors with the names in
// the components' own modules.
//
// It reads the golden files of functions/cluster/telemetry, and metadata.yaml of the
// components' modules, which it downloads and does not compile: that would take
// longer than all other tests.
package names
