package service

import (
	"slices"

	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
	"github.com/ausmart/platform/functions/internal/region"
)

const (
	roleName        = "role"
	associationName = "pod-identity"
)

// needsRole reports whether the pods need permissions in AWS. The others get no role: AWS
// refuses a policy that allows nothing.
func (s *service) needsRole() bool {
	return s.callsAWS() || s.logsInByIAM() || s.hasLogins()
}

// addRole adds the role that the pods act as. Only they may: its trust names the
// cluster, the namespace and the service account, so that an association that is made
// for another account of the cluster opens nothing. Its policy names the queues, and so
// comes after them.
func (s *service) addRole() {
	if !s.needsRole() {
		return
	}
	s.AddRole(composition.Role{
		Name: roleName, NameInAWS: nameOf(composition.RoleNameMax, s.Name),
		Trust:       composition.PodTrust(s.cluster.Status.ClusterName, s.namespace, s.workload),
		Description: "Pods of service " + s.workload + " in cluster " + s.cluster.Status.ClusterName,
	})
	s.AddRolePolicy(roleName, s.statements(), desired.After(s.queueNames()...))
	s.Desired.Add(associationName, &eksv1beta1.PodIdentityAssociation{
		Spec: eksv1beta1.PodIdentityAssociationSpec{ForProvider: eksv1beta1.PodIdentityAssociationParameters_2{
			Region:          &s.spec.Region,
			ClusterName:     &s.cluster.Status.ClusterName,
			Namespace:       &s.namespace,
			ServiceAccount:  &s.workload,
			RoleArnSelector: desired.Selector(roleName),
			Tags:            s.Tags(associationName),
		}},
	})
}

// statements allow the use of the claim's databases and queues, and nothing else. There is one for
// each group of actions, and not for each database: a role's own policies have at most 10,240
// characters together, whatever their number (IAM User Guide, IAM and AWS STS quotas, read
// 2026-11-30).
func (s *service) statements() []iampolicy.Statement {
	var secrets, secretKeys, tables, tableKeys, caches []string
	for _, d := range s.databases {
		switch d.engine {
		case v1alpha1.EngineMySQL, v1alpha1.EnginePostgres:
			secrets, secretKeys = append(secrets, d.status.SecretARN), append(secretKeys, d.keys()...)
		case v1alpha1.EngineDynamoDB:
			tables, tableKeys = append(tables, d.status.ARN, d.status.ARN+"/index/*"), append(tableKeys, d.keys()...)
		default:
			caches = append(caches, d.logins()...)
		}
	}
	all := []iampolicy.Statement{
		allow(secrets, "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"),
		s.decryptSecrets(secretKeys, secrets),
		// The actions on items; none of those on the table itself.
		allow(tables,
			"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:ConditionCheckItem",
			"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"),
		s.decrypt(tableKeys, "dynamodb"),
		allow(caches, "elasticache:Connect"),
		allow(s.queueARNs(),
			"sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
			"sqs:GetQueueUrl", "sqs:GetQueueAttributes"),
	}
	return slices.DeleteFunc(all, func(s iampolicy.Statement) bool { return len(s.Resource) == 0 })
}

func allow(resources []string, actions ...string) iampolicy.Statement {
	return iampolicy.Statement{Effect: iampolicy.Allow, Action: actions, Resource: resources}
}

// queueARNs of the queues that exist.
func (s *service) queueARNs() []string {
	var out []string
	for _, q := range s.spec.Queues {
		if arn := s.state.queues[q.Name].arn; arn != "" {
			out = append(out, arn)
		}
	}
	return out
}

// keys that encrypt the database or its secret.
func (d database) keys() []string {
	if d.status.KMSKeyARN == "" {
		return nil
	}
	return []string{d.status.KMSKeyARN}
}

// logins are a Redis that is logged in to with IAM, and its user. Who connects to a Redis without
// IAM is up to the network policies.
func (d database) logins() []string {
	if d.status.UserARN == "" {
		return nil
	}
	return []string{d.status.ARN, d.status.UserARN}
}

// decryptSecrets decrypts the logins, and nothing else that their keys encrypt: Secrets Manager
// tells KMS which secret it decrypts
// (docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html).
func (s *service) decryptSecrets(keys, secrets []string) iampolicy.Statement {
	out := s.decrypt(keys, "secretsmanager")
	out.Condition["StringEquals"]["kms:EncryptionContext:SecretARN"] = secrets
	return out
}

// decrypt with the databases' keys, by way of one AWS service only.
func (s *service) decrypt(keys []string, via string) iampolicy.Statement {
	out := allow(keys, "kms:Decrypt")
	out.Condition = iampolicy.Conditions{"StringEquals": {"kms:ViaService": {region.Host(s.spec.Region, via)}}}
	return out
}
