package database

import (
	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/runner"
	"github.com/ausmart/platform/functions/internal/settings"
)

const (
	// conditionFoundations says whether what the database stands on exists.
	conditionFoundations = "FoundationsReady"

	// conditionReady says whether all of the database's resources are ready.
	conditionReady = "DatabaseReady"
)

func (d *database) status(p progress.Summary) *v1alpha1.DatabaseStatus {
	s := &v1alpha1.DatabaseStatus{
		CommonStatus: v1alpha1.CommonStatus{
			Environment: d.spec.Environment,
			WaitingFor:  p.Awaited(),
			Settings:    d.set.Effective(d.withoutEffect()...),
		},
		Endpoint:       d.seen.endpoint,
		ReaderEndpoint: d.seen.readerEndpoint,
		SecretARN:      d.seen.secretARN,
		EngineVersion:  d.seen.versionText,
		ARN:            d.seen.arn,
		KMSKeyARN:      d.seen.keyARN,
		DatabaseName:   d.spec.DatabaseName,
		SecurityGroup:  d.seen.groupID,
	}
	if s.Endpoint != "" {
		s.Port = d.seen.port
	}
	switch d.spec.Engine {
	case v1alpha1.EngineDynamoDB:
		s.TableName = d.obs.ExternalName(tableName)
		return s
	case v1alpha1.EngineRedis:
		s.TLS = d.tls()
		if s.UserARN = d.seen.userARN; s.UserARN != "" {
			s.Username = d.obs.ExternalName(userName)
		}
	default:
		s.TLS = true // Both servers' parameters refuse anything else.
	}
	if d.set.FinalSnapshot.V {
		s.FinalSnapshot = d.finalSnapshot()
	}
	return s
}

// withoutEffect are the settings of a Database that a table does not act on.
func (d *database) withoutEffect() []settings.Name {
	if d.spec.Engine != v1alpha1.EngineDynamoDB {
		return nil
	}
	return []settings.Name{settings.MultiAZ, settings.RetentionDays, settings.FinalSnapshot, settings.ApplyImmediately}
}

func (d *database) conditions(p progress.Summary) []runner.Condition {
	f := progress.Of(d.obs, d.foundations)
	return []runner.Condition{
		{Type: conditionFoundations, True: f.Ready(), Reason: f.Reason(), Message: f.Awaited()},
		{Type: conditionReady, True: p.Ready(), Reason: p.Reason(), Message: p.Awaited()},
		d.guard().Condition(d.obs),
	}
}
