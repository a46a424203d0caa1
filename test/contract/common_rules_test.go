package contract_test

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
			},
			refuses: map[string]change{
				"Zone": {reason: "A zone is not a region.", to: `region: us-east-1a`, field: "spec.region"},
			},
		}
		out[kind+"RegionCannotChange"] = rule{
			kind: kind, at: "spec.region",
			message: "region cannot change: create a new claim in the other region and move over to it",
			accepts: map[string]change{
				"Same":             {reason: "An update that leaves the region alone.", from: `region: us-east-1`, to: `{region: us-east-1, tags: {team: shop}}`},
				"DefaultMadePlain": {reason: "Writing down the default changes nothing.", from: `{}`, to: `region: ap-southeast-2`},
			},
			refuses: map[string]change{
				"Other":   {reason: "Nothing can be moved to another region.", from: `region: us-east-1`, to: `region: us-east-2`, field: "spec.region"},
				"Removed": {reason: "Without a region the default comes in its place.", from: `region: us-east-1`, to: `{}`, field: "spec.region"},
			},
		}
		out[kind+"ProviderConfigCannotChange"] = rule{
			kind: kind, at: "spec.providerConfigName",
			message: "providerConfigName cannot change, since another one may be another AWS account, where nothing of this exists: " +
				"change the ProviderConfig itself, or create a new claim",
			accepts: map[string]change{
				"Same": {reason: "Writing down the default changes nothing.", from: `{}`, to: `providerConfigName: default`},
			},
			refuses: map[string]change{
				"Other": {reason: "The resources would be made again in the other account.", from: `providerConfigName: shop`, to: `providerConfigName: other`, field: "spec.providerConfigName"},
			},
		}
		out[kind+"TagKeysOfAWS"] = rule{
			kind: kind, at: "spec.tags",
			message: "tag keys that begin with aws: are reserved by AWS: choose another key",
			accepts: map[string]change{
				"Own": {reason: "aws within a key is fine.", to: `tags: {"team/aws:owner": shop}`},
			},
			refuses: map[string]change{
				"Reserved": {reason: "AWS refuses such keys, long after the claim was accepted.", to: `tags: {"aws:owner": shop}`, field: "spec.tags"},
			},
		}
		out[kind+"TagKeyLength"] = rule{
			kind: kind, at: "spec.tags",
			message: "a tag key can have 128 characters at most: shorten it",
			accepts: map[string]change{
				"Longest": {reason: "128 characters are allowed.", to: `tags: {` + letters(128) + `: shop}`},
			},
			refuses: map[string]change{
				"TooLong": {reason: "129 characters are one too many.", to: `tags: {` + letters(129) + `: shop}`, field: "spec.tags"},
			},
		}
	}
	return out
}
