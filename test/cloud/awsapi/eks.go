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

// remembered are the settings of an EKS cluster that ministack 1.5.33 forgets; the provider would try to change them for ever, and
// ministack refuses the change.
func remembered() []string {
	return []string{"deletionProtection", "upgradePolicy", "zonalShiftConfig"}
}

// A clusterMemory keeps what ministack forgets of EKS clusters, and puts it into the answers. Without Docker their certificate authority
// is empty too, which no cluster's is: they get one that says what it is.
type clusterMemory struct {
	next http.RoundTripper

	mu       sync.Mutex
	clusters map[string]map[string]any // by name
}

func newClusterMemory(next http.RoundTripper) *clusterMemory {
	return &clusterMemory{next: next, clusters: map[string]map[string]any{}}
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
	if req.Method == http.MethodPost && strings.TrimSuffix(req.URL.Path, "/") == "/clusters" {
		m.learn(asked)
	}
	return replace(rsp, m.remind(answer)), nil
}

func (m *clusterMemory) learn(asked []byte) {
	all := map[string]any{}
	if err := json.Unmarshal(asked, &all); err != nil {
		return // The imitation took it for something else.
	}
	kept := map[string]any{}
	for _, field := range remembered() {
		if v, found := all[field]; found {
			kept[field] = v
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clusters[fmt.Sprint(all["name"])] = kept
}

// remind an answer about one cluster of what was learned.
func (m *clusterMemory) remind(answer string) string {
	all := map[string]any{}
	if err := json.Unmarshal([]byte(answer), &all); err != nil {
		return answer
	}
	cluster, found := all["cluster"].(map[string]any)
	if !found {
		return answer
	}
	m.mu.Lock()
	maps.Copy(cluster, m.clusters[fmt.Sprint(cluster["name"])])
	m.mu.Unlock()
	cluster["certificateAuthority"] = map[string]any{"data": base64.StdEncoding.EncodeToString([]byte("no cluster is behind this"))}
	b, err := json.Marshal(all)
	if err != nil {
		return answer
	}
	return string(b)
}
