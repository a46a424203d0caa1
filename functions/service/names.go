package service

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/ausmart/platform/apis/v1alpha1"
)

const (
	// labelClaimName and labelClaimNamespace are Crossplane's, on the composite.
	labelClaimName      = "crossplane.io/claim-name"
	labelClaimNamespace = "crossplane.io/claim-namespace"

	// serviceLabel and teamLabel are on every pod: the claim's name, and the
	// namespace that the claim is in. Together they say whose pod it is.
	serviceLabel = "platform.ausmart.io/service"
	teamLabel    = "platform.ausmart.io/team"

	// servicesLabel is on every namespace that a Service made.
	servicesLabel = "platform.ausmart.io/services"

	// digestSize is how many bytes of a digest make a cut name unique.
	digestSize = 4
)

// identity is what a service is called, and where.
type identity struct {
	// composite is the name of the composite, which is unique in the control plane,
	// and what AWS resources are named after.
	composite string

	// name of the claim, which the workload has in the cluster.
	name string

	// team is the namespace of the claim.
	team string

	// namespace in the cluster.
	namespace string
}

func identify(xr *v1alpha1.Service) (identity, error) {
	id := identity{composite: xr.GetName(), name: xr.GetLabels()[labelClaimName], team: xr.GetLabels()[labelClaimNamespace], namespace: xr.Spec.Namespace}
	if id.name == "" {
		id.name = id.composite
	}
	if why := validation.IsDNS1035Label(id.name); len(why) > 0 {
		return id, fmt.Errorf("metadata.name: %q cannot be the name of a service in Kubernetes: create the claim under a name of lower-case letters, digits and -, "+
			"that begins with a letter and has 63 characters at most", id.name)
	}
	if id.namespace == "" {
		id.namespace = id.name
	}
	if reserved(id.namespace) {
		return id, fmt.Errorf("spec.namespace: %s belongs to the cluster: choose another namespace for the service", id.namespace)
	}
	return id, nil
}

// reserved namespaces hold what the cluster itself runs. A Service would take them
// for its own, and forbid their pods.
func reserved(namespace string) bool {
	return strings.HasPrefix(namespace, "kube-") || slices.Contains([]string{"default", observability, "karpenter", "external-dns"}, namespace)
}

// labels find the pods of the service.
func (id identity) labels() map[string]string {
	return map[string]string{serviceLabel: id.name, teamLabel: id.team}
}

// meta of an object that belongs to the service.
func (id identity) meta() metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: id.name, Namespace: id.namespace, Labels: id.labels()}
}

// clip joins the parts of a name. One that is longer than AWS takes is cut, and a
// digest of the whole keeps it apart from others.
func clip(longest int, parts ...string) string {
	name := strings.Join(parts, "-")
	if len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	suffix := "-" + hex.EncodeToString(sum[:digestSize])
	return name[:longest-len(suffix)] + suffix
}

// tags of an AWS resource: the claim's, and on top of them the platform's own.
func (s *service) tags(name string) map[string]*string {
	tags := make(map[string]*string, len(s.spec.Tags)+3)
	for k, v := range s.spec.Tags {
		tags[k] = new(string(v))
	}
	tags["Name"] = new(s.composite + "-" + name)
	tags["ausmart.io/environment"] = new(string(s.spec.Environment))
	tags["ausmart.io/service"] = new(s.composite)
	return tags
}
