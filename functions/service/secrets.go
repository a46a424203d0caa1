package service

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

const (
	secretsName = "secrets"

	// secretsPath is where the databases' logins are mounted.
	secretsPath = "/mnt/secrets"
)

// addSecrets lists the secrets that the pods mount. The driver fetches them with the
// pods' own role when they start and when they rotate; no Secret of Kubernetes is
// made of them.
func (s *service) addSecrets() {
	logins := s.logins()
	if len(logins) == 0 {
		return
	}
	objects := make([]secretObject, 0, len(logins))
	for _, d := range logins {
		objects = append(objects, secretObject{
			Name: d.status.SecretARN, Type: "secretsmanager", Alias: d.secretFile(),
			Paths: []secretPath{{Path: "username", Alias: d.usernameFile()}, {Path: "password", Alias: d.passwordFile()}},
		})
	}
	text, err := yaml.Marshal(objects)
	if err != nil {
		s.fail(fmt.Errorf("cannot compose %q: %w", secretsName, err))
		return
	}
	s.addObject(secretsName, &secretProviderClass{
		TypeMeta:   metav1.TypeMeta{APIVersion: "secrets-store.csi.x-k8s.io/v1", Kind: "SecretProviderClass"},
		ObjectMeta: s.meta(),
		Spec: secretProviderClassSpec{Provider: "aws", Parameters: map[string]string{
			"objects": string(text), "region": s.spec.Region, "usePodIdentity": "true",
		}},
	})
}

// secretProviderClass is of the secrets-store CSI driver, whose own Go module wants
// other versions of Kubernetes' modules. Tests check it against the driver's CRD.
type secretProviderClass struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec secretProviderClassSpec `json:"spec"`
}

type secretProviderClassSpec struct {
	Provider   string            `json:"provider"`
	Parameters map[string]string `json:"parameters"`
}

// DeepCopyObject makes the type a runtime.Object. The copy shares the parameters,
// which no one changes once they are made.
func (c *secretProviderClass) DeepCopyObject() runtime.Object {
	out := *c
	c.DeepCopyInto(&out.ObjectMeta)
	return &out
}

// secretObject is an entry of the AWS provider's parameter objects
// (github.com/aws/secrets-store-csi-driver-provider-aws, read 2026-11).
type secretObject struct {
	Name  string       `json:"objectName"`
	Type  string       `json:"objectType"`
	Alias string       `json:"objectAlias"`
	Paths []secretPath `json:"jmesPath"`
}

type secretPath struct {
	Path  string `json:"path"`
	Alias string `json:"objectAlias"`
}
