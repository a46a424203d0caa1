package e2eaws

// exceptions are the claims, by their files, and the kinds that do not become Ready here, each with why. One that is Ready after all, or
// that is not there, fails the test: it is stale.
func exceptions() map[string]string {
	return map[string]string{}
}
