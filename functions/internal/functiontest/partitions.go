package functiontest

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ausmart/platform/functions/internal/region"
)

// home is the region of the examples.
const home = "ap-southeast-2"

// Elsewhere moves a control plane to another region, with the claim, all that it refers to
// and all that exists: its region, and the partition of its ARNs. It returns the control
// plane.
func Elsewhere(p *ControlPlane, to string) *ControlPlane {
	move := func(fields map[string]any) map[string]any {
		text, err := json.Marshal(fields)
		if err != nil {
			panic(err) // A test made something that is no JSON.
		}
		var out map[string]any
		if err := json.Unmarshal([]byte(moved(string(text), to)), &out); err != nil {
			panic(err)
		}
		return out
	}
	p.XR = move(p.XR)
	p.Set("region", to)
	for key, o := range p.required {
		p.required[key] = &object{fields: move(o.fields)}
	}
	for name, o := range p.composed {
		p.composed[name] = &object{fields: move(o.fields), desired: o.desired}
	}
	before := p.AWS
	p.AWS = func(apiVersion, kind, name string, at map[string]any, id func(string) string) {
		before(apiVersion, kind, name, at, id)
		maps.Copy(at, move(at))
	}
	return p
}

func moved(text, to string) string {
	return strings.NewReplacer(
		"arn:aws:", "arn:"+region.Partition(to)+":",
		home+".rds.amazonaws.com", to+".rds."+domain(to), home+".amazonaws.com", to+"."+domain(to), to+".amazonaws.com", to+"."+domain(to),
		home, to,
	).Replace(text)
}

func domain(of string) string { return strings.TrimPrefix(region.Host(of, ""), "."+of+".") }

var (
	arns     = regexp.MustCompile(`arn:aws[a-z-]*:`)
	domains  = regexp.MustCompile(`[a-z0-9.-]*\.(?:amazonaws\.(?:com\.cn|com|eu)|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)`)
	services = regexp.MustCompile(`"serviceName":"([^"]+)"`)
)

// testPartitions composes a claim in a region of each partition: all ARNs, names of
// endpoint services and principals are that partition's.
func testPartitions(t *testing.T, k Kind) {
	for _, to := range []string{"us-east-1", "us-gov-west-1", "cn-north-1", "cn-northwest-1", "eusc-de-east-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"} {
		t.Run(to, func(t *testing.T) {
			for _, e := range k.Typical {
				p := Elsewhere(k.NewExample(t, e), to)
				if m := Refusal(p.Reconcile(t)); m != "" {
					if !strings.Contains(m, "spec.region") {
						t.Errorf("%s is refused, and not for its region: %s", e, m)
					}
					continue
				}
				p.MarkReady()
				p.Settle(t)
				for _, name := range p.Names() {
					spec, err := json.Marshal(p.Get(name)["spec"])
					if err != nil {
						t.Fatal(err)
					}
					checkPartition(t, e+"/"+name, string(spec), to)
				}
			}
		})
	}
}

func checkPartition(t *testing.T, name, text, in string) {
	t.Helper()
	for _, a := range arns.FindAllString(text, -1) {
		if want := "arn:" + region.Partition(in) + ":"; a != want {
			t.Errorf("%s has %s, want %s: %s", name, a, want, text)
		}
	}
	for _, s := range services.FindAllStringSubmatch(text, -1) {
		_, short, _ := strings.Cut(s[1], in+".")
		if want := []string{region.EndpointService(in, short), region.GatewayService(in, short)}; !slices.Contains(want, s[1]) {
			t.Errorf("%s has the endpoint service %s, want one of %v", name, s[1], want)
		}
	}
	for _, d := range domains.FindAllString(services.ReplaceAllString(text, ""), -1) {
		if !validDomain(strings.TrimPrefix(d, "."), in) {
			t.Errorf("%s names %s, which is another partition's", name, d)
		}
	}
}

// validDomain reports whether a name is a host of the region's partition, or a principal.
// Of those only EC2's has the domain of its partition.
func validDomain(name, in string) bool {
	switch {
	case strings.Contains(name, in+"."):
		return strings.HasSuffix(name, "."+domain(in))
	case strings.HasPrefix(name, "ec2."):
		return name == region.EC2(in)
	default:
		return strings.HasSuffix(name, ".amazonaws.com")
	}
}
