package service

import (
	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iam"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/runner"
	"github.com/ausmart/platform/functions/internal/settings"
)

// A service under composition.
type service struct {
	identity

	spec      v1alpha1.ServiceSpec
	set       settings.Settings
	cluster   *v1alpha1.Cluster
	databases []database
	obs       observed.Resources
	seen      seen

	want *desired.Resources

	// held are the resources that wait for others before they are asked for.
	held []string

	// err is the first one that composing met.
	err error
}

// Compose decides what a Service is made of. Its errors name the claim's field and
// say what to do.
func Compose(in runner.Input[*v1alpha1.Service]) (*runner.Output, error) {
	id, err := identify(in.XR)
	if err != nil {
		return nil, err
	}
	cluster, err := lookAtCluster(in)
	if err != nil {
		return nil, err
	}
	databases, err := lookAtDatabases(in)
	if err != nil {
		return nil, err
	}
	seen, err := look(in.Observed, in.XR.Spec.Queues)
	if err != nil {
		return nil, err
	}
	if err := seen.keeps(id); err != nil {
		return nil, err
	}
	s := &service{
		identity: id, spec: in.XR.Spec, set: in.Settings, cluster: cluster, databases: databases,
		obs: in.Observed, seen: seen, want: desired.New(in.XR.Spec.ProviderConfigName),
	}
	s.addQueues()
	s.addRepository()
	s.addRole()
	s.addNamespace()
	s.addSecrets()
	s.addPolicies()
	s.addTraffic()
	s.addScaling()
	s.addWorkload()
	s.addUsages()
	if s.err != nil {
		return nil, s.err
	}
	if err := iam.Place(s.want, s.obs, s.set); err != nil {
		return nil, err
	}

	s.release(in.XR)
	if err := s.want.Protect(s.obs, stateful, s.unasked); err != nil {
		return nil, err
	}
	p := progress.Of(s.obs, append(s.want.Names(), s.held...))
	return &runner.Output{Resources: s.want, Status: s.status(p), Conditions: s.conditions(p)}, nil
}

// addUsages keeps the cluster and the databases until the service is gone. The
// pods use a database, so it stays as long as the Deployment does.
func (s *service) addUsages() {
	for _, name := range s.want.Names() {
		if kind := s.want.Get(name).GetObjectKind().GroupVersionKind().Kind; kind == "Object" || kind == "PodIdentityAssociation" {
			s.want.UseComposite(s.obs, compositeKind("Cluster"), s.cluster.GetName(), name)
		}
	}
	for _, d := range s.databases {
		s.want.UseCompositeOf(s.obs, compositeKind("Database"), d.name, d.composite, deploymentName)
	}
}
