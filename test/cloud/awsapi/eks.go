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

// A forgotten kind of EKS is one of whose settings ministack 1.5.33 forgets some. The provider would try to change them for ever, which
// ministack, or the provider itself, refuses.
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

// A clusterMemory keeps what ministack forgets of EKS, and puts it into the answers. Without Docker a cluster's certificate authority is
// empty too, which no cluster's is: it gets one that says what it is.
type clusterMemory struct {
	next http.RoundTripper

	mu   sync.Mutex
	made map[string]map[string]any // by kind and name
}

func newClusterMemory(next http.RoundTripper) *clusterMemory {
	return &clusterMemory{next: next, made: map[string]map[string]any{}}
}

// RoundTrip passes a request on and learns from it what it asks for.
func (m *clusterMemory) RoundTrip(req *http.Request) (*http.Response, error) {
	asked, err := bodyOf(req)
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
		m.learn(kind, asked)
	}
	return replace(rsp, m.remind(answer)), nil
}

func (m *clusterMemory) learn(kind string, asked []byte) {
	all := map[string]any{}
	if err := json.Unmarshal(asked, &all); err != nil {
		return // The imitation took it for something else.
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

// remind an answer of what was learned.
func (m *clusterMemory) remind(answer string) string {
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
