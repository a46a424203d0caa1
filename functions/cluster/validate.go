package cluster

import (
	"errors"
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
	errs := []error{c.checkRegion(), c.checkPublic()}
	for _, cidr := range privateCIDRs(c.spec) {
		if _, err := prefix(cidr); err != nil {
			errs = append(errs, fmt.Errorf("spec.endpoint.privateCIDRs: %w", err))
		}
	}
	_, err := architecture(baseline(c.spec).InstanceTypes)
	return errors.Join(append(errs, err)...)
}

// keepWhatExists refuses what EKS cannot take back, and what settings that the claim did not change
// would take away.
func (c *cluster) keepWhatExists() {
	if c.state.encrypted && !c.Settings.KMS.V {
		c.Refuse(fmt.Errorf("spec.kms.enabled: kms is off as %s has it, and EKS cannot take back the encryption of Secrets: set it to true", c.Settings.KMS.Origin.Who()))
		c.Settings.KMS = settings.Kept(true)
	}
	c.KeepOn(settings.KMS, &c.Settings.KMS, keyName)
	c.KeepOn(settings.WAF, &c.Settings.WAF, wafLogsName)
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
// not allow it. A cluster that exists keeps the ranges that it has.
func (c *cluster) checkPublic() error {
	public := c.Settings.PublicAPI
	for _, cidr := range publicCIDRs(c.spec) {
		p, err := prefix(cidr)
		if err != nil {
			return fmt.Errorf("spec.endpoint.publicCIDRs: %w", err)
		}
		if p.Bits() >= widest || public.V {
			continue
		}
		err = fmt.Errorf("spec.endpoint.publicCIDRs: %s opens the Kubernetes API to the internet, and publicAPI is off as %s has it: "+
			"list your office or VPN ranges, or leave publicCIDRs out", cidr, public.Origin.Who())
		if !c.Observed.Has(clusterName) {
			return err
		}
		c.Refuse(err)
		endpoint := *c.spec.Endpoint
		endpoint.PublicCIDRs = c.state.publicCIDRs
		c.spec.Endpoint = &endpoint
		return nil
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
