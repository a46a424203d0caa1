// Package telemetry holds what clusters collect, and the rules about it, to the
// programs that will read them: the configs to the code of the collector's
// components, the rules and the dashboards' questions to Prometheus' parser.
//
// It is a module of its own: the collector wants other versions of Kubernetes'
// modules than the product does. So it imports nothing of the platform, and reads
// the golden files of functions/cluster/telemetry and docs/dashboards.
package telemetry
