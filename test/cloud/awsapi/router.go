package awsapi

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"github.com/ausmart/platform/test/pypi"
)

// A Request is one line of the router's log, as JSON.
type Request struct {
	Service string `json:"service"`
	Action  string `json:"action"` // such as DescribeVpcs, or GET /workspaces
	Status  int    `json:"status"`
}

// Changes reports whether the request changed something: it was not a read, and was not refused.
func (r Request) Changes() bool {
	if r.Action == "" || r.Status >= http.StatusBadRequest {
		return false
	}
	for _, reads := range []string{"Describe", "Get", "List", "Search", "Lookup", "Check", "GET ", "HEAD "} {
		if strings.HasPrefix(r.Action, reads) {
			return false
		}
	}
	return true
}

// NewRouter passes requests to the programs at these addresses, by their names. It logs each
// request with its status, so its log has every call of the provider to AWS.
func NewRouter(programs map[string]*url.URL, log *slog.Logger) (http.Handler, error) {
	services := map[string]http.Handler{}
	for _, s := range Services() {
		if s.By == Ours {
			services[s.Scope] = newWorkspaces()
			continue
		}
		address, found := programs[s.By]
		if !found {
			return nil, fmt.Errorf("cannot route %s: %s has no address", s.Scope, s.By)
		}
		proxy := proxyTo(address)
		if s.By == pypi.Ministack {
			proxy.Transport = amended(s.Scope, http.DefaultTransport)
		}
		services[s.Scope] = proxy
	}
	return router{services, log}, nil
}

type router struct {
	services map[string]http.Handler // by scope
	log      *slog.Logger
}

func (r router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	scope := scope(req)
	action, err := action(req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	recorded := &status{ResponseWriter: w, code: http.StatusOK}
	if service, found := r.services[scope]; found {
		service.ServeHTTP(recorded, req)
	} else {
		// The SDKs show the body of a 501 to the user, and do not retry.
		http.Error(recorded, fmt.Sprintf("nothing imitates the AWS service %q here: add it to test/cloud/awsapi/services.go", scope), http.StatusNotImplemented)
	}
	r.log.Info("request", "service", scope, "action", action, "status", recorded.code)
}

// proxyTo an address. It keeps the request's host: imitations build URLs from it, such as a queue's.
func proxyTo(address *url.URL) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(address)
		p.Out.Host = p.In.Host
	}}
}

// scope is the service in a request's signature.
func scope(req *http.Request) string { return credential(req)[3] }

// region in a request's signature.
func region(req *http.Request) string { return credential(req)[2] }

// credential of a request's signature, whether that is in a header or, presigned, in the URL:
// KEY/20260131/ap-southeast-2/ec2/aws4_request. Its parts are empty where there is none.
func credential(req *http.Request) [5]string {
	_, text, _ := strings.Cut(req.Header.Get("Authorization"), "Credential=")
	text, _, _ = strings.Cut(text, ",")
	if text == "" {
		text = req.URL.Query().Get("X-Amz-Credential")
	}
	parts := strings.Split(text, "/")
	if len(parts) != 5 {
		return [5]string{}
	}
	return [5]string(parts)
}

// action returns the request's action, for the log: each of AWS's protocols has it in another place.
func action(req *http.Request) (string, error) {
	if target := req.Header.Get("X-Amz-Target"); target != "" {
		return target[strings.LastIndexByte(target, '.')+1:], nil
	}
	if strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return "", fmt.Errorf("cannot read the request: %w", err)
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return "", fmt.Errorf("cannot read the request: %w", err)
		}
		return form.Get("Action"), nil
	}
	return req.Method + " " + req.URL.RequestURI(), nil
}

// A status records a response's code.
type status struct {
	http.ResponseWriter

	code int
}

// WriteHeader records the code.
func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap lets the proxy flush.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }
