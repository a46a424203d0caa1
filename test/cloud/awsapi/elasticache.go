package awsapi

import (
	"net/http"
	"regexp"
	"sync"
)

// A cacheMemory fixes ministack 1.5.33's answers for ElastiCache: ministack forgets the key of a
// replication group, and does not escape the "&" of a user's access string in XML.
type cacheMemory struct {
	next http.RoundTripper

	mu   sync.Mutex
	keys map[string]string // by replication group
}

func newCacheMemory(next http.RoundTripper) *cacheMemory {
	return &cacheMemory{next: next, keys: map[string]string{}}
}

// RoundTrip passes a request on, remembers its settings, and fixes the answer.
func (m *cacheMemory) RoundTrip(req *http.Request) (*http.Response, error) {
	form, err := formOf(req)
	if err != nil {
		return nil, err
	}
	rsp, answer, err := read(m.next, req)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if form.Get("Action") == "CreateReplicationGroup" && rsp.StatusCode == http.StatusOK {
		m.keys[form.Get("ReplicationGroupId")] = form.Get("KmsKeyId")
	}
	id := regexp.MustCompile(`<ReplicationGroupId>([^<]+)</ReplicationGroupId>`)
	answer = id.ReplaceAllStringFunc(answer, func(tag string) string {
		if key := m.keys[id.FindStringSubmatch(tag)[1]]; key != "" {
			return tag + "<KmsKeyId>" + key + "</KmsKeyId>"
		}
		return tag
	})
	return replace(rsp, regexp.MustCompile(`&([^a-z#]|$)`).ReplaceAllString(answer, "&amp;$1")), nil
}
