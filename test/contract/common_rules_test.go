package contract_test

import (
	"fmt"
	"strings"
)

// commonRules hold for every kind.
func commonRules() map[string]rule {
	out := map[string]rule{}
	for kind := range leastSpecs() {
		out[kind+"RegionIsARegion"] = rule{
			kind: kind, at: "spec.region",
			message: "must be an AWS region, such as ap-southeast-2",
			accepts: map[string]change{
				"Commercial": {reason: "A region of the aws partition.", to: `region: us-east-1`},
				"GovCloud":   {reason: "Regions can have more than three parts.", to: `region: us-gov-west-1`},
				"Sovereign":  {reason: "The European Sovereign Cloud's start with four letters.", to: `region: eusc-de-east-1`},
			},
			refuses: map[string]change{
				"Zone": {reason: "A zone is not a region.", to: `region: us-east-1a`, field: "spec.region"},
			},
		}
		out[kind+"TagKeysOfAWS"] = rule{
			kind: kind, at: "spec.tags",
			message: "tag keys that start with aws: are reserved by AWS: choose another key",
			accepts: map[string]change{
				"Own": {reason: "aws within a key is fine.", to: `tags: {"team/aws:owner": shop}`},
			},
			refuses: map[string]change{
				"Reserved": {reason: "AWS refuses such keys, long after the claim was accepted.", to: `tags: {"aws:owner": shop}`, field: "spec.tags"},
				"AnyCase":  {reason: "In any case.", to: `tags: {"AWS:owner": shop}`, field: "spec.tags"},
			},
		}
		out[kind+"TagKeyLength"] = rule{
			kind: kind, at: "spec.tags",
			message: "a tag key has 1 to 128 characters: shorten it",
			accepts: map[string]change{
				"Longest": {reason: "128 characters are allowed.", to: `tags: {` + letters(128) + `: shop}`},
			},
			refuses: map[string]change{
				"TooLong": {reason: "129 characters are one too many.", to: `tags: {` + letters(129) + `: shop}`, field: "spec.tags"},
				"Empty":   {reason: "A key has a character.", to: `tags: {"": shop}`, field: "spec.tags"},
			},
		}
		out[kind+"TagKeyCharacters"] = rule{
			kind: kind, at: "spec.tags",
			message: "a tag key can have letters, digits, spaces and _ . : / = + - @, as in IAM: remove other characters",
			accepts: map[string]change{
				"All":      {reason: "Every character that IAM takes.", to: `tags: {"a Z-9_.:/=+@": shop}`},
				"Language": {reason: "Letters of any language.", to: `tags: {Straße: shop}`},
			},
			refuses: map[string]change{
				"Hash": {reason: "IAM takes no such character, and EC2 would.", to: `tags: {"cost#center": shop}`, field: "spec.tags"},
			},
		}
		out[kind+"TagValueCharacters"] = rule{
			kind: kind, at: "spec.tags{}",
			message: "a tag value can have letters, digits, spaces and _ . : / = + - @, as in IAM: remove other characters",
			accepts: map[string]change{
				"All":   {reason: "Every character that IAM takes.", to: `tags: {team: "a Z-9_.:/=+@ é"}`},
				"Empty": {reason: "A value may be empty.", to: `tags: {team: ""}`},
			},
			refuses: map[string]change{
				"Ampersand": {reason: "IAM takes no such characters.", to: `tags: {team: "R&D (x) <y@z.io>, 50%"}`, field: "spec.tags[team]"},
			},
		}
		out[kind+"TagKeysOnce"] = rule{
			kind: kind, at: "spec.tags",
			message: "IAM compares tag keys without case: keep one spelling of each",
			accepts: map[string]change{
				"Different": {reason: "Keys that differ in more than case.", to: `tags: {environment: prod, environments: prod}`},
			},
			refuses: map[string]change{
				"Case": {
					reason: "IAM refuses the role, and EC2 would take the VPC.", to: `tags: {Environment: prod, environment: prod, team: shop}`, field: "spec.tags",
					says: "IAM compares tag keys without case: keep one spelling of environment",
				},
			},
		}
		out[kind+"TagNameIsOurs"] = rule{
			kind: kind, at: "spec.tags",
			message: "IAM compares tag keys without case, and the platform sets Name: write Name, or choose another key",
			accepts: map[string]change{
				"Same": {reason: "The platform's own value takes its place.", to: `tags: {Name: shop}`},
			},
			refuses: map[string]change{
				"Case": {reason: "Both would be on a role.", to: `tags: {name: shop}`, field: "spec.tags"},
			},
		}
		out[kind+"TagPrefixIsOurs"] = rule{
			kind: kind, at: "spec.tags",
			message: "tag keys under ausmart.io/ are the platform's: choose another key",
			accepts: map[string]change{
				"Same": {reason: "The platform's own value takes its place.", to: `tags: {ausmart.io/environment: mine}`},
			},
			refuses: map[string]change{
				"Case": {reason: "Both would be on a role.", to: `tags: {ausmart.io/Environment: mine}`, field: "spec.tags"},
			},
		}
	}
	return out
}

// referenceRules hold for every field that names another claim.
func referenceRules() map[string]rule {
	out := map[string]rule{}
	for _, r := range []struct{ kind, at, given string }{
		{"Cluster", "networkRef", "networkRef: {name: %s}"},
		{"Database", "networkRef", "networkRef: {name: %s}"},
		{"Service", "clusterRef", "clusterRef: {name: %s}"},
		{"Service", "databases[]", "databases: [{name: %s}]"},
	} {
		field := "spec." + strings.ReplaceAll(r.at, "[]", "[0]") + ".name"
		out[r.kind+strings.Trim(r.at, "[]")+"IsAName"] = rule{
			kind: r.kind, at: "spec." + r.at + ".name",
			message: "must be the name of a claim of this namespace: lower-case letters, digits, - and .",
			accepts: map[string]change{
				"Dots": {reason: "A claim's name may have dots.", to: fmt.Sprintf(r.given, "shop.v2")},
			},
			refuses: map[string]change{
				"Slash":   {reason: "No claim has such a name, so it would be waited for without end.", to: fmt.Sprintf(r.given, "team-b/shop"), field: field},
				"Capital": {reason: "A claim's name has no capitals.", to: fmt.Sprintf(r.given, "Shop"), field: field},
			},
		}
	}
	return out
}

// iamRules hold for the kinds that compose IAM roles.
func iamRules() map[string]rule {
	out := map[string]rule{}
	for _, kind := range []string{"Network", "Cluster", "Service"} {
		out[kind+"IAMPath"] = rule{
			kind: kind, at: "spec.iamPath",
			message: "must start and end with /, such as /ausmart/, and have no spaces, *, ? or $",
			accepts: map[string]change{
				"Root":    {reason: "AWS's own path, which keeps what exists there.", to: `iamPath: /`},
				"Nested":  {reason: "A path has any depth.", to: `iamPath: /ausmart/store/`},
				"Longest": {reason: "IAM takes 512 characters.", to: `iamPath: /` + letters(510) + `/`},
				"Changed": {reason: "The API server cannot know whether a role exists, so the function decides: here the path is corrected before the role exists.", from: `iamPath: /ausmrat/`, to: `iamPath: /ausmart/`},
			},
			refuses: map[string]change{
				"NoStart":  {reason: "IAM's paths begin with /.", to: `iamPath: ausmart/`, field: "spec.iamPath"},
				"NoEnd":    {reason: "IAM's paths end with /.", to: `iamPath: /ausmart`, field: "spec.iamPath"},
				"Space":    {reason: "IAM takes no spaces.", to: `iamPath: "/aus mart/"`, field: "spec.iamPath"},
				"Unicode":  {reason: "IAM takes ASCII only.", to: `iamPath: /ausmärt/`, field: "spec.iamPath"},
				"Wildcard": {reason: "A policy that names such a role would name every role.", to: `iamPath: "/*/"`, field: "spec.iamPath"},
				"Variable": {reason: "A policy would read it as a variable.", to: `iamPath: "/${aws:username}/"`, field: "spec.iamPath"},
			},
		}
		out[kind+"PermissionsBoundary"] = rule{
			kind: kind, at: "spec.permissionsBoundary",
			message: "must be the ARN of an IAM policy, such as arn:aws:iam::111122223333:policy/boundary",
			accepts: map[string]change{
				"Own":      {reason: "A policy of the account, at a path.", to: `permissionsBoundary: arn:aws:iam::111122223333:policy/ausmart/boundary`},
				"OfAWS":    {reason: "One of AWS's own.", to: `permissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess`},
				"GovCloud": {reason: "ARNs of another partition.", to: `permissionsBoundary: arn:aws-us-gov:iam::111122223333:policy/boundary`},
			},
			refuses: map[string]change{
				"Name":  {reason: "A name is no ARN.", to: `permissionsBoundary: boundary`, field: "spec.permissionsBoundary"},
				"Role":  {reason: "A role bounds nothing.", to: `permissionsBoundary: arn:aws:iam::111122223333:role/boundary`, field: "spec.permissionsBoundary"},
				"Empty": {reason: "No boundary means no field.", to: `permissionsBoundary: ""`, field: "spec.permissionsBoundary"},
			},
		}
	}
	return out
}
