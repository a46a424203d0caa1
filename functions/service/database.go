package service

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// A database that the service uses.
type database struct {
	// name of the claim.
	name string

	// composite is the name of the claim's composite.
	composite string

	engine v1alpha1.DatabaseEngine
	status v1alpha1.DatabaseStatus
}

// required fields of the database's status: a service cannot use it without them, and a variable
// that takes one of them is never empty.
func (d database) required() []statusField {
	arn := statusField{"arn", d.status.ARN}
	reachable := []statusField{{"endpoint", d.status.Endpoint}, {"port", d.port()}, arn}
	switch {
	case d.hasLogin():
		return append(reachable, statusField{"secretArn", d.status.SecretARN})
	case d.engine == v1alpha1.EngineDynamoDB:
		return []statusField{arn, {"tableName", d.status.TableName}}
	case d.status.TLS: // Redis logs in with IAM where it requires TLS.
		return append(reachable, statusField{"username", d.status.Username}, statusField{"userArn", d.status.UserARN})
	default:
		return reachable
	}
}

// env are the values that a variable can take from the database.
func (d database) env() map[v1alpha1.EnvField]string {
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

// reader is the endpoint for reads: the database itself where it has no replica, so that a
// claim is the same in every environment.
func (d database) reader() string { return cmp.Or(d.status.ReaderEndpoint, d.status.Endpoint) }

func (d database) redisURL(host string) string {
	scheme := "redis"
	if d.status.TLS {
		scheme = "rediss"
	}
	return scheme + "://" + host + ":" + d.port()
}

// port in digits; empty while there is none.
func (d database) port() string {
	if d.status.Port == 0 {
		return ""
	}
	return strconv.Itoa(int(d.status.Port))
}

// inVPC reports whether the database has an address in the cluster's VPC.
func (d database) inVPC() bool { return d.engine != v1alpha1.EngineDynamoDB }

// hasLogin reports whether the database's password is in Secrets Manager.
func (d database) hasLogin() bool {
	return d.engine == v1alpha1.EngineMySQL || d.engine == v1alpha1.EnginePostgres
}

// id is the name that the database has in AWS: the last part of its ARN.
func (d database) id() string { return lastPart(d.status.ARN) }

func (d database) secretFile() string   { return d.name + ".json" }
func (d database) usernameFile() string { return d.name + ".username" }
func (d database) passwordFile() string { return d.name + ".password" }

// logins are the databases whose password is in Secrets Manager.
func (s *service) logins() []database {
	return slices.DeleteFunc(slices.Clone(s.databases), func(d database) bool { return !d.hasLogin() })
}

// hasLogins reports whether there are any.
func (s *service) hasLogins() bool { return slices.ContainsFunc(s.databases, database.hasLogin) }

func lastPart(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }
