package database

import (
	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/settings"
)

func (d *database) status(waitingFor string) *v1alpha1.DatabaseStatus {
	s := &v1alpha1.DatabaseStatus{
		CommonStatus:   d.Status(waitingFor, d.withoutEffect()...),
		Endpoint:       d.state.endpoint,
		ReaderEndpoint: d.state.readerEndpoint,
		SecretARN:      d.state.secretARN,
		EngineVersion:  d.state.runningText,
		ARN:            d.state.arn,
		KMSKeyARN:      d.state.keyARN,
		DatabaseName:   d.spec.DatabaseName,
		SecurityGroup:  d.state.groupID,
	}
	if s.Endpoint != "" {
		s.Port = d.state.port
	}
	switch d.spec.Engine {
	case v1alpha1.EngineDynamoDB:
		s.TableName = d.Observed.ExternalName(tableName)
		return s
	case v1alpha1.EngineRedis:
		s.TLS = d.tls()
		if s.UserARN = d.state.userARN; s.UserARN != "" {
			s.Username = d.Observed.ExternalName(userName)
		}
	default:
		s.TLS = true // Both servers' parameters refuse anything else.
	}
	if d.Settings.FinalSnapshot.V {
		s.FinalSnapshot = d.finalSnapshot()
	}
	return s
}

// withoutEffect are the settings that the database does not act on: those of other engines, and
// a login that it was made with or without before the setting had another value.
func (d *database) withoutEffect() []settings.Name {
	switch {
	case d.spec.Engine == v1alpha1.EngineDynamoDB:
		return []settings.Name{settings.MultiAZ, settings.RetentionDays, settings.FinalSnapshot, settings.ApplyImmediately, settings.RedisLogin}
	case d.spec.Engine != v1alpha1.EngineRedis || d.tls() != d.Settings.RedisLogin.V:
		return []settings.Name{settings.RedisLogin}
	default:
		return nil
	}
}
