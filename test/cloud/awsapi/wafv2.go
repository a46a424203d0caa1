package awsapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// A loggingMemory imitates the logging of web ACLs, which ministack 1.5.33 does not have.
type loggingMemory struct {
	next http.RoundTripper

	mu      sync.Mutex
	configs map[string]json.RawMessage // by the ACL's ARN
}

func newLoggingMemory(next http.RoundTripper) *loggingMemory {
	return &loggingMemory{next: next, configs: map[string]json.RawMessage{}}
}

// RoundTrip answers what is about logging itself, and passes the rest on.
func (m *loggingMemory) RoundTrip(req *http.Request) (*http.Response, error) {
	_, action, _ := strings.Cut(req.Header.Get("X-Amz-Target"), ".")
	if !strings.HasSuffix(action, "LoggingConfiguration") {
		return m.next.RoundTrip(req)
	}
	body, err := bodyOf(req)
	if err != nil {
		return nil, err
	}
	var in struct {
		ResourceArn          string
		LoggingConfiguration json.RawMessage
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, fmt.Errorf("cannot read the request: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch action {
	case "PutLoggingConfiguration":
		if err := json.Unmarshal(in.LoggingConfiguration, &in); err != nil { // Its ResourceArn.
			return nil, fmt.Errorf("cannot read the request: %w", err)
		}
		m.configs[in.ResourceArn] = in.LoggingConfiguration
	case "DeleteLoggingConfiguration":
		delete(m.configs, in.ResourceArn)
		return answerJSON(req, http.StatusOK, `{}`), nil
	}
	config, ok := m.configs[in.ResourceArn]
	if !ok {
		return answerJSON(req, http.StatusBadRequest,
			`{"__type":"WAFNonexistentItemException","message":"AWS WAF couldn't perform the operation because your resource doesn't exist."}`), nil
	}
	return answerJSON(req, http.StatusOK, `{"LoggingConfiguration":`+string(config)+`}`), nil
}

func answerJSON(req *http.Request, status int, body string) *http.Response {
	return &http.Response{
		Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}
