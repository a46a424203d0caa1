package cluster

import (
	"regexp"
	"slices"
	"strconv"
)

// addonVersions of the Kubernetes versions that the platform is tested with. As
// describe-addon-versions answered to public repositories in August to October 2026:
// second-hand, read 2026-11. Where a version of Kubernetes is not in the table, EKS
// chooses its default when the add-on is made, and the add-on stays at that.
func addonVersions(kubernetes string) map[string]string {
	const cni, agent, ebs = "v1.22.4-eksbuild.3", "v1.3.10-eksbuild.3", "v1.63.1-eksbuild.1"
	switch kubernetes {
	case "1.35":
		return map[string]string{addonCNI: cni, addonPodIdentity: agent, addonEBS: ebs, addonProxy: "v1.35.3-eksbuild.21", addonDNS: "v1.13.2-eksbuild.21"}
	case "1.36":
		return map[string]string{addonCNI: cni, addonPodIdentity: agent, addonEBS: ebs, addonProxy: "v1.36.0-eksbuild.21", addonDNS: "v1.14.3-eksbuild.16"}
	default:
		return nil
	}
}

// addonVersion to request: the claim's pin, or else the table's for the version of
// Kubernetes that the nodes get. That follows the control plane up, and goes back before
// it. What runs already and is newer stays, unless the cluster goes back.
func (c *cluster) addonVersion(addon string) string {
	if pin := c.spec.Addons[addon]; pin != "" {
		return string(pin)
	}
	want, runs := addonVersions(c.version.nodes)[addon], c.Observed.AtProvider(addonName(addon), "addonVersion")
	if want != "" && !c.version.goingBack() && slices.Compare(build(runs), build(want)) > 0 {
		return runs
	}
	return want
}

var numbers = regexp.MustCompile(`[0-9]+`)

// build is a version of an add-on as its numbers: 1, 22, 4 and the build 3.
func build(version string) []int {
	var out []int
	for _, n := range numbers.FindAllString(version, -1) {
		v, _ := strconv.Atoi(n) // Digits only.
		out = append(out, v)
	}
	return out
}
