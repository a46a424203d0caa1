package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	// Group is the API group of all claims and composite resources.
	Group = "platform.ausmart.io"

	// Version is the API version of this package.
	Version = "v1alpha1"
)

// GroupVersion of this package's types.
func GroupVersion() schema.GroupVersion {
	return schema.GroupVersion{Group: Group, Version: Version}
}

// AddToScheme adds this package's claims to a scheme, for clients.
func AddToScheme(s *runtime.Scheme) error {
	gv := GroupVersion()
	s.AddKnownTypes(gv,
		&Network{}, &NetworkList{},
		&Cluster{}, &ClusterList{},
		&Database{}, &DatabaseList{},
		&Service{}, &ServiceList{},
	)
	metav1.AddToGroupVersion(s, gv)
	return nil
}
