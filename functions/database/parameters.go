package database

import (
	"maps"
	"slices"
	"strings"

	rdsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/rds/v1beta1"
)

const parameterGroupPrefix = "parameter-group-"

// addParameterGroup adds the group of RDS for the version's family of parameters, and
// returns its name in the composition. AWS cannot change the family of a group, so
// each family has one of its own.
func (d *database) addParameterGroup(s server) string {
	family := family(s.engine, d.version)
	name := parameterGroupPrefix + family
	parameters := make([]rdsv1beta1.ParameterParameters, 0, len(s.parameters))
	for _, p := range slices.Sorted(maps.Keys(s.parameters)) {
		apply := "immediate"
		if slices.Contains(s.fromStart, p) {
			apply = "pending-reboot"
		}
		parameters = append(parameters, rdsv1beta1.ParameterParameters{Name: new(p), Value: new(s.parameters[p]), ApplyMethod: &apply})
	}
	d.Desired.Add(name, &rdsv1beta1.ParameterGroup{
		ObjectMeta: d.Named(name, d.parameterGroup(family)),
		Spec: rdsv1beta1.ParameterGroupSpec{ForProvider: rdsv1beta1.ParameterGroupParameters{
			Region:      &d.spec.Region,
			Family:      &family,
			Description: new("Database " + d.Name),
			Parameter:   parameters,
			Tags:        d.Tags(name),
		}},
	})
	d.keepParameterGroups(name, d.NameInAWS(name, d.parameterGroup(family)))
	return name
}

// parameterGroup is the name in AWS of a family's group.
func (d *database) parameterGroup(family string) string {
	return d.awsName(otherNameMax, strings.ReplaceAll(family, ".", "-"))
}

// keepParameterGroups keeps the groups of other versions until the database uses the
// current one, by its name in AWS: during an upgrade, which may wait for a maintenance
// window, the database still runs with the old one.
func (d *database) keepParameterGroups(current, inAWS string) {
	if !d.state.exists || d.state.parameterGroup == inAWS {
		return
	}
	for _, name := range d.Observed.Names() {
		if strings.HasPrefix(name, parameterGroupPrefix) && name != current {
			d.Desired.Keep(name)
		}
	}
}
