package service

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/conventions"
)

// environment returns the container's variables: the platform's own, then the
// claim's, which win. It reports whether all values are known: those of a queue are not
// before the queue exists.
func (s *service) environment() (vars []corev1.EnvVar, complete bool) {
	complete = true
	for _, v := range s.platformVars() {
		if !slices.ContainsFunc(s.spec.Env, func(e v1alpha1.EnvVar) bool { return e.Name == v.Name }) {
			vars = append(vars, v)
		}
	}
	for _, e := range s.spec.Env {
		v := corev1.EnvVar{Name: e.Name}
		switch {
		case e.Value != nil:
			v.Value = literal(*e.Value)
		case e.From != nil:
			var known bool
			v.Value, known = s.from(e)
			v.Value = literal(v.Value)
			complete = complete && known
		}
		vars = append(vars, v)
	}
	return vars, complete
}

// literal is a value that the container gets as it is written: Kubernetes replaces $(NAME) by
// another variable, and $$ by $ (EnvVar of its API, read 2026-11-30).
func literal(value string) string { return strings.ReplaceAll(value, "$", "$$") }

// platformVars are the port, the region and the address for traces.
func (s *service) platformVars() []corev1.EnvVar {
	vars := []corev1.EnvVar{{Name: "PORT", Value: strconv.Itoa(int(s.spec.Port))}}
	if s.needsRole() {
		vars = append(vars, corev1.EnvVar{Name: "AWS_REGION", Value: s.spec.Region})
	}
	if s.hasCollectors() {
		gateway := fmt.Sprintf("http://%s.%s:%d", conventions.TelemetryGateway, conventions.TelemetryNamespace, conventions.OTLPHTTPPort)
		vars = append(vars,
			corev1.EnvVar{Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Value: gateway},
			corev1.EnvVar{Name: "OTEL_RESOURCE_ATTRIBUTES", Value: fmt.Sprintf("service.namespace=%s,deployment.environment.name=%s", s.namespace, s.spec.Environment)},
		)
	}
	return vars
}

// hasCollectors reports whether the cluster has collectors.
func (s *service) hasCollectors() bool {
	o := s.cluster.Spec.Observability
	return o == nil || ptr.Deref(o.Enabled, true)
}

// from takes a variable's value from a queue or a database, and reports whether it is
// known.
func (s *service) from(e v1alpha1.EnvVar) (string, bool) {
	if q := e.From.Queue; q != nil {
		return s.fromQueue(*q, e.From.Field)
	}
	i := slices.IndexFunc(s.databases, func(d database) bool { return e.From.Database != nil && d.name == *e.From.Database })
	if i < 0 {
		s.fail(fmt.Errorf("spec.env %s: from must name an entry of spec.databases or spec.queues", e.Name))
		return "", false
	}
	d := s.databases[i]
	v, ok := d.env()[e.From.Field]
	switch {
	case !ok:
		s.fail(fmt.Errorf("spec.env %s: database %q is %s, which has no %s: see kubectl explain app.spec.env.from.field", e.Name, d.name, d.engine, e.From.Field))
	case v == "" && e.From.Field == v1alpha1.EnvFieldDatabaseName:
		s.fail(fmt.Errorf("spec.env %s: Database %q names no database: write the name of one that the service makes itself into its value, "+
			"or use a new Database that has a databaseName, which cannot be added later", e.Name, d.name))
	}
	return v, ok
}

func (s *service) fromQueue(name string, field v1alpha1.EnvField) (string, bool) {
	q := s.state.queues[name]
	v := map[v1alpha1.EnvField]string{
		v1alpha1.EnvFieldURL: q.url, v1alpha1.EnvFieldARN: q.arn, v1alpha1.EnvFieldName: lastPart(q.arn),
	}[field]
	return v, v != ""
}
