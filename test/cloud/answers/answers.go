// Package answers models AWS's answers about an existing resource: its ARN, its addresses, its
// state. The simulated AWS of the local control plane and the tests of the functions both use it.
//
// It knows one resource at a time, and nothing of what else exists: see package account.
package answers

import (
	"maps"
	"strconv"
	"strings"
)

// A Resource is an existing resource.
type Resource struct {
	// Service and Kind as the provider has them, such as ec2 and VPC.
	Service, Kind string

	ID, Region, Account string

	// Params of its creation.
	Params map[string]any
}

// Of returns what AWS reports about a resource in addition to the requested parameters: id and arn,
// where the kind has one, and the kind's own attributes.
func Of(r Resource) map[string]any {
	out := map[string]any{"id": r.ID}
	maps.Copy(out, r.attributes())
	if arn := r.arn(out); arn != "" {
		out["arn"] = arn
		if r.Service == "iam" && r.Kind == "Policy" { // The provider identifies a policy by it.
			out["id"] = arn
		}
	}
	return out
}

// arn of the resource.
func (r Resource) arn(attributes map[string]any) string {
	return Fill(arnForm(r.Service, r.Kind), func(name string) string {
		switch name {
		case "region":
			return r.Region
		case "account":
			return r.Account
		case "id":
			return r.ID
		}
		if v := r.text(name); v != "" {
			return v
		}
		v, _ := attributes[name].(string)
		return v
	})
}

// Fill replaces each {name} of a template.
func Fill(template string, value func(name string) string) string {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(template, "{")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		out.WriteString(value(name))
		template = after
	}
}

func (r Resource) text(param string) string {
	v, _ := r.Params[param].(string)
	return v
}

// attributes are what AWS reports about some kinds in addition to an identifier and an ARN.
func (r Resource) attributes() map[string]any {
	switch r.Service + "/" + r.Kind {
	case "amp/Workspace":
		return map[string]any{"prometheusEndpoint": "https://aps-workspaces." + r.Region + ".amazonaws.com/workspaces/" + r.ID + "/"}
	case "ec2/LaunchTemplate":
		return map[string]any{"latestVersion": 1.0, "defaultVersion": 1.0}
	case "ec2/VPC":
		return map[string]any{"ownerId": r.Account}
	case "ecr/Repository":
		return map[string]any{"registryId": r.Account, "repositoryUrl": r.Account + ".dkr.ecr." + r.Region + ".amazonaws.com/" + r.ID}
	case "eks/Cluster":
		return map[string]any{"status": "ACTIVE", "endpoint": "https://" + r.ID + ".gr7." + r.Region + ".eks.amazonaws.com"}
	case "eks/PodIdentityAssociation":
		return map[string]any{"associationId": r.ID}
	case "elasticache/ReplicationGroup":
		return replicationGroup(r)
	case "grafana/Workspace":
		return map[string]any{"endpoint": r.ID + ".grafana-workspace." + r.Region + ".amazonaws.com"}
	case "iam/InstanceProfile", "iam/Policy", "iam/Role":
		return atPath(r)
	case "rds/Instance":
		return instance(r)
	case "sqs/Queue":
		name := r.text("name")
		if name == "" { // The id is the URL.
			name = r.ID[strings.LastIndex(r.ID, "/")+1:]
		}
		return map[string]any{"name": name, "url": "https://sqs." + r.Region + ".amazonaws.com/" + r.Account + "/" + name}
	default:
		return nil
	}
}

// atPath returns the path that AWS gives to a resource that names none.
func atPath(r Resource) map[string]any {
	if r.text("path") != "" {
		return nil
	}
	return map[string]any{"path": "/"}
}

// domain is the part of a data store's address that AWS generates for an account.
const domain = "c1a2b3"

// instance of RDS. AWS stores the password of a master user in its own secret.
func instance(r Resource) map[string]any {
	name := r.text("identifier")
	address := name + "." + domain + "." + r.Region + ".rds.amazonaws.com"
	port := map[string]int{"mysql": 3306, "mariadb": 3306, "postgres": 5432}[r.text("engine")]
	out := map[string]any{
		"address": address, "port": float64(port), "endpoint": address + ":" + strconv.Itoa(port), "status": "available",
		"engineVersionActual": newest(r.text("engine"), r.text("engineVersion")),
	}
	if r.Params["manageMasterUserPassword"] == true {
		out["masterUserSecret"] = []any{map[string]any{
			"secretArn":    "arn:aws:secretsmanager:" + r.Region + ":" + r.Account + ":secret:rds!db-" + name,
			"secretStatus": "active", "kmsKeyId": r.text("masterUserSecretKmsKeyId"),
		}}
	}
	return out
}

func replicationGroup(r Resource) map[string]any {
	at := "." + r.ID + "." + domain + "." + r.Region + ".cache.amazonaws.com"
	return map[string]any{
		"port": 6379.0, "primaryEndpointAddress": "master" + at, "readerEndpointAddress": "replica" + at,
		"engineVersionActual": newest("redis", r.text("engineVersion")),
	}
}

// newest returns the newest version that fits a shorter one in a request: AWS runs that. A version
// of PostgreSQL has two numbers, all others have three.
func newest(engine, asked string) string {
	numbers := 3
	if engine == "postgres" {
		numbers = 2
	}
	for asked != "" && strings.Count(asked, ".") < numbers-1 {
		asked += ".6"
	}
	return asked
}
