package network

import (
	"slices"

	"k8s.io/utils/ptr"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

// endpointPolicy lets the principals of the claim's accounts use an endpoint, so that no one takes
// data out with the credentials of another account. It is nil, which allows all, for services of
// which AWS does not say that they take a policy, and while the account is not known.
func (n *network) endpointPolicy(service string) *string {
	if n.Account == "" {
		return nil
	}
	own := iampolicy.Statement{
		Sid: "OwnAccounts", Effect: iampolicy.Allow, Principal: iampolicy.Everyone(), Action: []string{"*"}, Resource: []string{"*"},
		Condition: iampolicy.Conditions{"StringEquals": {"aws:PrincipalAccount": n.accounts()}},
	}
	statements := []iampolicy.Statement{own}
	switch service {
	case "dynamodb", "ecr.api", "ecr.dkr", "secretsmanager", "sqs", "logs", "xray", "aps-workspaces":
	case "s3":
		statements = append(statements, reads())
	case "sts":
		statements = append(statements, n.federation())
	default:
		return nil
	}
	text := iampolicy.JSON(statements...)
	return &text
}

// accounts whose principals may use the endpoints: the network's own, and those that it trusts.
func (n *network) accounts() []string {
	all := append([]string{n.Account}, ptr.Deref(n.spec.VPCEndpoints, v1alpha1.VPCEndpoints{}).TrustedAccounts...)
	slices.Sort(all)
	return slices.Compact(all)
}

// reads let everyone read objects. The layers of images come from buckets of ECR, by URLs that ECR
// signs (docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html), those of registry.k8s.io
// from buckets that anyone can read, and so do the packages of Amazon Linux
// (docs.aws.amazon.com/linux/al2023/ug/managing-repos-os-updates.html; read 2026-11-30). A list of
// all of them would be wrong as soon as an image has another registry.
func reads() iampolicy.Statement {
	return iampolicy.Statement{
		Sid: "EveryoneReads", Effect: iampolicy.Allow, Principal: iampolicy.Everyone(), Action: []string{"s3:GetObject"}, Resource: []string{"*"},
	}
}

// federation lets those in who have no account yet, such as pods with a token of their own: for
// roles of the same accounts
// (github.com/aws-samples/data-perimeter-policy-examples, vpc_endpoint_policies, read 2026-11-30).
func (n *network) federation() iampolicy.Statement {
	return iampolicy.Statement{
		Sid: "Federation", Effect: iampolicy.Allow, Principal: iampolicy.Everyone(), Resource: []string{"*"},
		Action:    []string{"sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"},
		Condition: iampolicy.Conditions{"StringEquals": {"aws:ResourceAccount": n.accounts()}},
	}
}
