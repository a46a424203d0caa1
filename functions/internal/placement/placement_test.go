package placement

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestResolve has the words. Every combination of values is in the test kit of the functions.
func TestResolve(t *testing.T) {
	sydney := Place{Region: "ap-southeast-2", ProviderConfig: "dev", Network: "main", Environment: "dev"}
	with := func(change func(*Place)) Place {
		p := sydney
		change(&p)
		return p
	}
	network := func(p Place) Reference {
		return Reference{Kind: "Network", Name: "main", Field: "spec.networkRef", Place: p}
	}
	cluster := func(p Place) Reference {
		return Reference{Kind: "Cluster", Name: "clu", Field: "spec.clusterRef", Place: p}
	}
	database := func(p Place) Reference {
		return Reference{Kind: "Database", Name: "cart", Field: "spec.databases", Place: p}
	}
	dev := Place{Environment: "dev"}

	type answer struct {
		Place   Place
		Allowed []string
		Err     string
	}
	cases := map[string]struct {
		reason string
		claim  Claim
		want   answer
	}{
		"Nothing": {
			reason: "A claim that says nothing and names nothing has the defaults.",
			claim:  Claim{Kind: "Network", Said: dev},
			want:   answer{Place: Place{Region: "ap-southeast-2", ProviderConfig: "default", Environment: "dev"}},
		},
		"Inherited": {
			reason: "What the claim leaves out it has from the claim it lives in.",
			claim:  Claim{Kind: "Service", Said: dev, References: []Reference{cluster(sydney), database(sydney)}},
			want:   answer{Place: sydney},
		},
		"Table": {
			reason: "A table is in no VPC.",
			claim:  Claim{Kind: "Service", Said: dev, References: []Reference{cluster(sydney), database(with(func(p *Place) { p.Network = "" }))}},
			want:   answer{Place: sydney},
		},
		"Region": {
			reason: "A region that the claim says, or that an earlier schema stored, is that of the claim it lives in.",
			claim:  Claim{Kind: "Service", Said: Place{Region: "us-east-1", Environment: "dev"}, References: []Reference{cluster(sydney)}},
			want:   answer{Err: `spec.region: the service is in us-east-1, but Cluster "clu" (spec.clusterRef) is in ap-southeast-2: set spec.region: ap-southeast-2, or leave it out`},
		},
		"RegionOfWhatExists": {
			reason: "Nothing moves to another region, so the way out is another claim.",
			claim: Claim{
				Kind: "Service", Said: Place{Region: "us-east-1", Environment: "dev"}, Exists: Place{Region: "us-east-1", ProviderConfig: "dev"},
				References: []Reference{cluster(sydney)},
			},
			want: answer{Err: `spec.region: the service is in us-east-1, but Cluster "clu" (spec.clusterRef) is in ap-southeast-2: its resources cannot move, so create a new claim`},
		},
		"RegionMoves": {
			reason: "A region that fits what the claim names is still not where its resources are.",
			claim:  Claim{Kind: "Database", Said: dev, Exists: Place{Region: "us-east-1", ProviderConfig: "dev"}, References: []Reference{network(sydney)}},
			want:   answer{Err: "spec.region: the database is in us-east-1 and cannot move to ap-southeast-2: create a new claim"},
		},
		"RegionOfATable": {
			reason: "A database of the service is in the region of its cluster.",
			claim:  Claim{Kind: "Service", Said: dev, References: []Reference{cluster(sydney), database(with(func(p *Place) { p.Region = "us-east-1" }))}},
			want: answer{Err: `spec.region: the service is in ap-southeast-2, like Cluster "clu" (spec.clusterRef), but Database "cart" (spec.databases) is in us-east-1: ` +
				`name a Database that is in ap-southeast-2`},
		},
		"Account": {
			reason: "Another ProviderConfig may be another account.",
			claim:  Claim{Kind: "Cluster", Said: Place{ProviderConfig: "default", Environment: "dev"}, References: []Reference{network(sydney)}},
			want: answer{Err: `spec.providerConfigName: the cluster uses ProviderConfig default, but Network "main" (spec.networkRef) uses ProviderConfig dev: ` +
				`set spec.providerConfigName: dev, or leave it out`},
		},
		"AccountFollows": {
			reason: "What exists in the VPC is in the VPC's account.",
			claim:  Claim{Kind: "Cluster", Said: dev, Exists: Place{Region: "ap-southeast-2", ProviderConfig: "default"}, References: []Reference{network(sydney)}},
			want:   answer{Place: sydney},
		},
		"AccountOfATable": {
			reason: "A table has no claim to follow.",
			claim:  Claim{Kind: "Database", Said: dev, Exists: Place{Region: "ap-southeast-2", ProviderConfig: "prod"}},
			want:   answer{Err: "spec.providerConfigName: the database uses ProviderConfig prod and cannot move to default: create a new claim"},
		},
		"VPC": {
			reason: "Pods do not reach a database in another VPC.",
			claim:  Claim{Kind: "Service", Said: dev, References: []Reference{cluster(sydney), database(with(func(p *Place) { p.Network = "other" }))}},
			want: answer{Err: `spec.databases: the service is in the VPC of Network main, like Cluster "clu" (spec.clusterRef), but Database "cart" (spec.databases) is in the VPC of Network other: ` +
				`name a Database that is in the VPC of Network main`},
		},
		"OtherVPC": {
			reason: "Nothing moves to another VPC when the claim that is named has another one.",
			claim:  Claim{Kind: "Database", Said: dev, Exists: Place{VPC: "vpc-1"}, References: []Reference{network(with(func(p *Place) { p.VPC = "vpc-2" }))}},
			want:   answer{Err: "spec.networkRef: the database is in vpc-1 and cannot move to vpc-2: create a new claim"},
		},
		"VPCUnknown": {
			reason: "A network whose status is lost has moved nothing.",
			claim:  Claim{Kind: "Database", Said: dev, Exists: Place{VPC: "vpc-1"}, References: []Reference{network(sydney)}},
			want:   answer{Place: sydney},
		},
		"OtherCluster": {
			reason: "Nor to another EKS cluster.",
			claim:  Claim{Kind: "Service", Said: dev, Exists: Place{Cluster: "clu"}, References: []Reference{cluster(with(func(p *Place) { p.Cluster = "clu-2" }))}},
			want:   answer{Err: "spec.clusterRef: the service runs in EKS cluster clu and cannot move to clu-2: create a new claim"},
		},
		"OtherDatabase": {
			reason: "A claim of the same name that was made again has other data.",
			claim: Claim{Kind: "Service", Said: dev, References: []Reference{cluster(sydney), {
				Kind: "Database", Name: "cart", Field: "spec.databases", Place: sydney, Has: "cart-2", Had: "cart-1",
			}}},
			want: answer{Err: `spec.databases: the service was made with cart-1 of Database "cart", which is now cart-2: name another claim, or give the claim its composite back`},
		},
		"Environment": {
			reason: "No one uses production by accident.",
			claim:  Claim{Kind: "Service", Said: dev, References: []Reference{cluster(sydney), database(with(func(p *Place) { p.Environment = "prod" }))}},
			want: answer{Err: `spec.environment: the service is dev, but Database "cart" (spec.databases) is prod: ` +
				`name a Database that is dev, or set spec.allowCrossEnvironment: true where this is meant`},
		},
		"EnvironmentAllowed": {
			reason: "Where it is meant, the condition shows both.",
			claim:  Claim{Kind: "Service", Said: dev, AllowCrossEnvironment: true, References: []Reference{cluster(sydney), database(with(func(p *Place) { p.Environment = "prod" }))}},
			want:   answer{Place: sydney, Allowed: []string{`the service is dev, but Database "cart" (spec.databases) is prod`}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got answer
			var err error
			if got.Place, got.Allowed, err = Resolve(tc.claim); err != nil {
				got.Err = err.Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nResolve(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
