package awsapi

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// A secretMemory fixes ministack 1.5.33's answers for RDS: ministack makes a master user's secret
// for a cluster of Aurora only, not for an instance. There is no secret behind the added ARN; the
// provider only reads the ARN.
type secretMemory struct {
	next http.RoundTripper

	mu      sync.Mutex
	secrets map[string]string // ARN by instance
}

func newSecretMemory(next http.RoundTripper) *secretMemory {
	return &secretMemory{next: next, secrets: map[string]string{}}
}

// RoundTrip passes a request on, remembers its settings, and fixes the answer.
func (m *secretMemory) RoundTrip(req *http.Request) (*http.Response, error) {
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
	if form.Get("Action") == "CreateDBInstance" && form.Get("ManageMasterUserPassword") == "true" && rsp.StatusCode == http.StatusOK {
		id := form.Get("DBInstanceIdentifier")
		m.secrets[id] = strings.Join([]string{"arn:aws:secretsmanager", region(req), "000000000000", "secret", "rds!db-" + id}, ":")
	}
	id := regexp.MustCompile(`<DBInstanceIdentifier>([^<]+)</DBInstanceIdentifier>`)
	return replace(rsp, id.ReplaceAllStringFunc(answer, func(tag string) string {
		arn := m.secrets[id.FindStringSubmatch(tag)[1]]
		if arn == "" {
			return tag
		}
		return tag + "<MasterUserSecret><SecretArn>" + arn + "</SecretArn><SecretStatus>active</SecretStatus></MasterUserSecret>"
	})), nil
}
