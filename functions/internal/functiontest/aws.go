package functiontest

import (
	"maps"
	"strings"

	"github.com/ausmart/platform/test/cloud/answers"
)

// account of everything in the goldens.
const account = "123456789012"

// answer what AWS and the provider say of a resource.
func answer(apiVersion, kind string, at map[string]any, id func(name string) string) {
	group, _, _ := strings.Cut(apiVersion, "/")
	service, _, ofAWS := strings.Cut(group, ".aws.")
	for field, value := range maps.Clone(at) { // The provider has found what a selector is for.
		if found, ok := strings.CutSuffix(field, "Selector"); ok && id(selected(value)) != "" {
			at[found] = id(selected(value))
		}
	}
	if !ofAWS {
		return
	}
	self, _ := at["id"].(string)
	region, _ := at["region"].(string)
	maps.Copy(at, answers.Of(answers.Resource{Service: service, Kind: kind, ID: self, Region: region, Account: account, Params: at}))
}

// selected is the name of the resource that a selector finds.
func selected(selector any) string {
	sel, _ := selector.(map[string]any)
	labels, _ := sel["matchLabels"].(map[string]any)
	name, _ := labels["platform.ausmart.io/resource"].(string)
	return name
}
