package awsapi

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// amended returns a transport that corrects ministack's answers where they lack or garble what the
// provider reads.
func amended(scope string, next http.RoundTripper) http.RoundTripper {
	switch scope {
	case "ec2":
		return newNetworkMemory(next)
	case "eks":
		return newClusterMemory(next)
	case "elasticache":
		return newCacheMemory(next)
	case "rds":
		return newSecretMemory(next)
	case "wafv2":
		return newLoggingMemory(next)
	}
	return next
}

// read a whole answer; its body can be read again.
func read(next http.RoundTripper, req *http.Request) (*http.Response, string, error) {
	req.Header.Del("Accept-Encoding") // The answer is read here.
	rsp, err := next.RoundTrip(req)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = rsp.Body.Close() }()
	body, err := io.ReadAll(rsp.Body)
	if err != nil {
		return nil, "", fmt.Errorf("cannot read the answer: %w", err)
	}
	rsp.Body = io.NopCloser(bytes.NewReader(body))
	return rsp, string(body), nil
}

// replace an answer's body.
func replace(rsp *http.Response, body string) *http.Response {
	rsp.Body, rsp.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	rsp.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return rsp
}

// bodyOf a request, which can be read again.
func bodyOf(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, fmt.Errorf("cannot read the request: %w", err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// formOf a request, whose body can be read again.
func formOf(req *http.Request) (url.Values, error) {
	body, err := bodyOf(req)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fmt.Errorf("cannot read the request: %w", err)
	}
	return form, nil
}
