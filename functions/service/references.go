package service

import (
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/runner"
)

// references are the claims that a Service names.
func references(xr *v1alpha1.Service) []runner.Claim {
	claims := []runner.Claim{clusterClaim(xr)}
	for _, d := range xr.Spec.Databases {
		claims = append(claims, databaseClaim(d))
	}
	return claims
}

func clusterClaim(xr *v1alpha1.Service) runner.Claim {
	return runner.Claim{Kind: "Cluster", Name: xr.Spec.ClusterRef.Name, Field: "spec.clusterRef"}
}

func databaseClaim(d v1alpha1.LocalReference) runner.Claim {
	return runner.Claim{Kind: "Database", Name: d.Name, Field: "spec.databases"}
}

func compositeKind(claim string) schema.GroupVersionKind {
	return v1alpha1.GroupVersion().WithKind("X" + claim)
}

// lookAtCluster returns the composite of the cluster, with what a Service cannot do
// without.
func lookAtCluster(in runner.Input[*v1alpha1.Service]) (*v1alpha1.Cluster, error) {
	ref := clusterClaim(in.XR)
	c, err := runner.Referenced[v1alpha1.Cluster](in, ref)
	if err != nil {
		return nil, err
	}
	facts := []fact{
		{"clusterName", c.Status.ClusterName},
		{"kubernetesProviderConfig", c.Status.KubernetesProviderConfig},
		{"vpcCidr", string(c.Status.VPCCIDR)},
	}
	if in.XR.Spec.Ingress != nil && len(c.Status.PublicCIDRs) == 0 {
		facts = append(facts, fact{"publicCidrs", ""})
	}
	return c, known(ref, facts)
}

// A database that the service uses.
type database struct {
	// name of the claim.
	name string

	// composite is the name of the claim's composite.
	composite string

	engine v1alpha1.DatabaseEngine
	status v1alpha1.DatabaseStatus
}

func lookAtDatabases(in runner.Input[*v1alpha1.Service]) ([]database, error) {
	out := make([]database, 0, len(in.XR.Spec.Databases))
	for _, ref := range in.XR.Spec.Databases {
		xr, err := runner.Referenced[v1alpha1.Database](in, databaseClaim(ref))
		if err != nil {
			return nil, err
		}
		d := database{name: ref.Name, composite: xr.GetName(), engine: xr.Spec.Engine, status: xr.Status}
		if err := known(databaseClaim(ref), d.facts()); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// A fact is a field of another claim's status.
type fact struct{ field, value string }

// known waits for facts that are not there yet.
func known(c runner.Claim, facts []fact) error {
	i := slices.IndexFunc(facts, func(f fact) bool { return f.value == "" })
	if i < 0 {
		return nil
	}
	return runner.Wait("waiting for %s: its status has no %s yet", c, facts[i].field)
}

// facts that a service cannot use the database without.
func (d database) facts() []fact {
	reachable := []fact{{"endpoint", d.status.Endpoint}, {"port", d.port()}}
	switch d.engine {
	case v1alpha1.EngineMySQL, v1alpha1.EnginePostgres:
		return append(reachable, fact{"secretArn", d.status.SecretARN})
	case v1alpha1.EngineDynamoDB:
		return []fact{{"arn", d.status.ARN}, {"tableName", d.status.TableName}}
	default:
		return append(reachable, fact{"arn", d.status.ARN})
	}
}

// port in digits; empty while there is none.
func (d database) port() string {
	if d.status.Port == 0 {
		return ""
	}
	return strconv.Itoa(int(d.status.Port))
}

// inVPC says whether the database has an address in the cluster's VPC.
func (d database) inVPC() bool { return d.engine != v1alpha1.EngineDynamoDB }

// id is the name that the database has in AWS: the last part of its ARN.
func (d database) id() string { return lastPart(d.status.ARN) }

func lastPart(arn string) string {
	return arn[strings.LastIndexAny(arn, ":/")+1:]
}
