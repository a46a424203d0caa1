package cluster

import (
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/settings"
)

// statefulKinds hold what cannot be restored: a cluster with everything that runs in it,
// keys, metrics, dashboards, logs.
func statefulKinds() []string { return []string{"Cluster", "Key", "Workspace", "Group"} }

// checkRemovals allows the removal of what the claim itself switches off: its key, while no
// cluster is encrypted with it, the firewall's logs, and its observability. All other removals of resources that
// hold state are refused.
func (c *cluster) checkRemovals() {
	if c.ChangedByClaim(settings.KMS) {
		c.Desired.AllowRemoval(keyName)
	}
	if c.ChangedByClaim(settings.WAF) {
		c.Desired.AllowRemoval(wafLogsName)
	}
	if !c.observabilityOn() {
		for _, name := range append(c.logGroupNames(), prometheusName, grafanaName) {
			c.Desired.AllowRemoval(name)
		}
	}
	for _, o := range optionals() {
		if c.leftOut(o) { // It never came to be.
			c.Desired.AllowRemoval(o.resource)
		}
	}
	c.Finish(c.guard(), c.removalReason)
}

// removalReason says why a resource that holds state is left out.
func (c *cluster) removalReason(name string) string {
	switch name {
	case keyName:
		return c.Settings.RemovalReason(settings.KMS)
	case wafLogsName:
		return c.Settings.RemovalReason(settings.WAF)
	default:
		return composition.ReasonNotAsked
	}
}

// guard of the cluster. EKS refuses its deletion too, but only once nodes, add-ons and
// all that ran there are gone.
func (c *cluster) guard() composition.Guard {
	return composition.Guard{
		StatefulKinds:  statefulKinds(),
		AtAWS:          c.state.protected,
		DeletionNotice: "deleting the claim deletes the cluster with all that runs in it",
	}
}
