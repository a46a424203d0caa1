package charts

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/ausmart/platform/functions/internal/conventions"
)

type secretsDriverValues struct {
	FullnameOverride     string         `json:"fullnameOverride"`
	SyncSecret           enabled        `json:"syncSecret"`
	EnableSecretRotation bool           `json:"enableSecretRotation"`
	RotationPollInterval string         `json:"rotationPollInterval"`
	TokenRequests        []tokenRequest `json:"tokenRequests"`
	Linux                driverPods     `json:"linux"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

type tokenRequest struct {
	Audience string `json:"audience"`
}

type driverPods struct {
	PriorityClassName string              `json:"priorityClassName"`
	Tolerations       []corev1.Toleration `json:"tolerations"`
	PodAnnotations    map[string]string   `json:"podAnnotations"`
}

// secretsDriver mounts secrets into pods. Its pods' resources are the chart's.
func secretsDriver() secretsDriverValues {
	return secretsDriverValues{
		FullnameOverride: SecretsDriver,
		// Secrets are files. To copy them into Secrets, the driver would have to be
		// allowed to write every Secret of the cluster.
		SyncSecret: enabled{Enabled: false},
		// RDS changes its passwords on its own. This is how long a pod may have the
		// old one at most: a service that is refused reads the file again.
		EnableSecretRotation: true,
		RotationPollInterval: "2m",
		// The pod's own identity, which the AWS provider trades for the pod's role.
		// Without the audience of sts.amazonaws.com, there is no way by IRSA.
		TokenRequests: []tokenRequest{{Audience: "pods.eks.amazonaws.com"}},
		Linux: driverPods{
			PriorityClassName: criticalToNode,
			Tolerations:       everywhere(),
			PodAnnotations:    conventions.ScrapeAnnotations("8095", ""),
		},
	}
}

// The provider's chart has the driver as a chart of its own inside. It stays off:
// the driver has its own release, whose version is pinned here.
type secretsProviderValues struct {
	FullnameOverride  string              `json:"fullnameOverride"`
	AWSRegion         string              `json:"awsRegion"`
	PriorityClassName string              `json:"priorityClassName"`
	Tolerations       []corev1.Toleration `json:"tolerations"`
	Driver            installed           `json:"secrets-store-csi-driver"`
}

type installed struct {
	Install bool `json:"install"`
}

// secretsProvider reads secrets with the role of the pod that mounts them, and
// needs none itself. That it does so by Pod Identity is for each
// SecretProviderClass to say: usePodIdentity.
func secretsProvider(in Inputs) secretsProviderValues {
	return secretsProviderValues{
		FullnameOverride:  SecretsProvider,
		AWSRegion:         in.Region,
		PriorityClassName: criticalToNode,
		Tolerations:       everywhere(),
		Driver:            installed{Install: false},
	}
}
