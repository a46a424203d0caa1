package service

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/incluster"
)

// addObject puts an object into the cluster that is ready once it is created, after the
// namespace: in one that does not exist Kubernetes refuses it.
func (s *service) addObject(name string, o runtime.Object) {
	s.Desired.Add(name, s.object(name, o, whenCreated()), desired.After(namespaceName))
}

// object of the cluster, as a resource.
func (s *service) object(name string, o runtime.Object, ready incluster.ObjectReadiness) *incluster.Object {
	manifest, err := incluster.Manifest(o)
	if err != nil {
		s.fail(fmt.Errorf("cannot compose %q: %w", name, err))
	}
	return incluster.NewObject(s.cluster.Status.KubernetesProviderConfig, manifest, ready)
}

func whenCreated() incluster.ObjectReadiness {
	return incluster.ObjectReadiness{Policy: incluster.WhenCreated}
}

func when(query string) incluster.ObjectReadiness {
	return incluster.ObjectReadiness{Policy: incluster.WhenCEL, CELQuery: query}
}
