package simulation

import (
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

// Composite is another claim's composite as Crossplane would find it once it is
// ready: the one that a golden response of its function describes, under the
// claim's name. A Plane's Required takes it.
func Composite(golden, claim string) (map[string]any, error) {
	raw, err := os.ReadFile(golden)
	if err != nil {
		return nil, fmt.Errorf("cannot read golden response: %w", err)
	}
	var rsp map[string]any
	if err := yaml.Unmarshal(raw, &rsp); err != nil {
		return nil, fmt.Errorf("cannot parse %s: %w", golden, err)
	}
	xr := child(child(child(rsp, "desired"), "composite"), "resource")
	xr["metadata"] = map[string]any{
		"name":   claim + "-x7k2p",
		"labels": map[string]any{"crossplane.io/claim-name": claim, "crossplane.io/claim-namespace": "default"},
	}
	child(xr, "status")["conditions"] = []any{map[string]any{
		"type": "Ready", "status": "True", "reason": "Available", "lastTransitionTime": "2026-11-01T00:00:00Z",
	}}
	return xr, nil
}

// Configure the plane with the EnvironmentConfig in a file.
func (p *Plane) Configure(file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("cannot read EnvironmentConfig: %w", err)
	}
	var config map[string]any
	if err := yaml.Unmarshal(raw, &config); err != nil {
		return fmt.Errorf("cannot parse %s: %w", file, err)
	}
	p.Required[fmt.Sprintf("%v/%v", config["kind"], child(config, "metadata")["name"])] = config
	return nil
}
