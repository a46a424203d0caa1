package iampolicy

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/ausmart/platform/test/cloud/awsapi"
)

// A Call is a request to AWS. It names its operation or, in a REST API, has it in its method and path.
type Call = awsapi.Request

// ActionsOf a call are the IAM actions that it needs. Most have the operation's name. An unknown
// call is an error, because no policy would allow it. The few calls that need no permission return
// nil.
func ActionsOf(c Call) ([]string, error) {
	prefix, found := prefixes()[c.Service]
	if !found {
		return nil, fmt.Errorf("cannot tell which permission %s %q takes: add the service to prefixes in test/iampolicy/call.go", c.Service, c.Action)
	}
	if c.Service == "sts" {
		return nil, nil // GetCallerIdentity takes none (docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html, read 2026-11-30).
	}
	method, target, rest := strings.Cut(c.Action, " ")
	if !rest {
		return []string{prefix + ":" + c.Action}, nil
	}
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil, fmt.Errorf("cannot read the target of %s %q: %w", c.Service, c.Action, err)
	}
	for _, r := range routes(c.Service) {
		if r.takes(method, u) {
			return actions(prefix, r.actions), nil
		}
	}
	return nil, fmt.Errorf("cannot tell which permission %s %q takes: add it to the routes in test/iampolicy", c.Service, c.Action)
}

// prefixes of IAM's actions, by the service in a request's signature.
func prefixes() map[string]string {
	all := map[string]string{"monitoring": "cloudwatch"}
	for _, s := range awsapi.Services() {
		if all[s.Scope] == "" {
			all[s.Scope] = s.Scope
		}
	}
	return all
}

// A route is an operation of a REST API.
type route struct {
	method  string
	path    string // * is one part of it, ** the rest
	query   string // a parameter that must be there; empty for none of the ones that choose an operation
	actions string // of IAM, without the prefix
}

func (r route) takes(method string, u *url.URL) bool {
	if r.method != method || !r.onPath(u.EscapedPath()) {
		return false
	}
	if r.query != "" {
		return u.Query().Has(r.query)
	}
	return !slices.ContainsFunc(subresources(), func(s string) bool { return u.Query().Has(s) })
}

func (r route) onPath(path string) bool {
	want, got := strings.Split(strings.Trim(r.path, "/"), "/"), strings.Split(strings.Trim(path, "/"), "/")
	for i, part := range want {
		switch {
		case part == "**":
			return i < len(got)
		case i >= len(got) || part != "*" && part != got[i] || got[i] == "" && part != "":
			return false
		}
	}
	return len(want) == len(got)
}

// routes of a service whose API is REST.
func routes(service string) []route {
	switch service {
	case "aps":
		return slices.Concat(prometheusRoutes(), tagRoutes())
	case "eks":
		return slices.Concat(clusterRoutes(), tagRoutes())
	case "grafana":
		return slices.Concat(grafanaRoutes(), tagRoutes())
	case "s3":
		return slices.Concat(controlRoutes(), bucketRoutes())
	}
	return nil
}

// tagRoutes are the same in all REST APIs of AWS with tags. An ARN may have slashes.
func tagRoutes() []route {
	return []route{
		{"GET", "/tags/**", "", "ListTagsForResource"},
		{"POST", "/tags/**", "", "TagResource"},
		{"DELETE", "/tags/**", "", "UntagResource"},
	}
}

// docs.aws.amazon.com/prometheus/latest/APIReference/API_Operations.html, read 2026-11-30.
func prometheusRoutes() []route {
	return []route{
		{"POST", "/workspaces", "", "CreateWorkspace"},
		{"GET", "/workspaces/*", "", "DescribeWorkspace"},
		{"DELETE", "/workspaces/*", "", "DeleteWorkspace"},
		{"POST", "/workspaces/*/alias", "", "UpdateWorkspaceAlias"},
		{"GET", "/workspaces/*/logging", "", "DescribeLoggingConfiguration"},
		{"POST", "/workspaces/*/rulegroupsnamespaces", "", "CreateRuleGroupsNamespace"},
		{"GET", "/workspaces/*/rulegroupsnamespaces/*", "", "DescribeRuleGroupsNamespace"},
		{"PUT", "/workspaces/*/rulegroupsnamespaces/*", "", "PutRuleGroupsNamespace"},
		{"DELETE", "/workspaces/*/rulegroupsnamespaces/*", "", "DeleteRuleGroupsNamespace"},
	}
}

// docs.aws.amazon.com/grafana/latest/APIReference/API_Operations.html, read 2026-11-30.
func grafanaRoutes() []route {
	return []route{
		{"POST", "/workspaces", "", "CreateWorkspace"},
		{"GET", "/workspaces/*", "", "DescribeWorkspace"},
		{"PUT", "/workspaces/*", "", "UpdateWorkspace"},
		{"DELETE", "/workspaces/*", "", "DeleteWorkspace"},
		{"GET", "/workspaces/*/configuration", "", "DescribeWorkspaceConfiguration"},
		{"PUT", "/workspaces/*/configuration", "", "UpdateWorkspaceConfiguration"},
	}
}

// docs.aws.amazon.com/eks/latest/APIReference/API_Operations.html, read 2026-11-30.
func clusterRoutes() []route {
	return []route{
		{"POST", "/clusters", "", "CreateCluster"},
		{"GET", "/clusters/*", "", "DescribeCluster"},
		{"DELETE", "/clusters/*", "", "DeleteCluster"},
		{"POST", "/clusters/*/update-config", "", "UpdateClusterConfig"},
		{"POST", "/clusters/*/updates", "", "UpdateClusterVersion"},
		{"GET", "/clusters/*/updates/*", "", "DescribeUpdate"},
		{"POST", "/clusters/*/encryption-config/associate", "", "AssociateEncryptionConfig"},
		{"POST", "/clusters/*/node-groups", "", "CreateNodegroup"},
		{"GET", "/clusters/*/node-groups/*", "", "DescribeNodegroup"},
		{"DELETE", "/clusters/*/node-groups/*", "", "DeleteNodegroup"},
		{"POST", "/clusters/*/node-groups/*/update-config", "", "UpdateNodegroupConfig"},
		{"POST", "/clusters/*/node-groups/*/update-version", "", "UpdateNodegroupVersion"},
		{"POST", "/clusters/*/addons", "", "CreateAddon"},
		{"GET", "/clusters/*/addons/*", "", "DescribeAddon"},
		{"POST", "/clusters/*/addons/*/update", "", "UpdateAddon"},
		{"DELETE", "/clusters/*/addons/*", "", "DeleteAddon"},
		{"POST", "/clusters/*/access-entries", "", "CreateAccessEntry"},
		{"GET", "/clusters/*/access-entries/*", "", "DescribeAccessEntry"},
		{"POST", "/clusters/*/access-entries/*", "", "UpdateAccessEntry"},
		{"DELETE", "/clusters/*/access-entries/*", "", "DeleteAccessEntry"},
		{"POST", "/clusters/*/access-entries/*/access-policies", "", "AssociateAccessPolicy"},
		{"GET", "/clusters/*/access-entries/*/access-policies", "", "ListAssociatedAccessPolicies"},
		{"DELETE", "/clusters/*/access-entries/*/access-policies/*", "", "DisassociateAccessPolicy"},
		{"POST", "/clusters/*/pod-identity-associations", "", "CreatePodIdentityAssociation"},
		{"GET", "/clusters/*/pod-identity-associations/*", "", "DescribePodIdentityAssociation"},
		{"POST", "/clusters/*/pod-identity-associations/*", "", "UpdatePodIdentityAssociation"},
		{"DELETE", "/clusters/*/pod-identity-associations/*", "", "DeletePodIdentityAssociation"},
	}
}
