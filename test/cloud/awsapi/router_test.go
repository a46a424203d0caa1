package awsapi_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/test/cloud/awsapi"
	"github.com/ausmart/platform/test/pypi"
)

// signed is the header of a request to a service.
func signed(service string) string {
	return "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260131/ap-southeast-2/" + service + "/aws4_request, SignedHeaders=host, Signature=00"
}

func TestRouter(t *testing.T) {
	type answer struct {
		Code int
		Body string
		Log  string
	}
	cases := map[string]struct {
		reason string
		target string
		header http.Header
		body   string
		want   answer
	}{
		"Form": {
			reason: "EC2 and its like name the action in a form, which must still arrive.",
			target: "/",
			header: http.Header{"Authorization": {signed("ec2")}, "Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}},
			body:   "Action=DescribeVpcs&Version=2016-11-15",
			want: answer{200, "ministack: aws.test / Action=DescribeVpcs&Version=2016-11-15",
				"service=ec2 action=DescribeVpcs status=200"},
		},
		"Target": {
			reason: "JSON services name it in a header.",
			target: "/",
			header: http.Header{"Authorization": {signed("dynamodb")}, "X-Amz-Target": {"DynamoDB_20120810.CreateTable"}},
			body:   "{}",
			want:   answer{200, "ministack: aws.test / {}", "service=dynamodb action=CreateTable status=200"},
		},
		"Path": {
			reason: "REST services have it in the path. What ministack does not have goes to moto.",
			target: "/workspaces?maxResults=1",
			header: http.Header{"Authorization": {signed("aps")}},
			want: answer{200, "moto: aws.test /workspaces?maxResults=1 ",
				`service=aps action="GET /workspaces?maxResults=1" status=200`},
		},
		"Presigned": {
			reason: "A presigned URL carries the signature itself.",
			target: "/?X-Amz-Credential=AKIDEXAMPLE%2F20260131%2Fap-southeast-2%2Fsts%2Faws4_request",
			want: answer{200, "ministack: aws.test /?X-Amz-Credential=AKIDEXAMPLE%2F20260131%2Fap-southeast-2%2Fsts%2Faws4_request ",
				`service=sts action="GET /?X-Amz-Credential=AKIDEXAMPLE%2F20260131%2Fap-southeast-2%2Fsts%2Faws4_request" status=200`},
		},
		"Unknown": {
			reason: "A service without an imitation is named, with what to do.",
			target: "/",
			header: http.Header{"Authorization": {signed("braket")}},
			want: answer{501, `nothing imitates the AWS service "braket" here: add it to test/cloud/awsapi/services.go` + "\n",
				`service=braket action="GET /" status=501`},
		},
		"Ours": {
			reason: "This package answers for a service that neither has.",
			target: "/workspaces/g-1",
			header: http.Header{"Authorization": {signed("grafana")}},
			want: answer{404, `{"message":"there is no workspace g-1","resourceId":"g-1","resourceType":"workspace"}` + "\n",
				`service=grafana action="GET /workspaces/g-1" status=404`},
		},
		"Unsigned": {
			reason: "A request without a service is refused in the same way.",
			target: "/",
			want: answer{501, `nothing imitates the AWS service "" here: add it to test/cloud/awsapi/services.go` + "\n",
				`service="" action="GET /" status=501`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			log := &bytes.Buffer{}
			r, err := awsapi.NewRouter(map[string]*url.URL{
				pypi.Ministack: imitation(t, pypi.Ministack), pypi.Moto: imitation(t, pypi.Moto),
			}, slog.New(slog.NewTextHandler(log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			method := http.MethodGet
			if tc.body != "" {
				method = http.MethodPost
			}
			req := httptest.NewRequestWithContext(t.Context(), method, tc.target, strings.NewReader(tc.body))
			req.Header, req.Host = tc.header, "aws.test"
			if req.Header == nil {
				req.Header = http.Header{}
			}
			w := httptest.NewRecorder()
			r.ServeHTTP(w, req)
			_, logged, _ := strings.Cut(strings.TrimSpace(log.String()), "msg=request ")
			if diff := cmp.Diff(tc.want, answer{w.Code, w.Body.String(), logged}); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRequestChanges(t *testing.T) {
	cases := map[string]struct {
		reason  string
		request awsapi.Request
		want    bool
	}{
		"Describe": {reason: "To read changes nothing.", request: awsapi.Request{Action: "DescribeVpcs", Status: 200}},
		"Path":     {reason: "Nor does it in REST.", request: awsapi.Request{Action: "GET /clusters", Status: 200}},
		"Modify":   {reason: "To modify does.", request: awsapi.Request{Action: "ModifyVpcAttribute", Status: 200}, want: true},
		"Put":      {reason: "So does a PUT.", request: awsapi.Request{Action: "PUT /bucket?policy=", Status: 204}, want: true},
		"Refused":  {reason: "A refused request changed nothing.", request: awsapi.Request{Action: "CreateVpc", Status: 400}},
		"Other":    {reason: "A line that is no request.", request: awsapi.Request{}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := tc.request.Changes(); got != tc.want {
				t.Errorf("%s\n%+v.Changes(): want %t, got %t", tc.reason, tc.request, tc.want, got)
			}
		})
	}
}

func TestNewRouterWantsEveryProgram(t *testing.T) {
	_, err := awsapi.NewRouter(map[string]*url.URL{pypi.Ministack: {}}, slog.Default())
	if err == nil || !strings.Contains(err.Error(), "moto has no address") {
		t.Errorf("want an error that names moto, got %v", err)
	}
}

// imitation answers with its name and the request.
func imitation(t *testing.T, name string) *url.URL {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, name+": "+r.Host+" "+r.URL.RequestURI()+" "+string(body))
	}))
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
