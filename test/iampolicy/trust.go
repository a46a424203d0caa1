package iampolicy

// Names on the install page, and the placeholders that the user must replace.
const (
	providerRole = "ausmart-provider"

	namespace      = "crossplane-system"
	serviceAccount = "provider-aws"

	homeAccount = "111122223333"                                               // Where the management cluster is.
	issuer      = "oidc.eks.ap-southeast-2.amazonaws.com/id/EXAMPLE0123456789" // Of the management cluster.
)

// Trust are the trust policies of the provider's role, and the policies for several accounts, by
// the names of their files.
func Trust() map[string]Document {
	session := []string{"sts:AssumeRole", "sts:TagSession"}
	return map[string]Document{
		// docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html, read 2026-11-30.
		"trust-policy-pod-identity.json": document(Statement{
			Sid: "ProvidersByPodIdentity", Effect: allow, Principal: map[string][]string{"Service": {"pods.eks.amazonaws.com"}}, Action: session,
			Condition: Conditions{"StringEquals": {
				"aws:RequestTag/kubernetes-namespace": {namespace}, "aws:RequestTag/kubernetes-service-account": {serviceAccount},
			}},
		}),
		// docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html, read 2026-11-30.
		"trust-policy-irsa.json": document(Statement{
			Sid: "ProvidersByIRSA", Effect: allow, Principal: map[string][]string{"Federated": {"arn:aws:iam::" + homeAccount + ":oidc-provider/" + issuer}},
			Action: []string{"sts:AssumeRoleWithWebIdentity"},
			Condition: Conditions{"StringEquals": {
				issuer + ":aud": {"sts.amazonaws.com"}, issuer + ":sub": {"system:serviceaccount:" + namespace + ":" + serviceAccount},
			}},
		}),
		// Of the role in each further account. Pod Identity's session tags are passed on, which
		// needs sts:TagSession here too
		// (docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html, "chaining roles", read
		// 2026-11-30).
		"trust-policy-account.json": document(Statement{
			Sid: "ProvidersFromHome", Effect: allow, Principal: map[string][]string{"AWS": {"arn:aws:iam::" + homeAccount + ":role/" + providerRole}}, Action: session,
		}),
		// Of the role in the management cluster's account, when there are further accounts.
		"provider-policy-accounts.json": document(Statement{
			Sid: "ProvidersInAccounts", Effect: allow, Action: session, Resource: []string{"arn:aws:iam::*:role/" + providerRole},
		}),
	}
}
