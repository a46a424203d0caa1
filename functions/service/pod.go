package service

import (
	"cmp"
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/ausmart/platform/functions/internal/conventions"
)

const (
	// unprivilegedUser is the user of images without a base. No image's own user is
	// trusted to be unprivileged.
	unprivilegedUser = 65532

	// A pod that ends waits until load balancers and kube-proxies send it nothing more,
	// then has the rest of a minute to finish: half of a spot node's two minutes' notice.
	drainSeconds = 10
	graceSeconds = 60

	// scratch is the size of /tmp, the one place where a container can write.
	scratch = "64Mi"

	// associationAnnotation on a pod names the association that gives it its role. A
	// service that gets its first database gets new pods by it, since EKS gives a pod
	// credentials when it is made or never.
	associationAnnotation = "platform.ausmart.io/pod-identity"
)

// pod is the template of the service's pods. They pass the restricted Pod Security
// Standard.
func (s *service) pod(vars []corev1.EnvVar) (corev1.PodTemplateSpec, error) {
	container, err := s.container(vars)
	if err != nil {
		return corev1.PodTemplateSpec{}, err
	}
	spec := corev1.PodSpec{
		ServiceAccountName:            s.workload,
		AutomountServiceAccountToken:  new(false),
		EnableServiceLinks:            new(false),
		TerminationGracePeriodSeconds: new(int64(graceSeconds)),
		SecurityContext: &corev1.PodSecurityContext{
			RunAsNonRoot:   new(true),
			RunAsUser:      new(int64(unprivilegedUser)),
			RunAsGroup:     new(int64(unprivilegedUser)),
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		Containers:                []corev1.Container{container},
		Volumes:                   s.volumes(),
		TopologySpreadConstraints: s.spread(),
	}
	if s.spec.Spot {
		spec.Tolerations = []corev1.Toleration{conventions.TolerateSpot()}
		spec.Affinity = &corev1.Affinity{NodeAffinity: conventions.PreferSpot()}
	}
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: s.labels(), Annotations: s.podAnnotations()}, Spec: spec}, nil
}

func (s *service) podAnnotations() map[string]string {
	annotations := conventions.ScrapeAnnotations(strconv.Itoa(int(s.spec.Port)), s.metricsPath())
	if id := s.association(); id != "" {
		annotations[associationAnnotation] = id
	}
	return annotations
}

// association is the id of the one that gives the pods their role. While AWS does not
// answer it is the one that they have: a new value means new pods.
func (s *service) association() string {
	if !s.needsRole() || s.state.associationID != "" {
		return s.state.associationID
	}
	return s.state.deployment.Spec.Template.Annotations[associationAnnotation]
}

// container has a limit of memory and none of CPU: a container without a CPU limit
// gets its share by its request, and may use what is idle.
func (s *service) container(vars []corev1.EnvVar) (corev1.Container, error) {
	cpu, memory := s.resources()
	requests := corev1.ResourceList{}
	for name, text := range map[corev1.ResourceName]string{corev1.ResourceCPU: cpu, corev1.ResourceMemory: memory} {
		q, err := resource.ParseQuantity(text)
		if err != nil {
			return corev1.Container{}, fmt.Errorf("spec.resources.%s: %q is not a quantity: write it as 100m or 128Mi", name, text)
		}
		requests[name] = q
	}
	live, ready := s.probes()
	return corev1.Container{
		Name:  s.workload,
		Image: s.spec.Image,
		Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: s.spec.Port, Protocol: corev1.ProtocolTCP}},
		Env:   vars,
		Resources: corev1.ResourceRequirements{
			Requests: requests,
			Limits:   corev1.ResourceList{corev1.ResourceMemory: requests[corev1.ResourceMemory]},
		},
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: new(false),
			ReadOnlyRootFilesystem:   new(true),
			RunAsNonRoot:             new(true),
			Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			SeccompProfile:           &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		// Two minutes to start, then a restart after half a minute of silence. Not to be
		// ready is noticed within 15 seconds.
		StartupProbe:   s.probe(live, 2, 60),
		LivenessProbe:  s.probe(live, 10, 3),
		ReadinessProbe: s.probe(ready, 5, 3),
		Lifecycle:      &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: drainSeconds}}},
		VolumeMounts:   s.mounts(),
	}, nil
}

// probe waits two seconds for an answer. A readiness check of the store waits less than one
// second for what it depends on.
func (s *service) probe(path string, every, failures int32) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler:     corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(s.spec.Port)}},
		PeriodSeconds:    every,
		TimeoutSeconds:   2,
		FailureThreshold: failures,
	}
}

func (s *service) volumes() []corev1.Volume {
	volumes := []corev1.Volume{{
		Name:         "tmp",
		VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: new(resource.MustParse(scratch))}},
	}}
	if s.hasLogins() {
		volumes = append(volumes, corev1.Volume{
			Name: secretsName,
			VolumeSource: corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{
				Driver:           "secrets-store.csi.k8s.io",
				ReadOnly:         new(true),
				VolumeAttributes: map[string]string{"secretProviderClass": s.workload},
			}},
		})
	}
	return volumes
}

func (s *service) mounts() []corev1.VolumeMount {
	mounts := []corev1.VolumeMount{{Name: "tmp", MountPath: "/tmp"}}
	if s.hasLogins() {
		mounts = append(mounts, corev1.VolumeMount{Name: secretsName, MountPath: secretsPath, ReadOnly: true})
	}
	return mounts
}

// spread the replicas of one version over all zones, and over nodes where that is possible,
// so that the service survives the loss of a zone.
func (s *service) spread() []corev1.TopologySpreadConstraint {
	constraint := func(key string, otherwise corev1.UnsatisfiableConstraintAction) corev1.TopologySpreadConstraint {
		return corev1.TopologySpreadConstraint{
			MaxSkew:           1,
			TopologyKey:       key,
			WhenUnsatisfiable: otherwise,
			LabelSelector:     s.selector(),
			// A zone whose nodes are gone or forbidden does not count.
			NodeAffinityPolicy: new(corev1.NodeInclusionPolicyHonor),
			NodeTaintsPolicy:   new(corev1.NodeInclusionPolicyHonor),
			MatchLabelKeys:     []string{"pod-template-hash"},
		}
	}
	return []corev1.TopologySpreadConstraint{
		constraint(corev1.LabelTopologyZone, corev1.DoNotSchedule),
		constraint(corev1.LabelHostname, corev1.ScheduleAnyway),
	}
}

// resources are the claim's, or the schema's defaults where it has none.
func (s *service) resources() (cpu, memory string) {
	cpu, memory = "100m", "128Mi"
	if r := s.spec.Resources; r != nil {
		cpu, memory = cmp.Or(r.CPU, cpu), cmp.Or(r.Memory, memory)
	}
	return cpu, memory
}

func (s *service) probes() (live, ready string) {
	live, ready = "/livez", "/readyz"
	if p := s.spec.Probes; p != nil {
		live, ready = cmp.Or(p.Live, live), cmp.Or(p.Ready, ready)
	}
	return live, ready
}

func (s *service) metricsPath() string { return cmp.Or(s.spec.MetricsPath, "/metrics") }
