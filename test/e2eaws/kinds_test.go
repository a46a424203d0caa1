package e2eaws

import (
	"strings"
	"testing"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/cloud/awsapi"
)

// TestEveryServiceIsImitated fails when the table lacks a service: the provider would send its
// requests to AWS itself.
func TestEveryServiceIsImitated(t *testing.T) {
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	kinds := installedKinds(t, root)
	if len(kinds) == 0 {
		t.Fatal("crds.txt lists no kind")
	}
	for _, kind := range kinds {
		service, _, _ := strings.Cut(kind, "/")
		if _, found := awsapi.Of(service); !found {
			t.Errorf("%s: nothing imitates %s: add it to test/cloud/awsapi/services.go", kind, service)
		}
	}
}
