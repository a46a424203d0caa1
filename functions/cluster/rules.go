package cluster

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/settings"
)

// widest is the shortest prefix of a range that is somebody's and not the
// internet's: nobody was ever given more than a /8.
const widest = 8

// check refuses a spec that AWS cannot follow, or that the settings forbid. The
// claim's schema refuses most of that already; this holds for a composite that
// somebody edits by hand, and for what only the cluster itself knows.
func check(spec v1alpha1.ClusterSpec, set settings.Settings, s seen) error {
	if s.region != "" && s.region != spec.Region {
		return fmt.Errorf("spec.region: the cluster is in %s and cannot move to %s: create a new claim", s.region, spec.Region)
	}
	if err := checkVersion(spec.Version, s.version); err != nil {
		return err
	}
	if err := checkPublic(publicCIDRs(spec), set.PublicAPI); err != nil {
		return err
	}
	for _, cidr := range privateCIDRs(spec) {
		if _, err := prefix(cidr); err != nil {
			return fmt.Errorf("spec.endpoint.privateCIDRs: %w", err)
		}
	}
	if s.encrypted && !set.KMS.V {
		return fmt.Errorf("spec.kms.enabled: kms is off as %s has it, and EKS cannot take back the encryption of Secrets: set it to true", set.KMS.Origin.Who())
	}
	_, err := architecture(groupOf(spec).InstanceTypes)
	return err
}

// checkVersion lets a cluster go up by one minor version at a time, as EKS does.
func checkVersion(wanted, runs string) error {
	to, err := minor(wanted)
	if err != nil {
		return fmt.Errorf("spec.version: %w", err)
	}
	if runs == "" {
		return nil
	}
	from, err := minor(runs)
	if err != nil {
		return fmt.Errorf("cannot read the version that runs: %w", err)
	}
	switch {
	case to < from:
		return fmt.Errorf("spec.version: the cluster runs %s and cannot go back to %s: set %s or newer", runs, wanted, runs)
	case to > from+1:
		return fmt.Errorf("spec.version: the cluster runs %s and goes up one minor version at a time: take 1.%d before %s", runs, from+1, wanted)
	default:
		return nil
	}
}

func minor(version string) (int, error) {
	n, ok := strings.CutPrefix(version, "1.")
	v, err := strconv.Atoi(n)
	if !ok || err != nil || v < 0 {
		return 0, fmt.Errorf("%q is no minor version of Kubernetes, such as 1.35", version)
	}
	return v, nil
}

func publicCIDRs(spec v1alpha1.ClusterSpec) []string {
	if spec.Endpoint == nil {
		return nil
	}
	return texts(spec.Endpoint.PublicCIDRs)
}

func privateCIDRs(spec v1alpha1.ClusterSpec) []string {
	if spec.Endpoint == nil {
		return nil
	}
	return texts(spec.Endpoint.PrivateCIDRs)
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// checkPublic keeps the Kubernetes API away from the internet at large where the
// environment wants that.
func checkPublic(cidrs []string, public settings.Value[bool]) error {
	for _, c := range cidrs {
		p, err := prefix(c)
		if err != nil {
			return fmt.Errorf("spec.endpoint.publicCIDRs: %w", err)
		}
		if p.Bits() < widest && !public.V {
			return fmt.Errorf("spec.endpoint.publicCIDRs: %s opens the Kubernetes API to the internet, and publicAPI is off as %s has it: "+
				"list your office or VPN ranges, or leave publicCIDRs out", c, public.Origin.Who())
		}
	}
	return nil
}

func prefix(cidr string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(cidr)
	if err != nil || !p.Addr().Is4() {
		return p, fmt.Errorf("%q is no range of IPv4 addresses, such as 203.0.113.0/24", cidr)
	}
	return p, nil
}

// groupOf is the baseline node group that a claim asks for, with what it leaves
// out as its schema has it.
func groupOf(spec v1alpha1.ClusterSpec) v1alpha1.NodeGroup {
	var g v1alpha1.NodeGroup
	if spec.Nodes != nil {
		g = *spec.Nodes
	}
	if len(g.InstanceTypes) == 0 {
		g.InstanceTypes = []string{"t3.medium"}
	}
	g.Min, g.Max, g.Desired, g.DiskGiB = or(g.Min, 1), or(g.Max, 6), or(g.Desired, 3), or(g.DiskGiB, 30)
	return g
}

func or[T comparable](v, instead T) T {
	var zero T
	if v == zero {
		return instead
	}
	return v
}

// graviton instance types have a g in what follows the generation, as in t4g or
// c7gn (docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html,
// read 2026-11).
var graviton = regexp.MustCompile(`^[a-z]+[0-9]+[a-z]*g`)

// architecture that all of the instance types have.
func architecture(types []string) (string, error) {
	arch := func(t string) string {
		if graviton.MatchString(strings.Split(t, ".")[0]) {
			return "arm64"
		}
		return "amd64"
	}
	first := arch(types[0])
	for _, t := range types[1:] {
		if arch(t) != first {
			return "", fmt.Errorf("spec.nodes.instanceTypes: %s is %s and %s is %s: a node group has one architecture", types[0], first, t, arch(t))
		}
	}
	return first, nil
}
