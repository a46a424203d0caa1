package service

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/ausmart/platform/functions/internal/incluster"
)

// add puts an object into the cluster once others are ready: in a namespace that is
// not there yet it would be refused, and a pod that starts before its rights never
// gets them. What exists is kept, whatever becomes of the others.
func (s *service) add(name string, obj runtime.Object, ready incluster.ObjectReadiness, after ...string) *incluster.Object {
	if !s.after(name, after...) {
		return nil
	}
	manifest, err := incluster.Manifest(obj)
	if err != nil {
		s.fail(fmt.Errorf("cannot compose %q: %w", name, err))
		return nil
	}
	o := incluster.NewObject(s.cluster.Status.KubernetesProviderConfig, manifest, ready)
	s.want.AddObject(name, incluster.ObjectKind(), o)
	return o
}

// after says whether a resource can be asked for, and otherwise remembers that it is
// held back.
func (s *service) after(name string, others ...string) bool {
	if s.obs.Has(name) {
		return true
	}
	for _, other := range others {
		if s.obs.Condition(other, "Ready").Status != "True" {
			s.held = append(s.held, name)
			return false
		}
	}
	return true
}

func whenCreated() incluster.ObjectReadiness {
	return incluster.ObjectReadiness{Policy: incluster.WhenCreated}
}

func when(query string) incluster.ObjectReadiness {
	return incluster.ObjectReadiness{Policy: incluster.WhenCEL, CELQuery: query}
}
