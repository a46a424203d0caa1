package iampolicy

// identityKinds are the kinds of iam, and the actions for roles that other kinds need.
func identityKinds() []Row {
	const passRole = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html" //nolint:gosec // A page.
	rows := []Row{
		calls("iam/InstanceProfile", "iam", "CreateInstanceProfile GetInstanceProfile DeleteInstanceProfile AddRoleToInstanceProfile RemoveRoleFromInstanceProfile "+
			"TagInstanceProfile UntagInstanceProfile GetRole"),
		calls("iam/Role", "iam", "CreateRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy PutRolePermissionsBoundary DeleteRole "+
			"ListRolePolicies GetRolePolicy DeleteRolePolicy ListAttachedRolePolicies DetachRolePolicy ListInstanceProfilesForRole TagRole UntagRole"),
		calls("iam/RolePolicy", "iam", "PutRolePolicy GetRolePolicy DeleteRolePolicy"),
		calls("iam/RolePolicyAttachment", "iam", "AttachRolePolicy ListAttachedRolePolicies DetachRolePolicy"),
	}
	for _, kind := range []string{"ec2/FlowLog", "eks/AccessEntry", "eks/Cluster", "eks/NodeGroup", "eks/PodIdentityAssociation", "grafana/Workspace", "iam/InstanceProfile"} {
		rows = append(rows, checked(kind, "iam", "PassRole", passRole, "the role that it names is passed to a service"))
	}
	for _, l := range ServiceLinked() {
		rows = append(rows, checked(l.Kind, "iam", "CreateServiceLinkedRole", l.Page, "the first one in an account: "+l.Service))
	}
	return rows
}

// A Link is a service-linked role that AWS makes, with the caller's permissions, with the first
// resource of a kind in an account.
type Link struct {
	Kind, Service, Page string
}

// ServiceLinked are those of our kinds. Load balancers, spot instances and auto scaling groups have
// others, which the provider's role does not make: the controllers' own roles, the account's
// administrator and EKS make them.
func ServiceLinked() []Link {
	return []Link{
		{"eks/Cluster", "eks.amazonaws.com", "https://docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles-eks.html"},
		{"eks/NodeGroup", "eks-nodegroup.amazonaws.com", "https://docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles-eks-nodegroups.html"},
		{"elasticache/ReplicationGroup", "elasticache.amazonaws.com", "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/using-service-linked-roles.html"},
		{"grafana/Workspace", "grafana.amazonaws.com", "https://docs.aws.amazon.com/grafana/latest/userguide/using-service-linked-roles.html"},
		{"rds/Instance", "rds.amazonaws.com", "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html"},
	}
}
