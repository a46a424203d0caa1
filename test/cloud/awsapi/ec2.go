package awsapi

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A networkMemory remembers the settings of EC2 that ministack 1.5.33 forgets, and adds them to the
// answers, so that the provider reads what it requested: the policy of an endpoint, the security
// groups and private DNS of one that is an interface, and the interval, role and file format of a
// flow log. As on AWS, an interface that names no group has the VPC's default one.
type networkMemory struct {
	next http.RoundTripper

	mu        sync.Mutex
	endpoints map[string]*endpoint // by id
	flowLogs  map[string]string    // XML by id
}

type endpoint struct {
	gateway    bool // with neither groups nor private DNS
	groups     []string
	privateDNS bool
	policy     string // as JSON, or empty for AWS's own, which allows everything
}

func newNetworkMemory(next http.RoundTripper) *networkMemory {
	return &networkMemory{next: next, endpoints: map[string]*endpoint{}, flowLogs: map[string]string{}}
}

// RoundTrip passes a request on and remembers its settings.
func (m *networkMemory) RoundTrip(req *http.Request) (*http.Response, error) {
	form, err := formOf(req)
	if err != nil {
		return nil, err
	}
	rsp, body, err := read(m.next, req)
	if err != nil || rsp.StatusCode != http.StatusOK {
		return rsp, err
	}
	if err := m.remember(req, form, body); err != nil {
		return nil, err
	}
	return replace(rsp, m.restore(body)), nil
}

func (m *networkMemory) remember(req *http.Request, form url.Values, answer string) error {
	switch form.Get("Action") {
	case "CreateVpcEndpoint":
		return m.rememberEndpoint(req, form, answer)
	case "ModifyVpcEndpoint":
		m.rememberChange(form)
	case "CreateFlowLogs":
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, id := range regexp.MustCompile(`fl-[0-9a-f]+`).FindAllString(answer, -1) {
			m.flowLogs[id] = "<maxAggregationInterval>" + form.Get("MaxAggregationInterval") + "</maxAggregationInterval>" +
				"<deliverLogsPermissionArn>" + form.Get("DeliverLogsPermissionArn") + "</deliverLogsPermissionArn>" + destination(form)
		}
	}
	return nil
}

// destination is how a flow log writes its files to a bucket, or empty for one that goes elsewhere.
func destination(form url.Values) string {
	format := form.Get("DestinationOptions.FileFormat")
	if format == "" {
		return ""
	}
	return "<destinationOptions><fileFormat>" + format + "</fileFormat>" +
		"<hiveCompatiblePartitions>" + cmp.Or(form.Get("DestinationOptions.HiveCompatiblePartitions"), "false") + "</hiveCompatiblePartitions>" +
		"<perHourPartition>" + cmp.Or(form.Get("DestinationOptions.PerHourPartition"), "false") + "</perHourPartition></destinationOptions>"
}

func (m *networkMemory) rememberEndpoint(req *http.Request, form url.Values, answer string) error {
	e := &endpoint{
		gateway: form.Get("VpcEndpointType") != "Interface", groups: members(form, "SecurityGroupId."),
		privateDNS: form.Get("PrivateDnsEnabled") == "true", policy: form.Get("PolicyDocument"),
	}
	if !e.gateway && len(e.groups) == 0 {
		id, err := m.defaultGroup(req, form.Get("VpcId"))
		if err != nil {
			return err
		}
		e.groups = []string{id}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if id := endpointID().FindStringSubmatch(answer); id != nil {
		m.endpoints[id[1]] = e
	}
	return nil
}

func (m *networkMemory) rememberChange(form url.Values) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, found := m.endpoints[form.Get("VpcEndpointId")]
	if !found {
		return
	}
	e.policy = cmp.Or(form.Get("PolicyDocument"), e.policy)
	removed := members(form, "RemoveSecurityGroupId.")
	e.groups = slices.DeleteFunc(e.groups, func(id string) bool { return slices.Contains(removed, id) })
	for _, id := range members(form, "AddSecurityGroupId.") {
		if !slices.Contains(e.groups, id) {
			e.groups = append(e.groups, id)
		}
	}
	if requested := form.Get("PrivateDnsEnabled"); requested != "" {
		e.privateDNS = requested == "true"
	}
}

// defaultGroup of a VPC, asked for with the credentials of another request.
func (m *networkMemory) defaultGroup(req *http.Request, vpc string) (string, error) {
	form := url.Values{
		"Action": {"DescribeSecurityGroups"}, "Version": {"2016-11-15"},
		"Filter.1.Name": {"vpc-id"}, "Filter.1.Value.1": {vpc}, "Filter.2.Name": {"group-name"}, "Filter.2.Value.1": {"default"},
	}
	ask := req.Clone(req.Context())
	ask.Body, ask.ContentLength = io.NopCloser(strings.NewReader(form.Encode())), int64(len(form.Encode()))
	_, body, err := read(m.next, ask) //nolint:bodyclose // read closes it.
	if err != nil {
		return "", fmt.Errorf("cannot find the default group of %s: %w", vpc, err)
	}
	id := regexp.MustCompile(`<groupId>(sg-[^<]+)</groupId>`).FindStringSubmatch(body)
	if id == nil {
		return "", fmt.Errorf("cannot find the default group of %s in %s", vpc, body)
	}
	return id[1], nil
}

// restore adds the remembered settings to an answer.
func (m *networkMemory) restore(answer string) string {
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
		return tag + m.flowLogs[flowLogID().FindStringSubmatch(tag)[1]]
	})
}

func (e *endpoint) xml() string {
	policy := ""
	if e.policy != "" {
		policy = "<policyDocument>" + html.EscapeString(e.policy) + "</policyDocument>"
	}
	if e.gateway {
		return policy
	}
	var items strings.Builder
	for _, id := range e.groups {
		items.WriteString("<item><groupId>" + id + "</groupId></item>")
	}
	return policy + "<groupSet>" + items.String() + "</groupSet><privateDnsEnabled>" + strconv.FormatBool(e.privateDNS) + "</privateDnsEnabled>"
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
