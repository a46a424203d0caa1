package database

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	dynamodbv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/dynamodb/v1beta2"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
)

// keyTypes are DynamoDB's names of the types of keys (AttributeDefinition API, read
// 2026-11-29: there are no others).
func keyTypes() map[v1alpha1.KeyType]string {
	return map[v1alpha1.KeyType]string{
		"":                     "S",
		v1alpha1.KeyTypeString: "S",
		v1alpha1.KeyTypeNumber: "N",
		v1alpha1.KeyTypeBinary: "B",
	}
}

// addTable adds a table that is billed by request: it has no size to get wrong.
func (d *database) addTable() error {
	t := d.spec.Table
	if t == nil {
		return errors.New("spec.table: is needed for dynamodb: give its partitionKey")
	}
	attributes, err := attributes(t)
	if err != nil {
		return err
	}
	p := dynamodbv1beta2.TableParameters{
		Region:                    &d.spec.Region,
		BillingMode:               new("PAY_PER_REQUEST"),
		HashKey:                   &t.PartitionKey.Name,
		RangeKey:                  nameOf(t.SortKey),
		Attribute:                 attributes,
		GlobalSecondaryIndex:      indexes(t.Indexes),
		DeletionProtectionEnabled: &d.Settings.DeletionProtection.V,
		PointInTimeRecovery:       d.recovery(),
		TTL:                       d.expiry(),
		Tags:                      d.Tags(tableName),
	}
	// A table that exists stays without the key until the key exists.
	if key := d.keyARN(); key != nil {
		p.ServerSideEncryption = &dynamodbv1beta2.ServerSideEncryptionParameters{Enabled: new(true), KMSKeyArn: key}
	}
	meta := d.Named(tableName, d.awsName(otherNameMax, ""))
	meta.Labels = d.keyLabels()
	d.addPrimary(&dynamodbv1beta2.Table{ObjectMeta: meta, Spec: dynamodbv1beta2.TableSpec{ForProvider: p}}, desired.Clears("globalSecondaryIndex"))
	return nil
}

// recovery to any second of the last days: 1 to 35 of them
// (PointInTimeRecoverySpecification API, read 2026-11-29).
func (d *database) recovery() *dynamodbv1beta2.PointInTimeRecoveryParameters {
	days := d.Settings.BackupRetentionDays.V
	if days == 0 {
		return &dynamodbv1beta2.PointInTimeRecoveryParameters{Enabled: new(false)}
	}
	return &dynamodbv1beta2.PointInTimeRecoveryParameters{Enabled: new(true), RecoveryPeriodInDays: new(float64(days))}
}

// attributes are the keys of the table and its indexes, each once, by name.
func attributes(t *v1alpha1.Table) ([]dynamodbv1beta2.AttributeParameters, error) {
	keys := []*v1alpha1.TableKey{&t.PartitionKey, t.SortKey}
	for i := range t.Indexes {
		keys = append(keys, &t.Indexes[i].PartitionKey, t.Indexes[i].SortKey)
	}
	types := map[string]string{}
	for _, k := range keys {
		if k == nil {
			continue
		}
		is, ok := keyTypes()[k.Type]
		if !ok {
			return nil, fmt.Errorf("spec.table: %s has unknown type %q: use string, number or binary", k.Name, k.Type)
		}
		if was, ok := types[k.Name]; ok && was != is {
			return nil, fmt.Errorf("spec.table: %s has two types: give it the same one wherever it is a key", k.Name)
		}
		types[k.Name] = is
	}
	out := make([]dynamodbv1beta2.AttributeParameters, 0, len(types))
	for _, name := range slices.Sorted(maps.Keys(types)) {
		out = append(out, dynamodbv1beta2.AttributeParameters{Name: new(name), Type: new(types[name])})
	}
	return out, nil
}

// indexes sorted by name: their order in the claim has no meaning.
func indexes(given []v1alpha1.TableIndex) []dynamodbv1beta2.GlobalSecondaryIndexParameters {
	byName := make(map[string]v1alpha1.TableIndex, len(given))
	for _, i := range given {
		byName[i.Name] = i
	}
	out := make([]dynamodbv1beta2.GlobalSecondaryIndexParameters, 0, len(given))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		i := byName[name]
		out = append(out, dynamodbv1beta2.GlobalSecondaryIndexParameters{
			Name:           new(name),
			HashKey:        new(i.PartitionKey.Name),
			RangeKey:       nameOf(i.SortKey),
			ProjectionType: new("ALL"),
		})
	}
	return out
}

func nameOf(k *v1alpha1.TableKey) *string {
	if k == nil {
		return nil
	}
	return &k.Name
}
