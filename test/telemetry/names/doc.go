// Package names holds the components that the configs of a cluster's collectors
// name to what those are called where they are made.
//
// It reads the golden files of functions/cluster/telemetry, and metadata.yaml of the
// components' modules, which it downloads and does not compile: that would take
// longer than all other tests.
package names
