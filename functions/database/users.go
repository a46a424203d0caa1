package database

import (
	elasticachev1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta1"
	elasticachev1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta2"

	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	userName        = "user-app"
	defaultUserName = "user-default"
	userGroupName   = "user-group"

	// iamVersion is the first major version that takes IAM tokens (Authenticating with
	// IAM in the ElastiCache User Guide, edition of 2023-05, read 2026-11-29).
	iamVersion = 7

	// appRights is what a service may do: every command on every key, but those
	// that administer the server.
	appRights = "on ~* &* +@all -@admin -@dangerous +info +keys"

	// noRights of a user that is off.
	noRights = "off -@all"
)

// addUsers adds the users of Redis, and returns the id of their group; nil without TLS,
// which IAM requires. The service's user has no password: it logs in with an IAM token that
// is valid for 15 minutes. A group needs a user named default, with which every connection
// starts. Ours is off, while AWS's own may do everything (Authenticating with IAM and
// Role-Based Access Control in the ElastiCache User Guide, editions of 2023-05, read
// 2026-11-29).
func (d *database) addUsers() []*string {
	if !d.tls() {
		return nil
	}
	app, off := d.awsName(elasticacheNameMax, "app"), d.awsName(elasticacheNameMax, "default")
	d.addUser(userName, app, elasticachev1beta2.UserParameters{
		// IAM requires that a user's name and id are the same.
		UserName:           &app,
		AccessString:       new(appRights),
		AuthenticationMode: &elasticachev1beta2.AuthenticationModeParameters{Type: new("iam")},
	})
	d.addUser(defaultUserName, off, elasticachev1beta2.UserParameters{
		UserName:     new("default"),
		AccessString: new(noRights),
		// Not by AuthenticationMode: AWS reports it with another value, and the provider
		// would try to correct that for ever.
		NoPasswordRequired: new(true),
	})
	group := d.awsName(elasticacheNameMax, "")
	d.Desired.Add(userGroupName, &elasticachev1beta1.UserGroup{
		ObjectMeta: d.Named(userGroupName, group),
		Spec: elasticachev1beta1.UserGroupSpec{ForProvider: elasticachev1beta1.UserGroupParameters{
			Region:  &d.spec.Region,
			Engine:  new(redisEngine),
			UserIds: []*string{&app, &off},
			Tags:    d.Tags(userGroupName),
		}},
	}, desired.After(userName, defaultUserName)) // AWS refuses a group of users that do not exist.
	d.Desired.AddUsages(userGroupName, userName, defaultUserName)
	return []*string{new(d.NameInAWS(userGroupName, group))}
}

func (d *database) addUser(name, id string, p elasticachev1beta2.UserParameters) {
	p.Region, p.Engine, p.Tags = &d.spec.Region, new(redisEngine), d.Tags(name)
	d.Desired.Add(name, &elasticachev1beta2.User{
		ObjectMeta: d.Named(name, id),
		Spec:       elasticachev1beta2.UserSpec{ForProvider: p},
	})
}
