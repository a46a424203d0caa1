package iampolicy

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// ActivationFile is the manifest that activates the kinds in use, below the root of the repository.
const ActivationFile = "argocd/platform/activation.yaml"

// activated names of a ManagedResourceActivationPolicy. Crossplane makes a
// ManagedResourceDefinition, with the same name, for each CRD of a provider except its
// ProviderConfigs and their usages.
func activated(manifest []byte) ([]string, error) {
	policy := struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Spec       struct {
			Activate []string `json:"activate"`
		} `json:"spec"`
	}{}
	if err := yaml.Unmarshal(manifest, &policy); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", ActivationFile, err)
	}
	if got := policy.APIVersion + " " + policy.Kind; got != "apiextensions.crossplane.io/v1alpha1 ManagedResourceActivationPolicy" {
		return nil, fmt.Errorf("cannot take %s for an activation policy: it is of kind %s", ActivationFile, got)
	}
	return policy.Spec.Activate, nil
}

// activate replaces the list at the end of a manifest. The part before it is written by hand.
func activate(manifest []byte, names []string) ([]byte, error) {
	const list = "\n  activate:\n"
	head, _, found := strings.Cut(string(manifest), list)
	if !found {
		return nil, fmt.Errorf("cannot find the list in %s: it starts with a line %q", ActivationFile, strings.TrimSpace(list))
	}
	b := &strings.Builder{}
	b.WriteString(head + list)
	for _, name := range slices.Sorted(slices.Values(names)) {
		b.WriteString("    - " + name + "\n")
	}
	return []byte(b.String()), nil
}

// activationFindings lists kinds that are composed and not activated, and kinds that are activated
// and not composed.
func activationFindings(composed, activated []string) []string {
	var all []string
	for _, name := range composed {
		if !slices.Contains(activated, name) {
			all = append(all, name+" is composed and not activated: the provider would not run its controller")
		}
	}
	for _, name := range activated {
		switch {
		case strings.Contains(name, "*"):
			all = append(all, name+" activates more than is composed: name each kind")
		case !slices.Contains(composed, name):
			all = append(all, name+" is activated, and no function composes it: remove it")
		}
	}
	return all
}
