package answers

import (
	"fmt"
	"maps"
)

// A Refusal is AWS's error for a change that it refuses.
type Refusal struct{ Code, Message string }

// Change returns what AWS holds once a resource of a kind, such as rds/Instance, was changed from what it held to what
// is asked, or why AWS refuses that.
func Change(kind string, held, asked map[string]any) (map[string]any, *Refusal) {
	switch kind {
	case "dynamodb/Table":
		return changeTable(held, asked)
	case "eks/Cluster":
		return changeCluster(asked), nil
	case "rds/Instance":
		return changeInstance(held, asked)
	default:
		return asked, nil
	}
}

// changeTable refuses another attribute of time to live while one is on, and forgets the attribute of one that is off.
// API_UpdateTimeToLive, read 2026-11-30; the message is from public reports; that AWS returns no attribute is in
// terraform-provider-aws, internal/service/dynamodb/table.go.
func changeTable(held, asked map[string]any) (map[string]any, *Refusal) {
	was, is := one(held["ttl"]), one(asked["ttl"])
	if was["enabled"] == true && is["attributeName"] != was["attributeName"] {
		return nil, &Refusal{"ValidationException", fmt.Sprintf("TimeToLive is active on a different AttributeName: current AttributeName is %v", was["attributeName"])}
	}
	if is == nil || is["enabled"] == true {
		return asked, nil
	}
	out := maps.Clone(asked)
	delete(out, "ttl")
	return out, nil
}

// changeCluster forgets the ranges of an endpoint that is not public: AWS lets in no one by them, and gets them anew with
// the next public endpoint.
func changeCluster(asked map[string]any) map[string]any {
	config := one(asked["vpcConfig"])
	if config["endpointPublicAccess"] != false || config["publicAccessCidrs"] == nil {
		return asked
	}
	private := maps.Clone(config)
	delete(private, "publicAccessCidrs")
	out := maps.Clone(asked)
	out["vpcConfig"] = private
	if _, list := asked["vpcConfig"].([]any); list {
		out["vpcConfig"] = []any{private}
	}
	return out
}

// changeInstance refuses to shrink a volume (ModifyDBInstance API: "This setting must be greater than or equal to the
// current value"; the message is from public reports, read 2026-11-30). Every instance has a mode of Database Insights,
// standard unless it asks for another (CreateDBInstance API); without Performance Insights there is neither a retention
// nor a key of it.
func changeInstance(held, asked map[string]any) (map[string]any, *Refusal) {
	was, is := number(held["allocatedStorage"]), number(asked["allocatedStorage"])
	if is < was {
		return nil, &Refusal{"InvalidParameterCombination", fmt.Sprintf("Requested storage size (%.0f) cannot be less than the current storage size (%.0f).", is, was)}
	}
	out := maps.Clone(asked)
	if out["databaseInsightsMode"] == nil {
		out["databaseInsightsMode"] = "standard"
	}
	if asked["performanceInsightsEnabled"] != false {
		return out, nil
	}
	delete(out, "performanceInsightsRetentionPeriod")
	delete(out, "performanceInsightsKmsKeyId")
	return out, nil
}

// one object, or the object of a list of one; nil for anything else.
func one(v any) map[string]any {
	if l, ok := v.([]any); ok && len(l) == 1 {
		v = l[0]
	}
	m, _ := v.(map[string]any)
	return m
}

func number(v any) float64 {
	switch n := v.(type) {
	case float64:
		return n
	case int64:
		return float64(n)
	}
	return 0
}
