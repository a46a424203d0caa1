package service

import (
	"cmp"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/awsname"
	"github.com/ausmart/platform/functions/internal/conventions"
)

const (
	// serviceLabel and teamLabel are on every pod: the claim's name, and the
	// namespace that the claim is in. Together they identify the claim.
	serviceLabel = "platform.ausmart.io/service"
	teamLabel    = "platform.ausmart.io/team"

	// servicesLabel is on every namespace that a Service made.
	servicesLabel = "platform.ausmart.io/services"

	// digestDigits is how many digits of a digest make a cut name unique.
	digestDigits = 8
)

// identity has the names of a service in its cluster.
type identity struct {
	// workload is the name of the claim, and of the service's objects in the cluster.
	workload string

	// team is the namespace of the claim.
	team string

	// namespace in the cluster.
	namespace string
}

func identify(xr *v1alpha1.Service) (identity, error) {
	name, team := conventions.ClaimOf(xr)
	id := identity{workload: cmp.Or(name, xr.GetName()), team: team}
	id.namespace = cmp.Or(xr.Spec.Namespace, id.workload)
	if why := validation.IsDNS1035Label(id.workload); len(why) > 0 {
		return id, fmt.Errorf("metadata.name: %q cannot be the name of a service in Kubernetes: create the claim under a name of lower-case letters, digits and -, "+
			"that starts with a letter and has 63 characters at most", id.workload)
	}
	if conventions.IsClusterNamespace(id.namespace) {
		return id, fmt.Errorf("spec.namespace: %s belongs to the cluster: choose another namespace for the service", id.namespace)
	}
	return id, nil
}

// labels find the pods of the service.
func (id identity) labels() map[string]string {
	return map[string]string{serviceLabel: id.workload, teamLabel: id.team}
}

// selector finds the pods of the service.
func (id identity) selector() *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: id.labels()}
}

// meta of an object that belongs to the service.
func (id identity) meta() metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: id.workload, Namespace: id.namespace, Labels: id.labels()}
}

// nameOf joins the parts of a name in AWS.
func nameOf(longest int, parts ...string) string {
	return awsname.Join(longest, digestDigits, parts...)
}
