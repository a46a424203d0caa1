package e2eaws

// exceptions lists the claims, by their files, and the kinds that do not become Ready here, each
// with the reason. An exception that is Ready, or does not exist, fails the test: it is stale.
func exceptions() map[string]string {
	return map[string]string{}
}
