package service

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"
	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/policy"
)

const (
	roleName        = "role"
	rolePolicyName  = "role-policy"
	associationName = "pod-identity"

	// roleNameMax is the longest name of an IAM role (CreateRole API, read 2026-11).
	roleNameMax = 64
)

// needsRole says whether the pods have anything to do in AWS. Those that do not get
// no role at all: a policy that allows nothing is none that AWS takes.
func (s *service) needsRole() bool {
	return s.callsAWS() || s.logsInByIAM() || len(s.logins()) > 0
}

// addRole adds the role that the pods act as. Only they may: its trust names the
// cluster, the namespace and the service account, so that an association made by
// somebody else for another account of the cluster opens nothing.
func (s *service) addRole() {
	if !s.needsRole() {
		return
	}
	s.want.Add(roleName, iamv1beta1.Role_GroupVersionKind, &iamv1beta1.Role{
		ObjectMeta: s.externalName(roleName, clip(roleNameMax, s.composite)),
		Spec: iamv1beta1.RoleSpec{ForProvider: iamv1beta1.RoleParameters{
			AssumeRolePolicy: new(s.trust()),
			Description:      new("Pods of service " + s.name + " in cluster " + s.cluster.Status.ClusterName),
			Tags:             s.tags(roleName),
		}},
	})
	if s.queuesKnown() || s.obs.Has(rolePolicyName) {
		s.want.Add(rolePolicyName, iamv1beta1.RolePolicy_GroupVersionKind, &iamv1beta1.RolePolicy{
			Spec: iamv1beta1.RolePolicySpec{ForProvider: iamv1beta1.RolePolicyParameters{
				RoleSelector: desired.Selector(roleName),
				Policy:       new(policy.JSON(s.statements()...)),
			}},
		})
	} else {
		s.held = append(s.held, rolePolicyName)
	}
	s.want.Add(associationName, eksv1beta1.PodIdentityAssociation_GroupVersionKind, &eksv1beta1.PodIdentityAssociation{
		Spec: eksv1beta1.PodIdentityAssociationSpec{ForProvider: eksv1beta1.PodIdentityAssociationParameters_2{
			Region:          &s.spec.Region,
			ClusterName:     &s.cluster.Status.ClusterName,
			Namespace:       &s.namespace,
			ServiceAccount:  &s.name,
			RoleArnSelector: desired.Selector(roleName),
			Tags:            s.tags(associationName),
		}},
	})
}

// externalName is annotated on a resource whose name in AWS is ours to choose. A
// resource that has one keeps it.
func (s *service) externalName(resource, name string) metav1.ObjectMeta {
	if is := s.obs.ExternalName(resource); is != "" {
		name = is
	}
	return metav1.ObjectMeta{Annotations: map[string]string{observed.ExternalNameAnnotation: name}}
}

// trust lets EKS hand the role to the service's own pods. The tags are those that
// EKS puts on the session
// (docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html, read 2026-11).
func (s *service) trust() string {
	return policy.JSON(policy.Statement{
		Effect: policy.Allow, Principal: policy.Service("pods.eks.amazonaws.com"),
		Action: []string{"sts:AssumeRole", "sts:TagSession"},
		Condition: policy.Conditions{"StringEquals": {
			"aws:RequestTag/eks-cluster-name":           {s.cluster.Status.ClusterName},
			"aws:RequestTag/kubernetes-namespace":       {s.namespace},
			"aws:RequestTag/kubernetes-service-account": {s.name},
		}},
	})
}

// statements say what the pods may do: exactly what their databases and queues take.
func (s *service) statements() []policy.Statement {
	var out []policy.Statement
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
		if arn := s.seen.queues[q.Name].arn; arn != "" {
			queues = append(queues, arn)
		}
	}
	if len(queues) > 0 {
		out = append(out, policy.Statement{
			Effect: policy.Allow,
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
func (s *service) readSecret(d database) []policy.Statement {
	out := []policy.Statement{{
		Effect:   policy.Allow,
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
func (s *service) useTable(d database) []policy.Statement {
	out := []policy.Statement{{
		Effect: policy.Allow,
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
func (s *service) decrypt(d database, via string) policy.Statement {
	suffix := ".amazonaws.com"
	if policy.Partition(s.spec.Region) == "aws-cn" {
		suffix += ".cn"
	}
	return policy.Statement{
		Effect: policy.Allow, Action: []string{"kms:Decrypt"}, Resource: []string{d.status.KMSKeyARN},
		Condition: policy.Conditions{"StringEquals": {"kms:ViaService": {via + "." + s.spec.Region + suffix}}},
	}
}

// connect lets the pods log in to a Redis that asks IAM. One that does not is
// reached by whoever the network lets.
func connect(d database) []policy.Statement {
	if d.status.UserARN == "" {
		return nil
	}
	return []policy.Statement{{
		Effect: policy.Allow, Action: []string{"elasticache:Connect"}, Resource: []string{d.status.ARN, d.status.UserARN},
	}}
}
