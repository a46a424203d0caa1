package iampolicy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestActionsOf(t *testing.T) {
	const arn = "arn:aws:eks:ap-southeast-2:000000000000:cluster/au-dev"
	cases := map[string]struct {
		reason string
		call   Call
		want   []string
	}{
		"Form":        {"A query API names the operation.", Call{Service: "ec2", Action: "CreateVpc"}, []string{"ec2:CreateVpc"}},
		"JSON":        {"So does a JSON API.", Call{Service: "dynamodb", Action: "DescribeTable"}, []string{"dynamodb:DescribeTable"}},
		"OtherPrefix": {"A few services have another name in IAM.", Call{Service: "monitoring", Action: "PutMetricAlarm"}, []string{"cloudwatch:PutMetricAlarm"}},
		"Identity":    {"GetCallerIdentity needs no permission.", Call{Service: "sts", Action: "GetCallerIdentity"}, nil},
		"Presigned":   {"It needs none with the action in the URL either.", Call{Service: "sts", Action: "GET /?Action=GetCallerIdentity"}, nil},
		"Path":        {"In REST the method and the path are the operation.", Call{Service: "eks", Action: "POST /clusters"}, []string{"eks:CreateCluster"}},
		"Part":        {"Names are parts of the path.", Call{Service: "eks", Action: "DELETE /clusters/au-dev/addons/vpc-cni"}, []string{"eks:DeleteAddon"}},
		"Escaped":     {"A name with a slash is one part.", Call{Service: "eks", Action: "GET /clusters/c/access-entries/arn%3Aaws%3Aiam%3A%3A0%3Arole%2Fausmart%2Fx"}, []string{"eks:DescribeAccessEntry"}},
		"Tags":        {"An ARN may have slashes that are not escaped.", Call{Service: "eks", Action: "POST /tags/" + arn}, []string{"eks:TagResource"}},
		"Untag":       {"The removed tags are in the query.", Call{Service: "grafana", Action: "DELETE /tags/" + arn + "?tagKeys=a"}, []string{"grafana:UntagResource"}},
		"Prometheus":  {"Prometheus has REST too.", Call{Service: "aps", Action: "PUT /workspaces/ws-1/rulegroupsnamespaces/alerts"}, []string{"aps:PutRuleGroupsNamespace"}},
		"HeadBucket":  {"S3's permissions have other names than its operations.", Call{Service: "s3", Action: "HEAD /bucket"}, []string{"s3:ListBucket"}},
		"Slash":       {"A bucket's path may end in a slash.", Call{Service: "s3", Action: "PUT /bucket/"}, []string{"s3:CreateBucket"}},
		"Encryption":  {"A parameter chooses the operation.", Call{Service: "s3", Action: "GET /bucket?encryption="}, []string{"s3:GetEncryptionConfiguration"}},
		"Unencrypt":   {"Deleting a setting needs the permission to put it.", Call{Service: "s3", Action: "DELETE /bucket?encryption"}, []string{"s3:PutEncryptionConfiguration"}},
		"List":        {"Other parameters do not choose the operation.", Call{Service: "s3", Action: "GET /bucket?list-type=2&prefix=x"}, []string{"s3:ListBucket"}},
		"Versions":    {"versions does choose one.", Call{Service: "s3", Action: "GET /bucket?versions=&prefix="}, []string{"s3:ListBucketVersions"}},
		"DeleteAll":   {"One call may take two permissions.", Call{Service: "s3", Action: "POST /bucket?delete="}, []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}},
		"BucketTags":  {"S3's second API has tags by ARN.", Call{Service: "s3", Action: "GET /v20180820/tags/arn%3Aaws%3As3%3A%3A%3Abucket"}, []string{"s3:ListTagsForResource"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := ActionsOf(tc.call)
			if err != nil {
				t.Fatalf("%s\n%v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nActionsOf(%+v): -want, +got:\n%s", tc.reason, tc.call, diff)
			}
		})
	}
}

func TestActionsOfUnknown(t *testing.T) {
	cases := map[string]struct {
		reason string
		call   Call
		want   string
	}{
		"Service":   {"A service that nothing imitates.", Call{Service: "braket", Action: "CreateJob"}, "add the service to prefixes"},
		"Path":      {"A path that no route has.", Call{Service: "eks", Action: "GET /clusters/c/insights"}, "add it to the routes"},
		"Method":    {"A method that it does not have.", Call{Service: "eks", Action: "PATCH /clusters/c"}, "add it to the routes"},
		"Parameter": {"An unknown setting of a bucket must not count as the bucket.", Call{Service: "s3", Action: "PUT /bucket?acl="}, "add it to the routes"},
		"Object":    {"An object is no bucket.", Call{Service: "s3", Action: "PUT /bucket/key"}, "add it to the routes"},
		"Empty":     {"An empty part is no name.", Call{Service: "eks", Action: "GET /clusters/"}, "add it to the routes"},
		"NoREST":    {"A path in an API that has none.", Call{Service: "ec2", Action: "GET /"}, "add it to the routes"},
		"NoURL":     {"An invalid target.", Call{Service: "s3", Action: "GET bucket"}, "cannot read the target"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := ActionsOf(tc.call)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s\nActionsOf(%+v): want an error with %q, got %v, %v", tc.reason, tc.call, tc.want, got, err)
			}
		})
	}
}

func TestRecord(t *testing.T) {
	log := `{"msg":"this imitates AWS"}
not JSON
{"msg":"request","service":"","action":"GET /","status":501}
{"msg":"request","service":"ec2","action":"DescribeVpcs","status":200}
{"msg":"request","service":"s3","action":"HEAD /a-bucket","status":404}
{"msg":"request","service":"ec2","action":"CreateVpc","status":200}
{"msg":"request","service":"ec2","action":"DescribeVpcs","status":200}
`
	want := Recording{From: "a run", Actions: map[string][]string{"ec2": {"ec2:CreateVpc", "ec2:DescribeVpcs"}, "s3": {"s3:ListBucket"}}}
	got, err := Record(strings.NewReader(log), "a run")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	path := t.TempDir() + "/recorded.json"
	if err := got.Write(path); err != nil {
		t.Fatal(err)
	}
	read, err := ReadRecording(path)
	if diff := cmp.Diff(want, read); err != nil || diff != "" {
		t.Errorf("what is written can be read again: %v, -want, +got:\n%s", err, diff)
	}
	_, err = Record(strings.NewReader(log+`{"service":"eks","action":"GET /insights"}`+"\n"+`{"service":"x","action":"Y"}`), "a run")
	if err == nil || !strings.Contains(err.Error(), "/insights") || !strings.Contains(err.Error(), "prefixes") {
		t.Errorf("every call that cannot be translated is in the error, got %v", err)
	}
}
