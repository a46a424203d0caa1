package database

import (
	"fmt"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/progress"
)

// kind of the claim.
const kind = "Database"

// The resources that are the database itself, one for each engine.
const (
	instanceName         = "instance"          // mysql, postgres
	replicationGroupName = "replication-group" // redis
	tableName            = "table"             // dynamodb
)

// stageDatabase is the stage of the database itself. All other resources are
// foundations, which are in the first one.
const stageDatabase = 1

func stages() []desired.Stage {
	return []desired.Stage{{Title: "foundations", Condition: "FoundationsReady"}, {Title: "database"}}
}

// A database under composition.
type database struct {
	*composition.Composition

	spec    v1alpha1.DatabaseSpec
	state   state
	network networkInfo

	// version to run; none for a table.
	version version
}

// primaryName of an engine is the name of the resource that is the database itself.
func primaryName(e v1alpha1.DatabaseEngine) string {
	switch e {
	case v1alpha1.EngineDynamoDB:
		return tableName
	case v1alpha1.EngineRedis:
		return replicationGroupName
	default:
		return instanceName
	}
}

// addEngine adds the database itself, and the foundations that its engine needs.
func (d *database) addEngine() error {
	if d.spec.Engine == v1alpha1.EngineDynamoDB {
		return d.addTable()
	}
	d.addSecurityGroup()
	switch d.spec.Engine {
	case v1alpha1.EngineMySQL:
		d.addRDS(mysql())
	case v1alpha1.EnginePostgres:
		d.addRDS(postgres())
	case v1alpha1.EngineRedis:
		d.addRedis()
	default:
		return fmt.Errorf("spec.engine: unknown engine %q: use mysql, postgres, redis or dynamodb", d.spec.Engine)
	}
	return nil
}

// engineConditions say what of a claim AWS has not, or not yet.
func (d *database) engineConditions() []progress.Condition {
	switch d.spec.Engine {
	case v1alpha1.EngineDynamoDB:
		return []progress.Condition{d.expiryCondition()}
	case v1alpha1.EngineMySQL, v1alpha1.EnginePostgres:
		return []progress.Condition{d.volumeCondition()}
	default:
		return nil
	}
}

// addPrimary adds the resource that is the database itself, once its foundations
// are ready. A new one with a key of its own also needs the key's ARN.
func (d *database) addPrimary(o desired.Object, order ...desired.Order) {
	name := primaryName(d.spec.Engine)
	order = append(order, desired.In(stageDatabase), desired.AfterEarlierStages())
	if d.Settings.KMS.V && d.state.keyARN == "" && !d.state.exists {
		d.Desired.Pending(name, order...)
		return
	}
	d.Desired.Add(name, o, order...)
}
