package awsapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// forgetful answers as ministack does: without groups, private DNS and intervals.
func forgetful(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // The tests send good ones.
	switch r.PostForm.Get("Action") {
	case "DescribeSecurityGroups":
		_, _ = io.WriteString(w, "<item><groupId>sg-default-of-"+r.PostForm.Get("Filter.1.Value.1")+"</groupId></item>")
	case "CreateVpcEndpoint", "DescribeVpcEndpoints":
		_, _ = io.WriteString(w, "<e><vpcEndpointId>vpce-1</vpcEndpointId></e>")
	case "CreateFlowLogs", "DescribeFlowLogs":
		_, _ = io.WriteString(w, "<e><item>fl-1</item><flowLogId>fl-1</flowLogId></e>")
	}
}

func TestNetworkMemory(t *testing.T) {
	create := "Action=CreateVpcEndpoint&VpcId=vpc-1&VpcEndpointType=Interface&PrivateDnsEnabled=true"
	cases := map[string]struct {
		reason   string
		requests []string
		want     string // the last answer
	}{
		"DefaultGroup": {
			reason:   "An endpoint that names no group has the VPC's default one.",
			requests: []string{create},
			want: "<e><vpcEndpointId>vpce-1</vpcEndpointId><groupSet><item><groupId>sg-default-of-vpc-1</groupId></item></groupSet>" +
				"<privateDnsEnabled>true</privateDnsEnabled></e>",
		},
		"NamedGroups": {
			reason:   "An endpoint that names groups has those.",
			requests: []string{create + "&SecurityGroupId.1=sg-1&SecurityGroupId.2=sg-2", "Action=DescribeVpcEndpoints"},
			want: "<e><vpcEndpointId>vpce-1</vpcEndpointId><groupSet><item><groupId>sg-1</groupId></item><item><groupId>sg-2</groupId></item></groupSet>" +
				"<privateDnsEnabled>true</privateDnsEnabled></e>",
		},
		"Replaced": {
			reason: "Groups are added and removed, each only once.",
			requests: []string{
				create,
				"Action=ModifyVpcEndpoint&VpcEndpointId=vpce-1&AddSecurityGroupId.1=sg-1",
				"Action=ModifyVpcEndpoint&VpcEndpointId=vpce-1&AddSecurityGroupId.1=sg-1&RemoveSecurityGroupId.1=sg-default-of-vpc-1&PrivateDnsEnabled=false",
				"Action=DescribeVpcEndpoints",
			},
			want: "<e><vpcEndpointId>vpce-1</vpcEndpointId><groupSet><item><groupId>sg-1</groupId></item></groupSet>" +
				"<privateDnsEnabled>false</privateDnsEnabled></e>",
		},
		"Gateway": {
			reason:   "A gateway endpoint has neither groups nor private DNS.",
			requests: []string{"Action=CreateVpcEndpoint&VpcId=vpc-1&VpcEndpointType=Gateway"},
			want:     "<e><vpcEndpointId>vpce-1</vpcEndpointId></e>",
		},
		"Policy": {
			reason: "An endpoint keeps its policy, and a changed one, in XML.",
			requests: []string{
				"Action=CreateVpcEndpoint&VpcId=vpc-1&VpcEndpointType=Gateway&PolicyDocument=1",
				`Action=ModifyVpcEndpoint&VpcEndpointId=vpce-1&PolicyDocument={"a":"<"}`, "Action=DescribeVpcEndpoints",
			},
			want: "<e><vpcEndpointId>vpce-1</vpcEndpointId><policyDocument>{&#34;a&#34;:&#34;&lt;&#34;}</policyDocument></e>",
		},
		"FlowLog": {
			reason:   "A flow log keeps its interval and its role.",
			requests: []string{"Action=CreateFlowLogs&MaxAggregationInterval=600&DeliverLogsPermissionArn=arn:x", "Action=DescribeFlowLogs"},
			want: "<e><item>fl-1</item><flowLogId>fl-1</flowLogId><maxAggregationInterval>600</maxAggregationInterval>" +
				"<deliverLogsPermissionArn>arn:x</deliverLogsPermissionArn></e>",
		},
		"FlowLogToBucket": {
			reason: "A flow log to a bucket keeps its file format, which AWS cannot change.",
			requests: []string{
				"Action=CreateFlowLogs&MaxAggregationInterval=600&DestinationOptions.FileFormat=parquet&DestinationOptions.PerHourPartition=true",
				"Action=DescribeFlowLogs",
			},
			want: "<e><item>fl-1</item><flowLogId>fl-1</flowLogId><maxAggregationInterval>600</maxAggregationInterval>" +
				"<deliverLogsPermissionArn></deliverLogsPermissionArn><destinationOptions><fileFormat>parquet</fileFormat>" +
				"<hiveCompatiblePartitions>false</hiveCompatiblePartitions><perHourPartition>true</perHourPartition></destinationOptions></e>",
		},
		"Unknown": {
			reason:   "Resources that were made before this program started keep ministack's answer.",
			requests: []string{"Action=ModifyVpcEndpoint&VpcEndpointId=vpce-1&AddSecurityGroupId.1=sg-1", "Action=DescribeVpcEndpoints"},
			want:     "<e><vpcEndpointId>vpce-1</vpcEndpointId></e>",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(forgetful))
			defer s.Close()
			c := &http.Client{Transport: newNetworkMemory(http.DefaultTransport)}
			got := ""
			for _, form := range tc.requests {
				got = post(t, c, s.URL, form)
			}
			if got != tc.want {
				t.Errorf("%s\nwant %s\ngot  %s", tc.reason, tc.want, got)
			}
		})
	}
}

func post(t *testing.T, c *http.Client, url, form string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rsp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rsp.Body.Close() }()
	body, err := io.ReadAll(rsp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if rsp.ContentLength != int64(len(body)) {
		t.Errorf("%s: %d bytes are announced, %d came", form, rsp.ContentLength, len(body))
	}
	return string(body)
}

func TestClusterMemory(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/clusters/other/addons":
			_, _ = io.WriteString(w, "{}")
			return
		case "/clusters/c/node-groups":
			_, _ = io.WriteString(w, `{"nodegroup":{"nodegroupName":"c"}}`)
			return
		}
		_, _ = io.WriteString(w, `{"cluster":{"name":"c","version":"1.34","certificateAuthority":{"data":""}}}`)
	}))
	defer s.Close()
	c := &http.Client{Transport: newClusterMemory(http.DefaultTransport)}
	const plain = `{"cluster":{"certificateAuthority":{"data":"bm8gY2x1c3RlciBpcyBiZWhpbmQgdGhpcw=="},"name":"c","version":"1.34"}}`
	const kept = `{"cluster":{"certificateAuthority":{"data":"bm8gY2x1c3RlciBpcyBiZWhpbmQgdGhpcw=="},"deletionProtection":true,"name":"c",` +
		`"upgradePolicy":{"supportType":"STANDARD"},"version":"1.34"}}`
	steps := []struct{ reason, path, body, want string }{
		{"A cluster that was made before this program started gets an authority only.", "/clusters/c/x", "{}", plain},
		{"Requested settings are remembered.", "/clusters", `{"name":"c","deletionProtection":true,"upgradePolicy":{"supportType":"STANDARD"},"version":"9"}`, kept},
		{"They are in later answers too.", "/clusters/c/x", "{}", kept},
		{
			"A node group keeps its launch template.", "/clusters/c/node-groups", `{"nodegroupName":"c","launchTemplate":{"id":"lt-1"}}`,
			`{"nodegroup":{"launchTemplate":{"id":"lt-1"},"nodegroupName":"c"}}`,
		},
		{"An answer about something else stays as it is.", "/clusters/other/addons", "{}", "{}"},
	}
	for _, step := range steps {
		if got := post(t, c, s.URL+step.path, step.body); got != step.want {
			t.Errorf("%s\nwant %s\ngot  %s", step.reason, step.want, got)
		}
	}
}

func TestSecretMemory(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // The test sends good ones.
		_, _ = io.WriteString(w, "<DBInstanceIdentifier>"+r.PostForm.Get("DBInstanceIdentifier")+"</DBInstanceIdentifier>")
	}))
	defer s.Close()
	c := &http.Client{Transport: newSecretMemory(http.DefaultTransport)}
	const secret = "<MasterUserSecret><SecretArn>arn:aws:secretsmanager::000000000000:secret:rds!db-a</SecretArn><SecretStatus>active</SecretStatus></MasterUserSecret>"
	steps := []struct{ reason, form, want string }{
		{"An instance with a password has no secret.", "Action=CreateDBInstance&DBInstanceIdentifier=b", "<DBInstanceIdentifier>b</DBInstanceIdentifier>"},
		{
			"RDS makes a secret when it is asked to.", "Action=CreateDBInstance&DBInstanceIdentifier=a&ManageMasterUserPassword=true",
			"<DBInstanceIdentifier>a</DBInstanceIdentifier>" + secret,
		},
		{"The secret is in later answers too.", "Action=DescribeDBInstances&DBInstanceIdentifier=a", "<DBInstanceIdentifier>a</DBInstanceIdentifier>" + secret},
	}
	for _, step := range steps {
		if got := post(t, c, s.URL, step.form); got != step.want {
			t.Errorf("%s\nwant %s\ngot  %s", step.reason, step.want, got)
		}
	}
}

func TestCacheMemory(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<a>on ~* &* +@all</a><b>a &amp; b &#38; c</b><ReplicationGroupId>r</ReplicationGroupId>")
	}))
	defer s.Close()
	c := &http.Client{Transport: newCacheMemory(http.DefaultTransport)}
	want := "<a>on ~* &amp;* +@all</a><b>a &amp; b &#38; c</b><ReplicationGroupId>r</ReplicationGroupId>"
	if got := post(t, c, s.URL, "Action=DescribeReplicationGroups"); got != want {
		t.Errorf("Entities stay, other ampersands are escaped, and an unknown key is not made up:\nwant %s\ngot  %s", want, got)
	}
	post(t, c, s.URL, "Action=CreateReplicationGroup&ReplicationGroupId=r&KmsKeyId=arn:k")
	if got := post(t, c, s.URL, "Action=DescribeReplicationGroups"); got != want+"<KmsKeyId>arn:k</KmsKeyId>" {
		t.Errorf("A group keeps its key:\nwant %s\ngot  %s", want+"<KmsKeyId>arn:k</KmsKeyId>", got)
	}
}

func TestLoggingMemory(t *testing.T) {
	const (
		config  = `{"ResourceArn":"arn:acl","LogDestinationConfigs":["arn:group"]}`
		of      = `{"ResourceArn":"arn:acl"}`
		missing = `{"__type":"WAFNonexistentItemException","message":"AWS WAF couldn't perform the operation because your resource doesn't exist."}`
	)
	c := &http.Client{Transport: newLoggingMemory(http.DefaultTransport)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "passed on") }))
	defer s.Close()
	for _, call := range []struct{ action, body, want string }{
		{"GetLoggingConfiguration", of, missing},
		{"PutLoggingConfiguration", `{"LoggingConfiguration":` + config + `}`, `{"LoggingConfiguration":` + config + `}`},
		{"GetLoggingConfiguration", of, `{"LoggingConfiguration":` + config + `}`},
		{"DeleteLoggingConfiguration", of, `{}`},
		{"GetLoggingConfiguration", of, missing},
		{"GetWebACL", `{}`, "passed on"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, strings.NewReader(call.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Amz-Target", "AWSWAF_20190729."+call.action)
		rsp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(rsp.Body)
		_ = rsp.Body.Close()
		if err != nil || string(got) != call.want {
			t.Errorf("%s: want %s, got %s (%v)", call.action, call.want, got, err)
		}
	}
}
