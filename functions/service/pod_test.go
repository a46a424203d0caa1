package service

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestPodsAreGuarded checks the same rules for every pod of the examples.
func TestPodsAreGuarded(t *testing.T) {
	for _, env := range []string{"au-dev", "au-prod"} {
		for _, name := range store() {
			p := kit().NewExample(t, env+"/"+name)
			p.Settle(t)
			d := deployment(t, p)
			pod, c := d.Spec.Template.Spec, d.Spec.Template.Spec.Containers[0]
			rules := map[string]bool{
				"replicas are the autoscaler's":     d.Spec.Replicas == nil,
				"no token of the Kubernetes API":    !*pod.AutomountServiceAccountToken && !*manifest[corev1.ServiceAccount](t, p, serviceAccountName).AutomountServiceAccountToken,
				"seccomp":                           pod.SecurityContext.SeccompProfile.Type == corev1.SeccompProfileTypeRuntimeDefault,
				"a user that is not root":           *pod.SecurityContext.RunAsNonRoot && *pod.SecurityContext.RunAsUser > 0,
				"a root file system to read only":   *c.SecurityContext.ReadOnlyRootFilesystem,
				"no way to more rights":             !*c.SecurityContext.AllowPrivilegeEscalation && cmp.Equal(c.SecurityContext.Capabilities.Drop, []corev1.Capability{"ALL"}),
				"all three probes":                  c.StartupProbe != nil && c.LivenessProbe != nil && c.ReadinessProbe != nil,
				"a limit of memory, as requested":   c.Resources.Limits.Memory().Cmp(*c.Resources.Requests.Memory()) == 0 && !c.Resources.Limits.Memory().IsZero(),
				"a request of CPU, and no throttle": !c.Resources.Requests.Cpu().IsZero() && c.Resources.Limits.Cpu().IsZero(),
				"an end within a spot node's notice": *pod.TerminationGracePeriodSeconds < 120 &&
					c.Lifecycle.PreStop.Sleep.Seconds < *pod.TerminationGracePeriodSeconds,
				"spread over zones and nodes": len(pod.TopologySpreadConstraints) == 2,
				"one container, no other":     len(pod.Containers) == 1 && len(pod.InitContainers) == 0,
			}
			for rule, kept := range rules {
				if !kept {
					t.Errorf("%s-%s: broken: %s", env, name, rule)
				}
			}
		}
	}
}

// TestSpot compares a service that may run on spot nodes with one that may not.
func TestSpot(t *testing.T) {
	pod := func(spot bool) corev1.PodSpec {
		p := kit().New(t, "spot", map[string]any{"spot": spot})
		p.Settle(t)
		return deployment(t, p).Spec.Template.Spec
	}
	on, off := pod(true), pod(false)
	if off.Tolerations != nil || off.Affinity != nil {
		t.Errorf("a service that did not ask for spot nodes must not get them: %v, %v", off.Tolerations, off.Affinity)
	}
	want := corev1.PodSpec{
		Tolerations: []corev1.Toleration{conventions.TolerateSpot()},
		Affinity:    &corev1.Affinity{NodeAffinity: conventions.PreferSpot()},
	}
	if diff := cmp.Diff(want, corev1.PodSpec{Tolerations: on.Tolerations, Affinity: on.Affinity}); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestResources(t *testing.T) {
	cases := map[string]struct {
		reason string
		spec   map[string]any
		want   map[corev1.ResourceName]resource.Quantity
		fatal  string
	}{
		"Default": {
			reason: "A claim without resources has the schema's defaults.",
			want:   map[corev1.ResourceName]resource.Quantity{"cpu": resource.MustParse("100m"), "memory": resource.MustParse("128Mi")},
		},
		"Given": {
			reason: "The claim overrides the defaults.",
			spec:   map[string]any{"resources": map[string]any{"cpu": "0.5", "memory": "2Gi"}},
			want:   map[corev1.ResourceName]resource.Quantity{"cpu": resource.MustParse("500m"), "memory": resource.MustParse("2Gi")},
		},
		"Nonsense": {
			reason: "The message for text that is no quantity names the field.",
			spec:   map[string]any{"resources": map[string]any{"cpu": "lots"}},
			fatal:  `spec.resources.cpu: "lots" is not a quantity: write it as 100m or 128Mi`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "resources", tc.spec)
			if diff := cmp.Diff(tc.fatal, functiontest.Refusal(p.Reconcile(t))); diff != "" {
				t.Fatalf("%s\nrefusal: -want, +got:\n%s", tc.reason, diff)
			}
			if tc.fatal != "" {
				return
			}
			p.Settle(t)
			got := map[corev1.ResourceName]resource.Quantity(deployment(t, p).Spec.Template.Spec.Containers[0].Resources.Requests)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestVariablesFit gives a service as many variables as the schema allows. The manifest of its
// Deployment has to fit into an annotation of it.
func TestVariablesFit(t *testing.T) {
	cases := map[string]struct {
		n     int
		value string
		fits  bool
	}{
		"Most":    {60, strings.Repeat("x", 4096), true},
		"TooMany": {functiontest.MaxItems(t, "Service", "env"), strings.Repeat("x", 4096), false},
		"Quoted":  {32, strings.Repeat(`"`, 4096), false}, // Each takes two bytes in JSON.
		"Dollars": {32, strings.Repeat("$", 4096), false}, // Each is written twice.
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var env []any
			for i := range tc.n {
				env = append(env, map[string]any{"name": fmt.Sprintf("V%d", i), "value": tc.value})
			}
			p := kit().New(t, "large", map[string]any{"env": env})
			var fatal string
			for range 5 {
				if fatal = functiontest.Refusal(p.Reconcile(t)); fatal != "" {
					break
				}
				p.MarkReady()
			}
			if fits := fatal == ""; fits != tc.fits || !fits && !strings.HasPrefix(fatal, "spec.env: the variables make a Deployment of ") {
				t.Fatalf("fits: %t; %s", fits, fatal)
			}
			if tc.fits {
				manifest, err := json.Marshal(p.ForProvider(deploymentName)["manifest"])
				if err != nil || len(manifest) > 256<<10 {
					t.Errorf("the manifest has %d bytes: %v", len(manifest), err)
				}
			}
		})
	}
}

// TestReadiness evaluates the queries as provider-kubernetes does.
func TestReadiness(t *testing.T) {
	p := kit().New(t, "ready", map[string]any{"ingress": map[string]any{}, "replicas": map[string]any{"min": int64(2), "max": int64(4)}})
	p.Settle(t)
	status := func(observed, replicas, updated, available float64) map[string]any {
		return map[string]any{"observedGeneration": observed, "replicas": replicas, "updatedReplicas": updated, "availableReplicas": available}
	}
	balanced := func(entries ...any) map[string]any {
		return map[string]any{"loadBalancer": map[string]any{"ingress": entries}}
	}
	cases := map[string]struct {
		reason   string
		resource string
		status   map[string]any
		want     bool
	}{
		"New":           {"A Deployment that no controller has seen has no status.", deploymentName, nil, false},
		"Empty":         {"Its first status is empty.", deploymentName, map[string]any{}, false},
		"Ready":         {"All replicas are new, and there are enough.", deploymentName, status(3, 2, 2, 2), true},
		"OldGeneration": {"The status is that of the version before.", deploymentName, status(2, 2, 2, 2), false},
		"RollingOut":    {"Old replicas still run.", deploymentName, status(3, 3, 2, 3), false},
		"TooFew":        {"The autoscaler is not there yet.", deploymentName, status(3, 1, 1, 1), false},
		"ScalingUp":     {"More replicas come: what is there is enough.", deploymentName, status(3, 4, 4, 2), true},
		"Down":          {"Nothing is available.", deploymentName, map[string]any{"observedGeneration": 3.0, "replicas": 2.0, "updatedReplicas": 2.0}, false},
		"NoBalancer":    {"An ingress without a load balancer.", ingressName, map[string]any{"loadBalancer": map[string]any{}}, false},
		"Balancer":      {"An ingress with one.", ingressName, balanced(map[string]any{"hostname": "x"}), true},
		"NoAddress":     {"A list of nothing.", ingressName, balanced(), false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			query := p.Get(tc.resource)["spec"].(map[string]any)["readiness"].(map[string]any)["celQuery"].(string)
			object := map[string]any{"metadata": map[string]any{"generation": 3.0}}
			if tc.status != nil {
				object["status"] = tc.status
			}
			if got := evaluate(t, query, object); got != tc.want {
				t.Errorf("%s\n%s is %t, want %t", tc.reason, query, got, tc.want)
			}
		})
	}
}

func evaluate(t *testing.T, query string, object map[string]any) bool {
	t.Helper()
	env, err := cel.NewEnv(cel.Variable("object", cel.AnyType))
	if err != nil {
		t.Fatal(err)
	}
	ast, issues := env.Compile(query)
	if issues.Err() != nil {
		t.Fatal(issues.Err())
	}
	if ast.OutputType() != cel.BoolType {
		t.Fatalf("%s is no bool, which the provider insists on", query)
	}
	program, err := env.Program(ast)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := program.Eval(map[string]any{"object": object})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return got.Value().(bool)
}
