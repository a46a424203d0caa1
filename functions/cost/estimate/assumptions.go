package estimate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// An Assumption about use, which no resource says.
type Assumption struct {
	Name    string
	Value   float64
	Meaning string
}

// Assumptions are the default ones. They describe a small store, and are no measurement: a team
// that has a bill writes its own.
func Assumptions() []Assumption {
	return []Assumption{
		{"auditLogGB", 4, "GB a month that a cluster's audit log has"},
		{"bucketGB", 10, "GB that a bucket holds"},
		{"cacheSnapshotGB", 0.5, "GB of one snapshot of a cache"},
		{"controlPlaneLogGB", 0.5, "GB a month of each other log type of a cluster's control plane"},
		{"databaseLogGB", 0.2, "GB a month in a log group of a database"},
		{"egressGB", 20, "GB a month that a load balancer sends to the internet"},
		{"endpointGB", 5, "GB a month through an interface endpoint"},
		{"firewallLogGB", 0.5, "GB a month in the log group of a web ACL"},
		{"firewallRequests", 1, "million requests a month that a web ACL looks at"},
		{"flowLogGB", 10, "GB of flow logs a month"},
		{"grafanaEditors", 1, "people a month who log in to a Grafana and may edit"},
		{"grafanaViewers", 0, "people a month who log in to a Grafana and only look"},
		{"karpenterNodeCores", 4, "cores of a node that Karpenter starts"},
		{"keyRequests", 10, "ten thousand requests a month to a key"},
		{"loadBalancerLCU", 0.5, "load balancer capacity units in use, on average"},
		{"loadBalancerZones", 3, "zones of a load balancer, each with a public address where it faces the internet"},
		{"logCompression", 0.15, "stored size of a log as a share of what was ingested"},
		{"logGB", 2, "GB a month in any other log group"},
		{"metricIntervalSeconds", 30, "seconds between two samples of a series"},
		{"metricSeries", 6000, "series that a cluster writes to Prometheus"},
		{"natGB", 50, "GB a month through a NAT gateway"},
		{"queueRequests", 1, "million requests a month to a queue"},
		{"repositoryGB", 2, "GB of images in a repository"},
		{"tableGB", 1, "GB in a table"},
		{"tableReads", 2, "million read units a month from a table"},
		{"tableWrites", 1, "million write units a month to a table, and to each of its indexes"},
	}
}

// CheckAssumptions returns an error for each name that is none, and each value below zero.
func CheckAssumptions(values map[string]float64) []error {
	known := map[string]bool{}
	for _, a := range Assumptions() {
		known[a.Name] = true
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch {
		case !known[name]:
			errs = append(errs, fmt.Errorf("%s: unknown assumption: known are %s", name, strings.Join(slices.Sorted(maps.Keys(known)), ", ")))
		case values[name] < 0:
			errs = append(errs, fmt.Errorf("%s: must be zero or more", name))
		}
	}
	return errs
}

// assume the value of an assumption.
func (m *month) assume(name string) float64 {
	v, ok := m.assumptions[name]
	if !ok {
		panic("no such assumption: " + name) // A mistake in this package.
	}
	return v
}

// assumed is the assumption in words, for a line.
func (m *month) assumed(names ...string) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = name + " = " + strconv.FormatFloat(m.assume(name), 'f', -1, 64)
	}
	return strings.Join(words, ", ")
}
