package account

import (
	"strings"

	"github.com/ausmart/platform/test/cloud/catalog"
)

func iam(kind string) catalog.GroupKind { return catalog.GroupKind{Service: "iam", Kind: kind} }

// iamModels follows the IAM API reference.
func iamModels() map[catalog.GroupKind]model {
	role := need{
		field: "role", kinds: []catalog.GroupKind{iam("Role")}, code: "NoSuchEntity", message: "The role with name %s cannot be found.",
	}
	return map[catalog.GroupKind]model{
		iam("Role"): {
			label: "IAM Role", service: "IAM", create: "CreateRole", describe: "GetRole", update: "UpdateRole", remove: "DeleteRole",
			immutable: []string{"path"},
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{"uniqueId": "AROA" + strings.ToUpper(hexOf(17, r.ID)), "maxSessionDuration": 3600.0}
			},
		},
		iam("RolePolicy"): {
			label: "IAM Role Policy", service: "IAM", create: "PutRolePolicy", describe: "GetRolePolicy", update: "PutRolePolicy", remove: "DeleteRolePolicy",
			immutable: []string{"role"}, within: "role", needs: []need{role},
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{"id": r.text("role") + ":" + r.ID}
			},
		},
		iam("RolePolicyAttachment"): {
			label: "IAM Role Policy Attachment", service: "IAM", create: "AttachRolePolicy", describe: "ListAttachedRolePolicies", remove: "DetachRolePolicy",
			immutable: []string{"role", "policyArn"}, needs: []need{role},
			identify: func(_ view, r *Resource, _ int) string { return r.text("role") + "/" + r.text("policyArn") },
		},
		iam("Policy"): {
			label: "IAM Policy", service: "IAM", create: "CreatePolicy", describe: "GetPolicy", update: "CreatePolicyVersion", remove: "DeletePolicy",
			immutable: []string{"path", "description"},
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{"policyId": "ANPA" + strings.ToUpper(hexOf(17, r.ID))}
			},
		},
		iam("InstanceProfile"): {
			label: "IAM Instance Profile", service: "IAM", create: "CreateInstanceProfile", describe: "GetInstanceProfile", remove: "DeleteInstanceProfile",
			immutable: []string{"path"}, needs: []need{role},
		},
	}
}
