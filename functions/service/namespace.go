package service

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
)

const (
	namespaceName      = "namespace"
	serviceAccountName = "service-account"
	secretsName        = "secrets"

	// secretsPath is where the databases' logins are mounted.
	secretsPath = "/mnt/secrets"
)

// addNamespace adds the namespace and the service account. Services may share a
// namespace, so all of them ask for the same one, letter by letter, and it stays
// when one of them goes: to delete it would take the others with it.
func (s *service) addNamespace() {
	ns := s.add(namespaceName, &corev1.Namespace{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
		ObjectMeta: metav1.ObjectMeta{Name: s.namespace, Labels: map[string]string{
			servicesLabel:                        "true",
			"pod-security.kubernetes.io/enforce": "restricted",
			// A new pod counts as ready when the load balancer has it, so that no old one
			// goes before (kubernetes-sigs.github.io/aws-load-balancer-controller, pod readiness gate).
			"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled",
		}},
	}, whenCreated())
	if ns != nil {
		ns.Spec.DeletionPolicy = xpv1.DeletionOrphan
	}
	s.add(serviceAccountName, &corev1.ServiceAccount{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta: s.meta(),
		// No program of ours asks Kubernetes for anything. EKS projects a token of its
		// own for AWS.
		AutomountServiceAccountToken: new(false),
	}, whenCreated(), namespaceName)
}

// logins are the databases whose password is in Secrets Manager.
func (s *service) logins() []database {
	var out []database
	for _, d := range s.databases {
		if d.engine == v1alpha1.EngineMySQL || d.engine == v1alpha1.EnginePostgres {
			out = append(out, d)
		}
	}
	return out
}

func (d database) secretFile() string   { return d.name + ".json" }
func (d database) usernameFile() string { return d.name + ".username" }
func (d database) passwordFile() string { return d.name + ".password" }

// addSecrets says which secrets the pods mount. The driver fetches them with the
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
	s.add(secretsName, &secretProviderClass{
		TypeMeta:   metav1.TypeMeta{APIVersion: "secrets-store.csi.x-k8s.io/v1", Kind: "SecretProviderClass"},
		ObjectMeta: s.meta(),
		Spec: secretProviderClassSpec{Provider: "aws", Parameters: map[string]string{
			"objects": string(text), "region": s.spec.Region, "usePodIdentity": "true",
		}},
	}, whenCreated(), namespaceName)
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
// which nobody changes once they are made.
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
