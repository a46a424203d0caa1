package awsapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// fields of a workspace, by the names that CreateWorkspace and UpdateWorkspace have for them.
func workspaceFields() map[string]string {
	return map[string]string{
		"accountAccessType": "accountAccessType", "grafanaVersion": "grafanaVersion", "networkAccessControl": "networkAccessControl",
		"permissionType": "permissionType", "tags": "tags", "vpcConfiguration": "vpcConfiguration", "workspaceDataSources": "dataSources",
		"workspaceDescription": "description", "workspaceName": "name", "workspaceNotificationDestinations": "notificationDestinations",
		"workspaceRoleArn": "workspaceRoleArn",
	}
}

// A workspaces implements what neither ministack nor moto has: the calls of Amazon Managed Grafana
// that create, read, change and delete a workspace. There is no Grafana behind it. As AWS does, it
// refuses a new workspace without a permission type and an authentication provider.
type workspaces struct {
	mu   sync.Mutex
	byID map[string]map[string]any
	made int
}

func newWorkspaces() http.Handler {
	w := &workspaces{byID: map[string]map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /workspaces", w.create)
	mux.HandleFunc("GET /workspaces/{id}", w.one(func(map[string]any, map[string]any) {}))
	mux.HandleFunc("PUT /workspaces/{id}", w.one(change))
	mux.HandleFunc("DELETE /workspaces/{id}", w.remove)
	mux.HandleFunc("GET /workspaces/{id}/configuration", func(out http.ResponseWriter, _ *http.Request) {
		answer(out, http.StatusOK, map[string]any{"configuration": "{}"})
	})
	mux.HandleFunc("POST /tags/{arn...}", w.tag)
	mux.HandleFunc("DELETE /tags/{arn...}", w.untag)
	return mux
}

func (w *workspaces) create(out http.ResponseWriter, req *http.Request) {
	requested := decode(req)
	for _, required := range []string{"accountAccessType", "authenticationProviders", "permissionType"} {
		if requested[required] == nil {
			answer(out, http.StatusBadRequest, map[string]any{"__type": "ValidationException", "message": required + " is missing"})
			return
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made++
	id := fmt.Sprintf("g-%010x", w.made)
	made := map[string]any{
		"id": id, "status": "ACTIVE", "endpoint": id + ".grafana-workspace.invalid", "created": 0, "modified": 0, "grafanaVersion": "10.4",
		"authentication": map[string]any{"providers": requested["authenticationProviders"], "samlConfigurationStatus": "NOT_CONFIGURED"},
	}
	change(made, requested)
	w.byID[id] = made
	answer(out, http.StatusAccepted, map[string]any{"workspace": made})
}

// change a workspace to the requested values.
func change(workspace, requested map[string]any) {
	for from, to := range workspaceFields() {
		if v, found := requested[from]; found {
			workspace[to] = v
		}
	}
	workspace["modified"] = time.Now().Unix()
}

// one handles a request about one workspace: it changes the workspace and returns it.
func (w *workspaces) one(change func(workspace, requested map[string]any)) http.HandlerFunc {
	return func(out http.ResponseWriter, req *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		found, ok := w.byID[req.PathValue("id")]
		if !ok {
			missing(out, req.PathValue("id"))
			return
		}
		change(found, decode(req))
		answer(out, http.StatusOK, map[string]any{"workspace": found})
	}
}

func (w *workspaces) remove(out http.ResponseWriter, req *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := req.PathValue("id")
	found, ok := w.byID[id]
	if !ok {
		missing(out, id)
		return
	}
	delete(w.byID, id)
	gone := maps.Clone(found)
	gone["status"] = "DELETING"
	answer(out, http.StatusAccepted, map[string]any{"workspace": gone})
}

func (w *workspaces) tag(out http.ResponseWriter, req *http.Request) {
	tags, _ := decode(req)["tags"].(map[string]any)
	w.retag(out, req, func(have map[string]any) { maps.Copy(have, tags) })
}

func (w *workspaces) untag(out http.ResponseWriter, req *http.Request) {
	keys := req.URL.Query()["tagKeys"]
	w.retag(out, req, func(have map[string]any) {
		maps.DeleteFunc(have, func(key string, _ any) bool { return slices.Contains(keys, key) })
	})
}

// retag the workspace that an ARN ends in.
func (w *workspaces) retag(out http.ResponseWriter, req *http.Request, change func(have map[string]any)) {
	arn := req.PathValue("arn")
	id := arn[strings.LastIndexByte(arn, '/')+1:]
	w.mu.Lock()
	defer w.mu.Unlock()
	found, ok := w.byID[id]
	if !ok {
		missing(out, id)
		return
	}
	have, _ := found["tags"].(map[string]any)
	have = maps.Clone(have)
	if have == nil {
		have = map[string]any{}
	}
	change(have)
	found["tags"] = have
	answer(out, http.StatusOK, map[string]any{})
}

func missing(out http.ResponseWriter, id string) {
	out.Header().Set("X-Amzn-Errortype", "ResourceNotFoundException")
	answer(out, http.StatusNotFound, map[string]any{"message": "there is no workspace " + id, "resourceId": id, "resourceType": "workspace"})
}

func decode(req *http.Request) map[string]any {
	body := map[string]any{}
	_ = json.NewDecoder(req.Body).Decode(&body) // A body that is no JSON has no fields.
	return body
}

func answer(out http.ResponseWriter, code int, body map[string]any) {
	out.Header().Set("Content-Type", "application/json")
	out.WriteHeader(code)
	_ = json.NewEncoder(out).Encode(body) //nolint:errchkjson // The caller has gone.
}
