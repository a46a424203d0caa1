package service

import (
	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
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

// statements allow the use of the claim's databases and queues, and nothing else.
func (s *service) statements() []iampolicy.Statement {
	var out []iampolicy.Statement
	for _, d := range s.databases {
		switch d.engine {
		case v1alpha1.EngineMySQL, v1alpha1.EnginePostgres:
			out = append(out, s.readSecret(d)...)
		case v1alpha1.EngineDynamoDB:
			out = append(out, s.useTable(d)...)
		default:
			out = append(out, connect(d)...)
		}
	}
	var queues []string
	for _, q := range s.spec.Queues {
		if arn := s.state.queues[q.Name].arn; arn != "" {
			queues = append(queues, arn)
		}
	}
	if len(queues) > 0 {
		out = append(out, iampolicy.Statement{
			Effect: iampolicy.Allow,
			Action: []string{
				"sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
				"sqs:GetQueueUrl", "sqs:GetQueueAttributes",
			},
			Resource: queues,
		})
	}
	return out
}

// readSecret reads the login of the database, and nothing else that its key
// encrypts: Secrets Manager tells KMS which secret it decrypts
// (docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html).
func (s *service) readSecret(d database) []iampolicy.Statement {
	out := []iampolicy.Statement{{
		Effect:   iampolicy.Allow,
		Action:   []string{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"},
		Resource: []string{d.status.SecretARN},
	}}
	if d.status.KMSKeyARN != "" {
		decrypt := s.decrypt(d, "secretsmanager")
		decrypt.Condition["StringEquals"]["kms:EncryptionContext:SecretARN"] = []string{d.status.SecretARN}
		out = append(out, decrypt)
	}
	return out
}

// useTable has the actions on items, for the table and its indexes; none of those
// on the table itself.
func (s *service) useTable(d database) []iampolicy.Statement {
	out := []iampolicy.Statement{{
		Effect: iampolicy.Allow,
		Action: []string{
			"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:ConditionCheckItem",
			"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
		},
		Resource: []string{d.status.ARN, d.status.ARN + "/index/*"},
	}}
	if d.status.KMSKeyARN != "" {
		out = append(out, s.decrypt(d, "dynamodb"))
	}
	return out
}

// decrypt with the database's key, by way of one AWS service only.
func (s *service) decrypt(d database, via string) iampolicy.Statement {
	suffix := ".amazonaws.com"
	if s.Partition() == "aws-cn" {
		suffix += ".cn"
	}
	return iampolicy.Statement{
		Effect: iampolicy.Allow, Action: []string{"kms:Decrypt"}, Resource: []string{d.status.KMSKeyARN},
		Condition: iampolicy.Conditions{"StringEquals": {"kms:ViaService": {via + "." + s.spec.Region + suffix}}},
	}
}

// connect lets the pods log in to a Redis with IAM. Who connects to a Redis without IAM is
// up to the network policies.
func connect(d database) []iampolicy.Statement {
	if d.status.UserARN == "" {
		return nil
	}
	return []iampolicy.Statement{{
		Effect: iampolicy.Allow, Action: []string{"elasticache:Connect"}, Resource: []string{d.status.ARN, d.status.UserARN},
	}}
}
