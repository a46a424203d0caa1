package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ausmart/platform/functions/internal/progress"
)

const (
	// conditionVersion shows whether the cluster runs the version that the claim names.
	conditionVersion = "VersionAsClaimed"

	// aheadAnnotation on the EKS cluster says why it runs a newer version than the claim
	// names. Without it the next reconcile could not tell a cluster that EKS raised from
	// a claim that goes back.
	aheadAnnotation = "platform.ausmart.io/ahead-of-claim"
	aheadRaised     = "raised"
	aheadGoingBack  = "going-back"
)

// versions of Kubernetes that are known of a cluster. All but the claim's are empty while
// there is none.
type versions struct {
	claimed   string // by the claim
	requested string // of EKS, last
	running   string // by the control plane
	nodes     string // by the node group
	ahead     string // the annotation
}

// A versionPlan is what to request of EKS.
type versionPlan struct {
	controlPlane string
	nodes        string
	ahead        string
	condition    progress.Condition
}

// goingBack reports whether the cluster returns to an older version.
func (p versionPlan) goingBack() bool { return p.ahead == aheadGoingBack }

// plan the versions to request. EKS goes up by one minor version at a time, and back by
// one within seven days of an upgrade, after the nodes
// (docs.aws.amazon.com/eks/latest/userguide/rollback-cluster.html by way of
// github.com/awsdocs/amazon-eks-user-guide, latest/ug/clusters/rollback-cluster.adoc, read
// 2026-11). It raises a cluster by itself when the standard support of its version ends:
// the claim is late then, and not wrong.
func (v versions) plan() (versionPlan, error) {
	claimed, err := minor(v.claimed)
	if err != nil {
		return versionPlan{}, fmt.Errorf("spec.version: %w", err)
	}
	same := versionPlan{
		controlPlane: v.claimed, nodes: cmp.Or(v.running, v.claimed), // Nodes are upgraded after the control plane.
		condition: progress.Condition{Type: conditionVersion, True: true, Reason: "AsClaimed"},
	}
	if v.running == "" {
		return same, nil
	}
	running, err := minor(v.running)
	if err != nil {
		return versionPlan{}, fmt.Errorf("cannot read the current version: %w", err)
	}
	switch {
	case claimed > running+1:
		return versionPlan{}, fmt.Errorf("spec.version: the cluster runs %s and goes up one minor version at a time: take 1.%d before %s", v.running, running+1, v.claimed)
	case claimed >= running:
		return same, nil
	case v.raised():
		return v.followRaise(claimed, running), nil
	case claimed < running-1:
		return versionPlan{}, fmt.Errorf("spec.version: the cluster runs %s, and EKS goes back one minor version at a time: set 1.%d, or %s to stay", v.running, running-1, v.running)
	default:
		return v.goBack(), nil
	}
}

// planVersions of the cluster. One that exists keeps the version that was requested last where
// the claim's is refused.
func (c *cluster) planVersions() error {
	v := c.state.versions(c.spec.Version)
	var err error
	if c.version, err = v.plan(); err == nil || v.running == "" {
		return err
	}
	refused := err
	v.claimed = cmp.Or(v.requested, v.running)
	if c.version, err = v.plan(); err != nil {
		return errors.Join(refused, err)
	}
	c.Refuse(refused)
	c.version.condition = progress.Condition{Type: conditionVersion, Reason: "Refused", Message: refused.Error()}
	return nil
}

// raised reports whether a cluster that is ahead of its claim was raised by EKS: the
// platform never requested the version that it runs.
func (v versions) raised() bool {
	return v.ahead == aheadRaised || v.ahead == "" && v.requested != v.running
}

// followRaise requests what runs.
func (v versions) followRaise(claimed, running int) versionPlan {
	var steps []string
	for n := claimed + 1; n <= running; n++ {
		steps = append(steps, fmt.Sprintf("1.%d", n))
	}
	return versionPlan{
		controlPlane: v.running, nodes: v.running, ahead: aheadRaised,
		condition: progress.Condition{
			Type: conditionVersion, Reason: "RaisedByEKS",
			Message: fmt.Sprintf("the cluster runs %s and the claim says %s: EKS raises a cluster when the standard support of its version ends; set spec.version: %s",
				v.running, v.claimed, strings.Join(steps, ", and then ")),
		},
	}
}

// goBack requests the older version of the nodes first: EKS takes no nodes that are newer
// than the control plane.
func (v versions) goBack() versionPlan {
	p := versionPlan{
		controlPlane: v.running, nodes: v.claimed, ahead: aheadGoingBack,
		condition: progress.Condition{
			Type: conditionVersion, Reason: "GoingBack",
			Message: fmt.Sprintf("going back from %s to %s, nodes first: EKS allows that within seven days of the upgrade; where it refuses, set spec.version: %s to stay",
				v.running, v.claimed, v.running),
		},
	}
	if v.nodes == "" || v.nodes == v.claimed {
		p.controlPlane = v.claimed
	}
	return p
}

func minor(version string) (int, error) {
	n, ok := strings.CutPrefix(version, "1.")
	v, err := strconv.Atoi(n)
	if !ok || err != nil || v < 0 {
		return 0, fmt.Errorf("%q is no minor version of Kubernetes, such as 1.35", version)
	}
	return v, nil
}
