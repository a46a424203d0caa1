package database

import (
	"fmt"

	dynamodbv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/dynamodb/v1beta2"

	"github.com/ausmart/platform/functions/internal/progress"
)

// conditionExpiry shows whether items of a table expire.
const conditionExpiry = "ItemsExpire"

// An expiry of items by the time in an attribute. It is that of AWS while it is on.
type expiry struct {
	attribute string
	on        bool
}

// wantedExpiry is that of the claim.
func (d *database) wantedExpiry() expiry {
	if d.spec.Table == nil || d.spec.Table.TTLAttribute == "" {
		return expiry{}
	}
	return expiry{d.spec.Table.TTLAttribute, true}
}

// switchesOff reports whether the expiry that AWS has must go before the claim's can come. DynamoDB
// takes another attribute only after the first one was switched off, and a change takes up to an
// hour, in which it refuses any other
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html, read
// 2026-11-30).
func (d *database) switchesOff() bool { return d.state.expiry.on && d.state.expiry != d.wantedExpiry() }

// expiry to ask for. Leaving it out means off for a table that never had one, and as it is for any
// other: Terraform keeps what a table has. To switch it off AWS wants the attribute's name.
func (d *database) expiry() *dynamodbv1beta2.TTLParameters {
	ask := d.wantedExpiry()
	switch {
	case d.switchesOff():
		ask = expiry{attribute: d.state.expiry.attribute}
	case !ask.on:
		return nil
	}
	return &dynamodbv1beta2.TTLParameters{Enabled: &ask.on, AttributeName: &ask.attribute}
}

func (d *database) expiryCondition() progress.Condition {
	want, is := d.wantedExpiry(), d.state.expiry.attribute
	c := progress.Condition{Type: conditionExpiry, True: want.on, Reason: "ByAttribute"}
	switch {
	case d.switchesOff() && want.on:
		c.True, c.Reason = false, "ChangingAttribute"
		c.Message = fmt.Sprintf("spec.table.ttlAttribute: %[2]s follows once DynamoDB has switched expiry by %[1]s off; each step can take an hour", is, want.attribute)
	case d.switchesOff():
		c.Reason = "SwitchingOff"
		c.Message = fmt.Sprintf("spec.table.ttlAttribute is gone: DynamoDB switches expiry by %s off, which can take an hour", is)
	case !want.on:
		c.Reason = "NotAsked"
	case is != want.attribute || !d.state.expiry.on:
		c.True, c.Reason = false, "SwitchingOn"
	}
	return c
}
