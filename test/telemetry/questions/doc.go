// Package questions holds what rules and dashboards ask of a cluster's metrics to
// Prometheus' own code: that it can be read, that something collects the answer,
// and that an alert is raised when it should be, and only then.
//
// It imports nothing of the platform, and reads the golden files of
// functions/cluster/telemetry and the dashboards in docs.
package questions
