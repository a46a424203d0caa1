package e2eaws

// exceptions are the kinds that do not become Ready here, each with why. One that is Ready after all, or that no claim composes, fails
// the test: it is stale.
func exceptions() map[string]string {
	return map[string]string{
		"grafana/Workspace": "neither ministack 1.5.33 nor moto 5.2.5 has Amazon Managed Grafana",
	}
}
