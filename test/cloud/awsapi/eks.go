package awsapi

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
)

// A forgotten kind of EKS has settings that ministack 1.5.33 forgets. The provider would try to
// change them for ever, and ministack or the provider itself would refuse that.
type forgotten struct {
	id     string   // the field with its name, which is unique here
	fields []string // that are forgotten
}

// forgottenByEKS, by their field in an answer.
func forgottenByEKS() map[string]forgotten {
	return map[string]forgotten{
		"cluster":   {id: "name", fields: []string{"deletionProtection", "upgradePolicy", "zonalShiftConfig"}},
		"nodegroup": {id: "nodegroupName", fields: []string{"launchTemplate", "nodeRepairConfig", "updateConfig"}},
	}
}

// A clusterMemory remembers the settings of EKS that ministack forgets, and adds them to the
// answers. Without Docker a cluster's certificate authority is empty too; it gets a text that says
// so.
type clusterMemory struct {
	next http.RoundTripper

	mu   sync.Mutex
	made map[string]map[string]any // by kind and name
}

func newClusterMemory(next http.RoundTripper) *clusterMemory {
	return &clusterMemory{next: next, made: map[string]map[string]any{}}
}

// RoundTrip passes a request on and remembers its settings.
func (m *clusterMemory) RoundTrip(req *http.Request) (*http.Response, error) {
	requested, err := bodyOf(req)
	if err != nil {
		return nil, err
	}
	rsp, answer, err := read(m.next, req)
	if err != nil || rsp.StatusCode != http.StatusOK {
		return rsp, err
	}
	kind := ""
	switch path := strings.TrimSuffix(req.URL.Path, "/"); {
	case req.Method != http.MethodPost:
	case path == "/clusters":
		kind = "cluster"
	case strings.HasSuffix(path, "/node-groups"):
		kind = "nodegroup"
	}
	if kind != "" {
		m.remember(kind, requested)
	}
	return replace(rsp, m.restore(answer)), nil
}

func (m *clusterMemory) remember(kind string, requested []byte) {
	all := map[string]any{}
	if err := json.Unmarshal(requested, &all); err != nil {
		return // It is not a request that makes one.
	}
	of, kept := forgottenByEKS()[kind], map[string]any{}
	for _, field := range of.fields {
		if v, found := all[field]; found {
			kept[field] = v
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.made[kind+" "+fmt.Sprint(all[of.id])] = kept
}

// restore adds the remembered settings to an answer.
func (m *clusterMemory) restore(answer string) string {
	all := map[string]any{}
	if err := json.Unmarshal([]byte(answer), &all); err != nil {
		return answer
	}
	m.mu.Lock()
	for kind, of := range forgottenByEKS() {
		if made, found := all[kind].(map[string]any); found {
			maps.Copy(made, m.made[kind+" "+fmt.Sprint(made[of.id])])
		}
	}
	m.mu.Unlock()
	if cluster, found := all["cluster"].(map[string]any); found {
		cluster["certificateAuthority"] = map[string]any{"data": base64.StdEncoding.EncodeToString([]byte("no cluster is behind this"))}
	}
	b, err := json.Marshal(all)
	if err != nil {
		return answer
	}
	return string(b)
}
