package awsapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWorkspaces(t *testing.T) {
	s := newWorkspaces()
	ask := func(method, path, body string) (int, map[string]any) {
		t.Helper()
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
		got := map[string]any{}
		if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
			t.Fatalf("%s %s: %v in %q", method, path, err, rec.Body)
		}
		return rec.Code, got
	}
	const id = "g-0000000001"
	const arn = "/tags/arn%3Aaws%3Agrafana%3Aap-southeast-2%3A000000000000%3A%2Fworkspaces%2F" + id
	const create = `{"accountAccessType":"CURRENT_ACCOUNT","authenticationProviders":["SAML"],"permissionType":"CUSTOMER_MANAGED",` +
		`"workspaceName":"w","workspaceDataSources":["XRAY"],"tags":{"a":"1"}}`
	workspace := func(name string, tags map[string]any) map[string]any {
		return map[string]any{
			"id": id, "status": "ACTIVE", "endpoint": id + ".grafana-workspace.invalid", "grafanaVersion": "10.4",
			"accountAccessType": "CURRENT_ACCOUNT", "permissionType": "CUSTOMER_MANAGED", "name": name, "dataSources": []any{"XRAY"}, "tags": tags,
			"authentication": map[string]any{"providers": []any{"SAML"}, "samlConfigurationStatus": "NOT_CONFIGURED"},
		}
	}
	steps := []struct {
		reason             string
		method, path, body string
		code               int
		want               map[string]any // of the workspace; nil when there is none in the answer
	}{
		{"A workspace without a permission type is refused.", http.MethodPost, "/workspaces", `{"permissionType":"x"}`, 400, nil},
		{"A new workspace is returned as requested.", http.MethodPost, "/workspaces", create, 202, workspace("w", map[string]any{"a": "1"})},
		{"It is found again.", http.MethodGet, "/workspaces/" + id, "", 200, workspace("w", map[string]any{"a": "1"})},
		{"It has a configuration.", http.MethodGet, "/workspaces/" + id + "/configuration", "", 200, nil},
		{"It changes.", http.MethodPut, "/workspaces/" + id, `{"workspaceName":"v"}`, 200, workspace("v", map[string]any{"a": "1"})},
		{"It is tagged by its ARN.", http.MethodPost, arn, `{"tags":{"b":"2"}}`, 200, nil},
		{"A tag is removed.", http.MethodDelete, arn + "?tagKeys=a", "", 200, nil},
		{"Its tags are in the answer.", http.MethodGet, "/workspaces/" + id, "", 200, workspace("v", map[string]any{"b": "2"})},
		{"It goes.", http.MethodDelete, "/workspaces/" + id, "", 202, func() map[string]any {
			w := workspace("v", map[string]any{"b": "2"})
			w["status"] = "DELETING"
			return w
		}()},
		{"It is gone.", http.MethodGet, "/workspaces/" + id, "", 404, nil},
	}
	for _, step := range steps {
		code, got := ask(step.method, step.path, step.body)
		w, _ := got["workspace"].(map[string]any)
		delete(w, "created")
		delete(w, "modified")
		if diff := cmp.Diff(step.want, w); diff != "" || code != step.code {
			t.Errorf("%s\n%s %s: want %d, got %d; -want, +got:\n%s", step.reason, step.method, step.path, step.code, code, diff)
		}
	}
}
