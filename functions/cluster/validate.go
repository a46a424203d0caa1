package cluster

import (
	"fmt"
	"net/netip"

	"k8s.io/utils/ptr"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/settings"
)

// widest is the shortest prefix of a range that has an owner. A wider one is the
// internet: no one was ever given more than a /8.
const widest = 8

// validate refuses a spec that AWS cannot follow, or that the settings forbid. The
// claim's schema refuses most of that already. This holds for a composite that is
// edited by hand, and for what only the cluster itself knows.
func (c *cluster) validate() error {
	if err := c.checkRegion(); err != nil {
		return err
	}
	if err := checkPublic(publicCIDRs(c.spec), c.Settings.PublicAPI); err != nil {
		return err
	}
	for _, cidr := range privateCIDRs(c.spec) {
		if _, err := prefix(cidr); err != nil {
			return fmt.Errorf("spec.endpoint.privateCIDRs: %w", err)
		}
	}
	if c.state.encrypted && !c.Settings.KMS.V {
		return fmt.Errorf("spec.kms.enabled: kms is off as %s has it, and EKS cannot take back the encryption of Secrets: set it to true", c.Settings.KMS.Origin.Who())
	}
	_, err := architecture(baseline(c.spec).InstanceTypes)
	return err
}

func publicCIDRs(spec v1alpha1.ClusterSpec) []string {
	return texts(ptr.Deref(spec.Endpoint, v1alpha1.ClusterEndpoint{}).PublicCIDRs)
}

func privateCIDRs(spec v1alpha1.ClusterSpec) []string {
	return texts(ptr.Deref(spec.Endpoint, v1alpha1.ClusterEndpoint{}).PrivateCIDRs)
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// checkPublic refuses to open the Kubernetes API to the internet where the settings do
// not allow it.
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
