package awsapi

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A memory keeps what ministack 1.5.33 forgets of EC2, and puts it into the answers, so that the provider finds what it asked for: the
// security groups and private DNS of an interface endpoint, and the interval of a flow log. As on AWS, an endpoint that names no group
// has the VPC's default one.
type memory struct {
	next http.RoundTripper

	mu        sync.Mutex
	endpoints map[string]*endpoint // by id
	intervals map[string]string    // of flow logs, by id
}

type endpoint struct {
	groups     []string
	privateDNS bool
}

func newMemory(next http.RoundTripper) *memory {
	return &memory{next: next, endpoints: map[string]*endpoint{}, intervals: map[string]string{}}
}

// RoundTrip passes a request on and learns from it what it asks for.
func (m *memory) RoundTrip(req *http.Request) (*http.Response, error) {
	form, err := formOf(req)
	if err != nil {
		return nil, err
	}
	rsp, body, err := m.send(req)
	if err != nil || rsp.StatusCode != http.StatusOK {
		return rsp, err
	}
	if err := m.learn(req, form, body); err != nil {
		return nil, err
	}
	body = m.remind(body)
	rsp.Body, rsp.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	rsp.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return rsp, nil
}

func (m *memory) send(req *http.Request) (*http.Response, string, error) {
	req.Header.Del("Accept-Encoding") // The answer is read here.
	rsp, err := m.next.RoundTrip(req)
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

func (m *memory) learn(req *http.Request, form url.Values, answer string) error {
	switch form.Get("Action") {
	case "CreateVpcEndpoint":
		return m.learnEndpoint(req, form, answer)
	case "ModifyVpcEndpoint":
		m.learnChange(form)
	case "CreateFlowLogs":
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, id := range regexp.MustCompile(`fl-[0-9a-f]+`).FindAllString(answer, -1) {
			m.intervals[id] = form.Get("MaxAggregationInterval")
		}
	}
	return nil
}

func (m *memory) learnEndpoint(req *http.Request, form url.Values, answer string) error {
	if form.Get("VpcEndpointType") != "Interface" {
		return nil
	}
	groups := members(form, "SecurityGroupId.")
	if len(groups) == 0 {
		id, err := m.defaultGroup(req, form.Get("VpcId"))
		if err != nil {
			return err
		}
		groups = []string{id}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if id := endpointID().FindStringSubmatch(answer); id != nil {
		m.endpoints[id[1]] = &endpoint{groups: groups, privateDNS: form.Get("PrivateDnsEnabled") == "true"}
	}
	return nil
}

func (m *memory) learnChange(form url.Values) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, found := m.endpoints[form.Get("VpcEndpointId")]
	if !found {
		return
	}
	removed := members(form, "RemoveSecurityGroupId.")
	e.groups = slices.DeleteFunc(e.groups, func(id string) bool { return slices.Contains(removed, id) })
	for _, id := range members(form, "AddSecurityGroupId.") {
		if !slices.Contains(e.groups, id) {
			e.groups = append(e.groups, id)
		}
	}
	if asked := form.Get("PrivateDnsEnabled"); asked != "" {
		e.privateDNS = asked == "true"
	}
}

// defaultGroup of a VPC, asked for with the credentials of another request.
func (m *memory) defaultGroup(req *http.Request, vpc string) (string, error) {
	form := url.Values{
		"Action": {"DescribeSecurityGroups"}, "Version": {"2016-11-15"},
		"Filter.1.Name": {"vpc-id"}, "Filter.1.Value.1": {vpc}, "Filter.2.Name": {"group-name"}, "Filter.2.Value.1": {"default"},
	}
	ask := req.Clone(req.Context())
	ask.Body, ask.ContentLength = io.NopCloser(strings.NewReader(form.Encode())), int64(len(form.Encode()))
	_, body, err := m.send(ask)
	if err != nil {
		return "", fmt.Errorf("cannot find the default group of %s: %w", vpc, err)
	}
	id := regexp.MustCompile(`<groupId>(sg-[^<]+)</groupId>`).FindStringSubmatch(body)
	if id == nil {
		return "", fmt.Errorf("cannot find the default group of %s in %s", vpc, body)
	}
	return id[1], nil
}

// remind an answer of what was learned.
func (m *memory) remind(answer string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	answer = endpointID().ReplaceAllStringFunc(answer, func(tag string) string {
		e, found := m.endpoints[endpointID().FindStringSubmatch(tag)[1]]
		if !found {
			return tag
		}
		return tag + e.xml()
	})
	return flowLogID().ReplaceAllStringFunc(answer, func(tag string) string {
		interval := m.intervals[flowLogID().FindStringSubmatch(tag)[1]]
		if interval == "" {
			return tag
		}
		return tag + "<maxAggregationInterval>" + interval + "</maxAggregationInterval>"
	})
}

func (e *endpoint) xml() string {
	items := ""
	for _, id := range e.groups {
		items += "<item><groupId>" + id + "</groupId></item>"
	}
	return "<groupSet>" + items + "</groupSet><privateDnsEnabled>" + strconv.FormatBool(e.privateDNS) + "</privateDnsEnabled>"
}

func endpointID() *regexp.Regexp { return regexp.MustCompile(`<vpcEndpointId>([^<]+)</vpcEndpointId>`) }

func flowLogID() *regexp.Regexp { return regexp.MustCompile(`<flowLogId>([^<]+)</flowLogId>`) }

// members of a list in a form, such as SecurityGroupId.1, in their order.
func members(form url.Values, prefix string) []string {
	var all []string
	for i := 1; form.Has(prefix + strconv.Itoa(i)); i++ {
		all = append(all, form.Get(prefix+strconv.Itoa(i)))
	}
	return all
}

// formOf a request, whose body can be read again.
func formOf(req *http.Request) (url.Values, error) {
	if req.Body == nil {
		return url.Values{}, nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, fmt.Errorf("cannot read the request: %w", err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fmt.Errorf("cannot read the request: %w", err)
	}
	return form, nil
}
