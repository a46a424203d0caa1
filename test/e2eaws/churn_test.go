package e2eaws

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/test/cloud/awsapi"
	"github.com/ausmart/platform/test/controlplane"
)

// watched is how long the run checks for changes when there should be none: more than twice the
// provider's poll of 30 seconds.
const watched = 75 * time.Second

// churn lists the requests that change something again and again although the resource is as
// requested, each with the reason. Any other repeated change fails the test: on AWS it would be a
// drift that never ends, or two resources that undo each other.
func churn() map[string]string {
	return map[string]string{
		"dynamodb UpdateContinuousBackups":     "ministack does not return recoveryPeriodInDays",
		"elasticache ModifyReplicationGroup":   "ministack returns autoMinorVersionUpgrade as false, whatever was requested",
		"elasticache ModifyUser":               "ministack answers no-password for a user that logs in by IAM too",
		"elasticache ResetCacheParameterGroup": "ministack returns parameters that are not set as set by the user, and the provider resets them",
		"rds ModifyDBInstance":                 "ministack does not return the log types that are exported to CloudWatch",
		"wafv2 UpdateWebACL":                   "ministack does not return customResponseBodies",
	}
}

// changesOf counts the provider's changes while no claim changes, by service and action.
func changesOf(t *testing.T, dir controlplane.Dir) map[string]int {
	t.Helper()
	log, err := os.Open(filepath.Join(string(dir), "logs", "awsapi.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	if _, err := log.Seek(0, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	t.Logf("watching for %s whether the provider changes anything", watched)
	time.Sleep(watched)
	content, err := io.ReadAll(log)
	if err != nil {
		t.Fatal(err)
	}
	return changes(content)
}

// changes counts the changes in a part of the router's log, which may start in the middle of a
// line. It leaves names out of paths.
func changes(log []byte) map[string]int {
	count := map[string]int{}
	for s := bufio.NewScanner(bytes.NewReader(log)); s.Scan(); {
		r := awsapi.Request{}
		if err := json.Unmarshal(s.Bytes(), &r); err == nil && r.Changes() {
			count[r.Service+" "+regexp.MustCompile(`/[^/?]+`).ReplaceAllString(r.Action, "/…")]++
		}
	}
	return count
}

// churnFailures lists changes without a written reason, and reasons without changes.
func churnFailures(counts map[string]int, known map[string]string) []string {
	var all []string
	for _, change := range slices.Sorted(maps.Keys(counts)) {
		if known[change] == "" {
			all = append(all, fmt.Sprintf("the provider sent %s %d times in %s though no claim changed", change, counts[change], watched))
		}
	}
	for _, change := range slices.Sorted(maps.Keys(known)) {
		if counts[change] == 0 {
			all = append(all, change+": the provider does not repeat it, though churn says so: remove that")
		}
	}
	return all
}

func TestChanges(t *testing.T) {
	log := `ice":"ec2","action":"DeleteVpc","status":200}
{"msg":"this imitates AWS"}
{"service":"ec2","action":"DescribeVpcs","status":200}
{"service":"ec2","action":"ModifyVpcEndpoint","status":200}
{"service":"ec2","action":"ModifyVpcEndpoint","status":200}
{"service":"ec2","action":"CreateVpc","status":400}
{"service":"s3","action":"PUT /a-bucket/a-key?policy=","status":204}
`
	want := map[string]int{"ec2 ModifyVpcEndpoint": 2, "s3 PUT /…/…?policy=": 1}
	got := changes([]byte(log))
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	wantFailures := []string{
		"the provider sent s3 PUT /…/…?policy= 1 times in 1m15s though no claim changed",
		"sqs CreateQueue: the provider does not repeat it, though churn says so: remove that",
	}
	if diff := gocmp.Diff(wantFailures, churnFailures(got, map[string]string{"ec2 ModifyVpcEndpoint": "x", "sqs CreateQueue": "y"})); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}
