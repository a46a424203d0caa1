package cluster

import (
	"fmt"
	"strings"

	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/region"
)

// optional is a part of observability that a region may lack.
type optional struct {
	service  region.Service
	resource string
	means    string
}

func optionals() []optional {
	return []optional{
		{region.Grafana, grafanaName, "dashboards"},
		{region.Prometheus, prometheusName, "metrics and alerts"},
	}
}

// leftOut reports whether a service is left out since the region lacks it. What exists in
// AWS stays, whatever the table says.
func (c *cluster) leftOut(o optional) bool {
	return !region.Has(c.spec.Region, o.service) && c.Observed.ExternalName(o.resource) == ""
}

func (c *cluster) grafanaOn() bool { return c.observabilityOn() && !c.leftOut(optionals()[0]) }
func (c *cluster) metricsOn() bool { return c.observabilityOn() && !c.leftOut(optionals()[1]) }

// checkRegion refuses a region in which no pod would get its rights.
func (c *cluster) checkRegion() error {
	if !c.Observed.Has(clusterName) && !region.Has(c.spec.Region, region.PodIdentity) {
		return fmt.Errorf("spec.region: %s has no %s (%s), by which the controllers and services get their rights: choose another region",
			c.spec.Region, region.PodIdentity, region.Read)
	}
	return nil
}

// regionCondition shows what is left out since the region lacks it.
func (c *cluster) regionCondition() progress.Condition {
	var missing []string
	for _, o := range optionals() {
		if c.observabilityOn() && c.leftOut(o) {
			missing = append(missing, fmt.Sprintf("no %s, so no %s", o.service, o.means))
		}
	}
	if len(missing) == 0 {
		return progress.Condition{Type: "ServicesInRegion", True: true, Reason: "Complete"}
	}
	return progress.Condition{
		Type: "ServicesInRegion", Reason: "LeftOut",
		Message: fmt.Sprintf("%s has %s (%s); the rest comes up without them", c.spec.Region, strings.Join(missing, ", and "), region.Read),
	}
}
