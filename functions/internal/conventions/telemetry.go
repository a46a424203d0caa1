package conventions

// Where pods send telemetry, and how their metrics are found: the Cluster function runs
// the collectors, and the Service function tells pods where they are and lets the
// connections through.
const (
	// TelemetryNamespace has the collectors that need nothing of their node.
	TelemetryNamespace = "observability"

	// TelemetryLogsNamespace has the collector of logs alone: it mounts folders of its
	// node, which a namespace of restricted pods refuses.
	TelemetryLogsNamespace = "observability-logs"

	// TelemetryGateway is the Service, in TelemetryNamespace, that takes traces.
	TelemetryGateway = "adot-collector"

	// OTLPGRPCPort and OTLPHTTPPort are the gateway's.
	OTLPGRPCPort = 4317
	OTLPHTTPPort = 4318
)

// ScrapeAnnotations of a pod tell the collector of metrics on which port and path the
// pod has some. The path is /metrics where it is empty.
func ScrapeAnnotations(port, path string) map[string]string {
	a := map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": port}
	if path != "" {
		a["prometheus.io/path"] = path
	}
	return a
}
