package simulator

import (
	"context"
	"fmt"
	"sync"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// schemas reads the schemas of the installed CRDs, each once.
type schemas struct {
	live   client.Reader
	mapper meta.RESTMapper
	known  sync.Map // of schema.GroupVersionKind
}

func (s *schemas) of(ctx context.Context, gvk schema.GroupVersionKind) (extv1.JSONSchemaProps, error) {
	if found, ok := s.known.Load(gvk); ok {
		return found.(extv1.JSONSchemaProps), nil //nolint:forcetypeassert // See Store.
	}
	m, err := s.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return extv1.JSONSchemaProps{}, err
	}
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(extv1.SchemeGroupVersion.WithKind("CustomResourceDefinition"))
	if err := s.live.Get(ctx, client.ObjectKey{Name: m.Resource.Resource + "." + gvk.Group}, u); err != nil {
		return extv1.JSONSchemaProps{}, err
	}
	crd := extv1.CustomResourceDefinition{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, &crd); err != nil {
		return extv1.JSONSchemaProps{}, err
	}
	for _, v := range crd.Spec.Versions {
		s.known.Store(gvk.GroupKind().WithVersion(v.Name), *v.Schema.OpenAPIV3Schema)
	}
	if found, ok := s.known.Load(gvk); ok {
		return found.(extv1.JSONSchemaProps), nil //nolint:forcetypeassert // See Store.
	}
	return extv1.JSONSchemaProps{}, fmt.Errorf("the CRD of %s has no version %s", gvk.GroupKind(), gvk.Version)
}
