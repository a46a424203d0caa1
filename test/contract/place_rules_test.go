package contract_test

// placeRules hold for what says where a claim's resources are.
func placeRules() map[string]rule {
	const (
		region  = "region cannot change: create a new claim in the other region and move over to it"
		account = "providerConfigName cannot change, since another one may be another AWS account, where nothing of this exists: " +
			"change the ProviderConfig itself, or create a new claim"
		table = `engine: dynamodb, networkRef: null, table: {partitionKey: {name: id}}, `
	)
	out := map[string]rule{
		"NetworkRegionCannotChange":         fixed("Network", "", "region", "ap-southeast-2", "us-east-1", region),
		"NetworkProviderConfigCannotChange": fixed("Network", "", "providerConfigName", "default", "shop", account),
		"TableRegionCannotChange": fixed("Database", table, "region", "ap-southeast-2", "us-east-1",
			"region of a table cannot change: create a new claim in the other region and move the data"),
		"TableProviderConfigCannotChange": fixed("Database", table, "providerConfigName", "default", "shop",
			"providerConfigName of a table cannot change, since another one may be another AWS account: change the ProviderConfig itself, or create a new claim"),
		"TableCrossEnvironment": {
			kind: "Database", at: "spec",
			message: "allowCrossEnvironment means nothing to dynamodb, whose claim names no other: remove it",
			accepts: map[string]change{
				"InNetwork": {reason: "A dev database may be in a network of prod.", to: `allowCrossEnvironment: true`},
			},
			refuses: map[string]change{
				"Table": {reason: "A table is in no network.", to: `{` + table + `allowCrossEnvironment: true}`, field: "spec.allowCrossEnvironment"},
			},
		},
	}
	for _, kind := range []string{"Cluster", "Database", "Service"} {
		out[kind+"RegionFollows"] = follows(kind, "region", "ap-southeast-2", "us-east-1", "us-east-2", region)
		out[kind+"ProviderConfigFollows"] = follows(kind, "providerConfigName", "default", "shop", "other", account)
	}
	return out
}

// fixed is the rule of a claim that names no other one: a field and its default never change.
func fixed(kind, spec, field, byDefault, other, message string) rule {
	with := func(more string) string { return "{" + spec + more + "}" }
	said, unsaid := with(field+": "+other), with("")
	return rule{
		kind: kind, at: "spec", message: message,
		accepts: map[string]change{
			"Same":           {reason: "An update that leaves it alone.", from: said, to: with(field + ": " + other + ", tags: {team: shop}")},
			"DefaultSaid":    {reason: "Writing down the default changes nothing.", from: unsaid, to: with(field + ": " + byDefault)},
			"DefaultRemoved": {reason: "Earlier schemas stored the default.", from: with(field + ": " + byDefault), to: unsaid},
		},
		refuses: map[string]change{
			"Other":   {reason: "What exists would be made again there.", from: with(field + ": " + byDefault), to: said, field: "spec." + field},
			"Said":    {reason: "Without a value the default applies.", from: unsaid, to: said, field: "spec." + field},
			"Removed": {reason: "Without a value the default applies.", from: said, to: unsaid, field: "spec." + field},
		},
	}
}

// follows is the rule of a claim that names another one: the function compares the two, and the
// default that earlier schemas stored can go to what the other one has.
func follows(kind, field, stored, other, third, message string) rule {
	return rule{
		kind: kind, at: "spec", message: message,
		accepts: map[string]change{
			"Same":    {reason: "An update that leaves it alone.", from: field + ": " + other, to: field + ": " + other + "\ntags: {team: shop}"},
			"Stored":  {reason: "Earlier schemas stored a default: the function decides whether the other value fits.", from: field + ": " + stored, to: field + ": " + other},
			"Said":    {reason: "The function decides whether it fits.", from: `{}`, to: field + ": " + other},
			"Removed": {reason: "Without a value that of the claim that is named applies.", from: field + ": " + other, to: `{}`},
		},
		refuses: map[string]change{
			"Other": {reason: "What exists would be made again there.", from: field + ": " + other, to: field + ": " + third, field: "spec." + field},
		},
	}
}
