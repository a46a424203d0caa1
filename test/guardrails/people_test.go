package guardrails_test

import "strings"

// A person is a user or a program that sends requests.
type person struct {
	title  string // in the table
	name   string
	groups []string
}

// These are the persons. Their roles are bound below; a developer is bound in each namespace of a
// scene except that of another team.
var (
	viewer        = person{title: "viewer", name: "vera", groups: []string{"viewers"}}
	developer     = person{title: "developer", name: "dana", groups: []string{"developers"}}
	operator      = person{title: "operator", name: "otto", groups: []string{"operators"}}
	administrator = person{title: "cluster administrator", name: "ada", groups: []string{"administrators"}}
	junior        = person{title: "a junior with cluster-admin", name: "jun", groups: []string{"administrators"}}

	argoCD              = serviceAccount("Argo CD", "argocd", "argocd-application-controller")
	crossplane          = serviceAccount("Crossplane", "crossplane-system", "crossplane")
	provider            = serviceAccount("a provider", "crossplane-system", "provider-aws")
	namespaceController = serviceAccount("the namespace controller", "kube-system", "namespace-controller")
	garbageCollector    = serviceAccount("the garbage collector", "kube-system", "generic-garbage-collector")

	// Without the groups of service accounts, which are bound to every right below: it has those of expiry.yaml.
	expirer = person{title: "expire-approvals", name: "system:serviceaccount:crossplane-system:expire-approvals"}
)

func serviceAccount(title, namespace, name string) person {
	return person{
		title: title, name: strings.Join([]string{"system:serviceaccount", namespace, name}, ":"),
		groups: []string{"system:serviceaccounts", "system:serviceaccounts:" + namespace},
	}
}

// bindings give programs every right, as Argo CD's own manifests do: only a policy can refuse their requests.
const bindings = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: viewers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: platform-viewer}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: viewers}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: operators}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: platform-operator}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: operators}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: administrators}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
  - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: administrators}
  - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:serviceaccounts}
`
