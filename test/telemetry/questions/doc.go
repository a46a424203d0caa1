// Package questions checks the queries of rules and dashboards with Prometheus' own code: that they
// can be parsed, that something collects their metrics, and that an alert is raised when it should
// be, and only then.
//
// It imports nothing of the platform, and reads the golden files of
// functions/cluster/telemetry and the dashboards in docs.
package questions
