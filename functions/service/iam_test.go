package service

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

// document of a policy in a composed resource.
func document(t *testing.T, p *functiontest.ControlPlane, resource, field string) []iampolicy.Statement {
	t.Helper()
	text, _ := p.ForProvider(resource)[field].(string)
	var d iampolicy.Document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatalf("%s: %q is no policy: %v", resource, text, err)
	}
	return d.Statement
}

// TestLeastPrivilege lists everything that each service of the store in production may do
// in AWS.
func TestLeastPrivilege(t *testing.T) {
	const account = ":ap-southeast-2:123456789012:"
	allow := func(condition iampolicy.Conditions, resources []string, actions ...string) iampolicy.Statement {
		return iampolicy.Statement{Effect: iampolicy.Allow, Action: actions, Resource: resources, Condition: condition}
	}
	keys := map[string]string{"catalog": "key-fe11863198e5ff116", "orders": "key-c82cd33f14490cc0a", "cart": "key-c8ad345e66339783a"}
	secret := func(name string) []iampolicy.Statement {
		arn := "arn:aws:secretsmanager" + account + "secret:rds!db-" + name + "-x7k2p"
		return []iampolicy.Statement{
			allow(nil, []string{arn}, "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"),
			allow(iampolicy.Conditions{"StringEquals": {
				"kms:ViaService":                  {"secretsmanager.ap-southeast-2.amazonaws.com"},
				"kms:EncryptionContext:SecretARN": {arn},
			}}, []string{"arn:aws:kms" + account + "key/" + keys[name]}, "kms:Decrypt"),
		}
	}
	table := "arn:aws:dynamodb" + account + "table/cart-x7k2p"
	want := map[string][]iampolicy.Statement{
		"catalog": secret("catalog"),
		"orders": append(secret("orders"), allow(nil, []string{"arn:aws:sqs" + account + "orders-x7k2p-events"},
			"sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl", "sqs:GetQueueAttributes")),
		"checkout": {allow(nil, []string{
			"arn:aws:elasticache" + account + "replicationgroup:checkout-x7k2p", "arn:aws:elasticache" + account + "user:checkout-x7k2p-app",
		}, "elasticache:Connect")},
		"cart": {
			allow(nil, []string{table, table + "/index/*"},
				"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:ConditionCheckItem",
				"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"),
			allow(iampolicy.Conditions{"StringEquals": {"kms:ViaService": {"dynamodb.ap-southeast-2.amazonaws.com"}}},
				[]string{"arn:aws:kms" + account + "key/" + keys["cart"]}, "kms:Decrypt"),
		},
	}
	got := map[string][]iampolicy.Statement{}
	for _, name := range store() {
		p := kit().NewExample(t, "au-prod/"+name)
		p.Settle(t)
		if !p.Has(roleName) {
			continue // The ui has nothing to do in AWS, and so no role.
		}
		got[name] = document(t, p, composition.RolePolicyName(roleName), "policy")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what each service may do: -want, +got:\n%s", diff)
	}
}

// TestPolicyFits gives a service as many databases and queues as the schema allows, in every mix of
// engines, with the longest names: the policy stays within IAM's limit.
func TestPolicyFits(t *testing.T) {
	const inlineMax = 10240
	arn := func(service, resource string) string {
		return "arn:aws-us-gov:" + service + ":ap-southeast-2:123456789012:" + resource
	}
	key := arn("kms", "key/"+strings.Repeat("k", 36))
	most := functiontest.MaxItems(t, "Service", "databases")
	status := map[v1alpha1.DatabaseEngine]v1alpha1.DatabaseStatus{
		// RDS names a secret after the instance's id, and Secrets Manager adds six letters.
		v1alpha1.EnginePostgres: {KMSKeyARN: key, SecretARN: arn("secretsmanager", "secret:rds!db-"+strings.Repeat("s", 36)+"-abcdef")},
		// A composite's name has 63 characters, a table's a digest more.
		v1alpha1.EngineDynamoDB: {KMSKeyARN: key, ARN: arn("dynamodb", "table/"+strings.Repeat("t", 72))},
		v1alpha1.EngineRedis: {
			ARN: arn("elasticache", "replicationgroup:"+strings.Repeat("r", 40)), UserARN: arn("elasticache", "user:"+strings.Repeat("u", 40)),
		},
	}
	s := &service{Composition: &composition.Composition{}, spec: v1alpha1.ServiceSpec{CommonSpec: v1alpha1.CommonSpec{Region: "ap-southeast-2"}}, state: state{queues: map[string]queue{}}}
	for i := range functiontest.MaxItems(t, "Service", "queues") {
		name := strconv.Itoa(i)
		s.spec.Queues = append(s.spec.Queues, v1alpha1.Queue{Name: name})
		s.state.queues[name] = queue{arn: arn("sqs", strings.Repeat("q", queueNameMax))}
	}
	longest := 0
	for postgres := range most + 1 {
		for redis := range most + 1 - postgres {
			s.databases = nil
			for engine, n := range map[v1alpha1.DatabaseEngine]int{
				v1alpha1.EnginePostgres: postgres, v1alpha1.EngineRedis: redis, v1alpha1.EngineDynamoDB: most - postgres - redis,
			} {
				s.databases = append(s.databases, slices.Repeat([]database{{engine: engine, status: status[engine]}}, n)...)
			}
			longest = max(longest, len(iampolicy.JSON(s.statements()...)))
		}
	}
	t.Logf("the longest policy has %d characters", longest)
	if longest > inlineMax {
		t.Errorf("the longest policy has %d characters; IAM takes %d", longest, inlineMax)
	}
}

// TestTrust lets only the service's own pods act as its role.
func TestTrust(t *testing.T) {
	p := kit().NewExample(t, "au-prod/orders")
	p.Settle(t)
	want := []iampolicy.Statement{{
		Effect: iampolicy.Allow, Principal: iampolicy.Service("pods.eks.amazonaws.com"), Action: []string{"sts:AssumeRole", "sts:TagSession"},
		Condition: iampolicy.Conditions{"StringEquals": {
			"aws:RequestTag/eks-cluster-name":           {p.ForProvider(associationName)["clusterName"].(string)},
			"aws:RequestTag/kubernetes-namespace":       {"store"},
			"aws:RequestTag/kubernetes-service-account": {"orders"},
		}},
	}}
	if diff := cmp.Diff(want, document(t, p, roleName, "assumeRolePolicy")); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// TestStatements has the statements that no example has.
func TestStatements(t *testing.T) {
	cases := map[string]struct {
		reason string
		spec   map[string]any
		change func(p *functiontest.ControlPlane)
		want   []iampolicy.Statement
	}{
		"NoKey": {
			reason: "A secret that AWS's own key encrypts needs no permission for a key.",
			spec:   map[string]any{"databases": []any{map[string]any{"name": "orders"}}},
			want: []iampolicy.Statement{{
				Effect: iampolicy.Allow, Action: []string{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"},
				Resource: []string{"arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:rds!db-orders-x7k2p"},
			}},
		},
		"Several": {
			reason: "Databases of one kind share a statement.",
			spec:   map[string]any{"databases": []any{map[string]any{"name": "orders"}, map[string]any{"name": "catalog"}}},
			want: []iampolicy.Statement{{
				Effect: iampolicy.Allow, Action: []string{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"},
				Resource: []string{
					"arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:rds!db-orders-x7k2p",
					"arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:rds!db-catalog-x7k2p",
				},
			}},
		},
		"OpenRedis": {
			reason: "A Redis without IAM needs no permission.",
			spec:   map[string]any{"databases": []any{map[string]any{"name": "checkout"}}},
		},
		"China": {
			reason: "AWS in China has other names.",
			spec:   map[string]any{"databases": []any{map[string]any{"name": "cart"}}},
			change: func(p *functiontest.ControlPlane) {
				functiontest.Elsewhere(p, "cn-north-1")
				p.Require("XDatabase/cart", functiontest.With(p.Required("XDatabase/cart"), "status", map[string]any{
					"conditions": []any{map[string]any{"type": "Ready", "status": "True"}}, "region": "cn-north-1",
					"tableName": "cart", "arn": "arn:aws-cn:dynamodb:cn-north-1:1:table/cart", "kmsKeyArn": "arn:aws-cn:kms:cn-north-1:1:key/cart",
				}))
			},
			want: []iampolicy.Statement{
				{
					Effect: iampolicy.Allow,
					Action: []string{
						"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:ConditionCheckItem",
						"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
					},
					Resource: []string{"arn:aws-cn:dynamodb:cn-north-1:1:table/cart", "arn:aws-cn:dynamodb:cn-north-1:1:table/cart/index/*"},
				},
				{
					Effect: iampolicy.Allow, Action: []string{"kms:Decrypt"}, Resource: []string{"arn:aws-cn:kms:cn-north-1:1:key/cart"},
					Condition: iampolicy.Conditions{"StringEquals": {"kms:ViaService": {"dynamodb.cn-north-1.amazonaws.com.cn"}}},
				},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "statements", tc.spec)
			if tc.change != nil {
				tc.change(p)
			}
			p.Settle(t)
			var got []iampolicy.Statement
			if p.Has(composition.RolePolicyName(roleName)) {
				got = document(t, p, composition.RolePolicyName(roleName), "policy")
			}
			if (p.Has(roleName)) != (got != nil) {
				t.Errorf("%s\na role without a policy, or a policy that allows nothing", tc.reason)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
