package iampolicy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJSON(t *testing.T) {
	cases := map[string]struct {
		reason string
		got    string
		want   string
	}{
		"Identity": {
			reason: "A policy of a role names no principal, and empty elements are left out: AWS refuses them.",
			got:    JSON(Statement{Effect: Allow, Action: []string{"s3:GetObject"}, Resource: []string{"arn:aws:s3:::b/*"}}),
			want:   `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::b/*"]}]}`,
		},
		"Resource": {
			reason: "A policy of a resource names its principals, and the statements keep their order.",
			got: JSON(
				Statement{
					Sid: "TLSOnly", Effect: Deny, Principal: Everyone(), Action: []string{"s3:*"}, Resource: []string{"arn:aws:s3:::b"},
					Condition: Conditions{"Bool": {"aws:SecureTransport": {"false"}}},
				},
				Statement{Sid: "Account", Effect: Allow, Principal: AWS("arn:aws:iam::123456789012:root"), Action: []string{"kms:*"}, Resource: []string{"*"}},
			),
			want: `{"Version":"2012-10-17","Statement":[` +
				`{"Sid":"TLSOnly","Effect":"Deny","Principal":{"AWS":["*"]},"Action":["s3:*"],"Resource":["arn:aws:s3:::b"],"Condition":{"Bool":{"aws:SecureTransport":["false"]}}},` +
				`{"Sid":"Account","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::123456789012:root"]},"Action":["kms:*"],"Resource":["*"]}]}`,
		},
		"Order": {
			reason: "The keys of conditions are sorted: the same policy has the same text each time.",
			got: JSON(Statement{Effect: Allow, Action: []string{"sqs:SendMessage"}, Condition: Conditions{
				"StringEquals": {"aws:SourceArn": {"z", "a"}, "aws:SourceAccount": {"1"}},
				"ArnLike":      {"aws:SourceArn": {"x"}},
			}}),
			want: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:SendMessage"],` +
				`"Condition":{"ArnLike":{"aws:SourceArn":["x"]},"StringEquals":{"aws:SourceAccount":["1"],"aws:SourceArn":["z","a"]}}}]}`,
		},
		"Trust": {
			reason: "A role is trusted to a service; a trust policy has no resource.",
			got:    Trust("vpc-flow-logs.amazonaws.com", nil),
			want:   `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["vpc-flow-logs.amazonaws.com"]},"Action":["sts:AssumeRole"]}]}`,
		},
		"TrustWithConditions": {
			reason: "The trust of a service may have conditions.",
			got:    Trust("eks.amazonaws.com", Conditions{"StringEquals": {"aws:SourceAccount": {"123456789012"}}}),
			want: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["eks.amazonaws.com"]},"Action":["sts:AssumeRole"],` +
				`"Condition":{"StringEquals":{"aws:SourceAccount":["123456789012"]}}}]}`,
		},
		"Quotes": {
			reason: "Text of a claim stays inside its JSON string.",
			got:    JSON(Statement{Effect: Allow, Action: []string{`a"],"Resource":["*`}}),
			want:   `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a\"],\"Resource\":[\"*"]}]}`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestARN(t *testing.T) {
	cases := map[string]struct {
		reason    string
		partition string
		arn       func(partition string) string
		want      string
	}{
		"Bucket": {
			reason:    "A bucket has neither region nor account.",
			partition: "aws",
			arn:       func(p string) string { return ARN(p, "s3", "", "", "b") },
			want:      "arn:aws:s3:::b",
		},
		"China": {
			reason:    "The regions of China are a partition of their own.",
			partition: "aws-cn",
			arn:       func(p string) string { return ARN(p, "s3", "", "", "b") },
			want:      "arn:aws-cn:s3:::b",
		},
		"GovCloud": {
			reason:    "The government's regions are a partition of their own, though their names start as others do.",
			partition: "aws-us-gov",
			arn: func(p string) string {
				return ARN(p, "logs", "us-gov-west-1", "123456789012", "log-group:/x")
			},
			want: "arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:/x",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.arn(tc.partition)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
