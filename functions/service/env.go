package service

import (
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// environment returns the container's variables: the platform's own, then the
// claim's, which win. It says whether all values are known: that of a queue is not
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
			v.Value = *e.Value
		case e.From != nil:
			var known bool
			v.Value, known = s.from(e)
			complete = complete && known
		}
		vars = append(vars, v)
	}
	return vars, complete
}

// platformVars are what most programs want to know of where they run.
func (s *service) platformVars() []corev1.EnvVar {
	vars := []corev1.EnvVar{{Name: "PORT", Value: strconv.Itoa(int(s.spec.Port))}}
	if s.needsRole() {
		vars = append(vars, corev1.EnvVar{Name: "AWS_REGION", Value: s.spec.Region})
	}
	if s.hasCollectors() {
		vars = append(vars,
			corev1.EnvVar{Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Value: fmt.Sprintf("http://%s.%s:%d", collector, observability, otlpHTTPPort)},
			corev1.EnvVar{Name: "OTEL_RESOURCE_ATTRIBUTES", Value: fmt.Sprintf("service.namespace=%s,deployment.environment.name=%s", s.namespace, s.spec.Environment)},
		)
	}
	return vars
}

// hasCollectors says whether the cluster has collectors.
func (s *service) hasCollectors() bool {
	o := s.cluster.Spec.Observability
	return o == nil || o.Enabled == nil || *o.Enabled
}

// from takes a variable's value from a queue or a database, and says whether it is
// known yet.
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
	v, ok := d.fields()[e.From.Field]
	if !ok {
		s.fail(fmt.Errorf("spec.env %s: database %q is %s, which has no %s: see kubectl explain app.spec.env.from.field", e.Name, d.name, d.engine, e.From.Field))
	}
	return v, ok
}

func (s *service) fromQueue(name string, field v1alpha1.EnvField) (string, bool) {
	q := s.seen.queues[name]
	v := map[v1alpha1.EnvField]string{
		v1alpha1.EnvFieldURL: q.url, v1alpha1.EnvFieldARN: q.arn, v1alpha1.EnvFieldName: lastPart(q.arn),
	}[field]
	return v, v != ""
}

// fields are what a variable can take from the database.
func (d database) fields() map[v1alpha1.EnvField]string {
	switch d.engine {
	case v1alpha1.EngineMySQL, v1alpha1.EnginePostgres:
		return map[v1alpha1.EnvField]string{
			v1alpha1.EnvFieldARN: d.status.ARN, v1alpha1.EnvFieldName: d.id(),
			v1alpha1.EnvFieldEndpoint: d.status.Endpoint, v1alpha1.EnvFieldReaderEndpoint: d.reader(), v1alpha1.EnvFieldPort: d.port(),
			v1alpha1.EnvFieldDatabaseName: d.status.DatabaseName,
			v1alpha1.EnvFieldSecretFile:   secretsPath + "/" + d.secretFile(),
			v1alpha1.EnvFieldUsernameFile: secretsPath + "/" + d.usernameFile(),
			v1alpha1.EnvFieldPasswordFile: secretsPath + "/" + d.passwordFile(),
		}
	case v1alpha1.EngineDynamoDB:
		return map[v1alpha1.EnvField]string{
			v1alpha1.EnvFieldARN: d.status.ARN, v1alpha1.EnvFieldName: d.id(), v1alpha1.EnvFieldTableName: d.status.TableName,
		}
	default:
		return map[v1alpha1.EnvField]string{
			v1alpha1.EnvFieldARN: d.status.ARN, v1alpha1.EnvFieldName: d.id(), v1alpha1.EnvFieldUser: d.status.Username,
			v1alpha1.EnvFieldEndpoint: d.status.Endpoint, v1alpha1.EnvFieldReaderEndpoint: d.reader(), v1alpha1.EnvFieldPort: d.port(),
			v1alpha1.EnvFieldURL: d.redisURL(d.status.Endpoint), v1alpha1.EnvFieldReaderURL: d.redisURL(d.reader()),
		}
	}
}

// reader is where to read from: the database itself where it has no replica, so
// that a claim says the same in every environment.
func (d database) reader() string {
	if d.status.ReaderEndpoint != "" {
		return d.status.ReaderEndpoint
	}
	return d.status.Endpoint
}

func (d database) redisURL(host string) string {
	scheme := "redis"
	if d.status.TLS {
		scheme = "rediss"
	}
	return scheme + "://" + host + ":" + d.port()
}

func (s *service) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}
