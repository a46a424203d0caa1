package database

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/runner"
	"github.com/ausmart/platform/functions/internal/settings"
)

// The resources that are the database itself, one for each engine.
const (
	instanceName         = "instance"          // mysql, postgres
	replicationGroupName = "replication-group" // redis
	tableName            = "table"             // dynamodb
)

// A database under composition.
type database struct {
	// name is the composite's, and what its AWS resources are named after.
	name string
	uid  string

	spec v1alpha1.DatabaseSpec
	set  settings.Settings
	net  network
	obs  observed.Resources
	seen seen

	// version to run; none for a table.
	version version

	want *desired.Resources

	// foundations are the names of what must exist before the database does.
	foundations []string
}

// Compose decides which managed resources a Database is made of. Its errors name
// the claim's field and say what to do.
func Compose(in runner.Input[*v1alpha1.Database]) (*runner.Output, error) {
	spec := in.XR.Spec
	d := &database{
		name: in.XR.GetName(),
		uid:  string(in.XR.GetUID()),
		spec: spec,
		set:  in.Settings,
		obs:  in.Observed,
		want: desired.New(spec.ProviderConfigName),
	}
	var err error
	if d.seen, err = look(in.Observed, d.primary()); err != nil {
		return nil, err
	}
	if err := d.keeps(); err != nil {
		return nil, err
	}
	if err := d.enter(in); err != nil {
		return nil, err
	}
	if err := d.compose(); err != nil {
		return nil, err
	}
	d.order()
	d.guard().Hold(d.want, in.XR)

	d.release(in.XR)
	if err := d.protect(); err != nil {
		return nil, err
	}
	p := progress.Of(d.obs, d.awaited())
	return &runner.Output{
		Resources:  d.want,
		Status:     d.status(p),
		Conditions: d.conditions(p),
	}, nil
}

// primary is the name of the resource that is the database itself.
func (d *database) primary() string {
	switch d.spec.Engine {
	case v1alpha1.EngineDynamoDB:
		return tableName
	case v1alpha1.EngineRedis:
		return replicationGroupName
	default:
		return instanceName
	}
}

// enter the network, for engines that live in one.
func (d *database) enter(in runner.Input[*v1alpha1.Database]) error {
	if d.spec.Engine == v1alpha1.EngineDynamoDB {
		return nil
	}
	if d.spec.NetworkRef == nil {
		return errors.New("spec.networkRef: is needed for mysql, postgres and redis: name the Network claim that the database lives in")
	}
	claim := networkOf(in.XR)
	n, err := runner.Referenced[v1alpha1.Network](in, claim)
	if err != nil {
		return err
	}
	d.net, err = newNetwork(n, claim)
	return err
}

// compose what the engine is made of.
func (d *database) compose() error {
	d.addKey()
	if d.spec.Engine == v1alpha1.EngineDynamoDB {
		return d.addTable()
	}
	var err error
	if d.version, err = next(d.spec, d.seen.versionAsked, d.seen.version); err != nil {
		return err
	}
	d.addSecurityGroup()
	switch d.spec.Engine {
	case v1alpha1.EngineMySQL:
		d.addRDS(mysql())
	case v1alpha1.EnginePostgres:
		d.addRDS(postgres())
	case v1alpha1.EngineRedis:
		return d.addRedis()
	default:
		return fmt.Errorf("spec.engine: unknown engine %q: use mysql, postgres, redis or dynamodb", d.spec.Engine)
	}
	return nil
}

// awaited are the names of all that a database is made of, also of what cannot be
// asked for yet.
func (d *database) awaited() []string {
	names := slices.Concat(d.want.Names(), d.foundations, []string{d.primary()})
	slices.Sort(names)
	return slices.Compact(names)
}

// order what lives in something else: while they are deleted, each waits for
// what is in it. The network waits for the group and the subnets' group; the
// foundations wait for the database, so that no key goes while a final snapshot
// is taken under it.
func (d *database) order() {
	if d.net.composite != "" {
		for _, user := range []string{securityGroupName, subnetGroupName} {
			d.want.UseComposite(d.obs, kind("XNetwork"), d.net.composite, user)
		}
	}
	for _, name := range d.foundations {
		// A group of parameters comes and goes with versions, and its Usage would
		// not: AWS itself keeps one that is in use.
		if !strings.HasPrefix(name, parameterGroupPrefix) {
			d.want.Use(d.obs, name, d.primary())
		}
	}
}

// stateful kinds hold what cannot be had back: data, keys and logs.
func stateful(kind string) bool {
	return slices.Contains([]string{"Instance", "ReplicationGroup", "Table", "Key", "Group"}, kind)
}

// release lets resources go that the claim's annotation names. No setting
// releases anything: a database has no part that it can do without.
func (d *database) release(xr *v1alpha1.Database) {
	for name := range strings.SplitSeq(xr.GetAnnotations()[desired.AllowRemovalAnnotation], ",") {
		d.want.Release(strings.TrimSpace(name))
	}
}

// protect refuses to let go what holds state and was not released.
func (d *database) protect() error {
	return d.want.Protect(d.obs, stateful, func(string) string { return "nothing in the claim asks for that" })
}

// kind of this platform.
func kind(name string) schema.GroupVersionKind {
	return v1alpha1.GroupVersion().WithKind(name)
}

// tags of an AWS resource: the claim's, and on top of them the platform's own.
func (d *database) tags(name string) map[string]*string {
	tags := make(map[string]*string, len(d.spec.Tags)+3)
	for k, v := range d.spec.Tags {
		tags[k] = new(string(v))
	}
	tags["Name"] = new(d.name + "-" + name)
	tags["ausmart.io/environment"] = new(string(d.spec.Environment))
	tags["ausmart.io/database"] = new(d.name)
	return tags
}
