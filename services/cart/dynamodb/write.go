package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ausmart/platform/services/cart/item"
)

type values = map[string]types.AttributeValue

// itemsName is the placeholder for the attribute "items", which is a reserved word.
func itemsName() map[string]string { return map[string]string{"#items": "items"} }

// transact writes all of the actions or none.
func (s *Store) transact(ctx context.Context, actions ...types.TransactWriteItem) error {
	_, err := s.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: actions})
	return err
}

// listing adds an id to the cart's set. An id that is in it already needs no room.
func (s *Store) listing(customer, id string) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &s.table, Key: key(customer),
		UpdateExpression:         aws.String("ADD #items :ids SET expiresAt = :e"),
		ConditionExpression:      aws.String("attribute_not_exists(#items) OR contains(#items, :id) OR size(#items) < :max"),
		ExpressionAttributeNames: itemsName(),
		ExpressionAttributeValues: values{
			":ids": set([]string{id}), ":id": text(id), ":max": number(item.MaxLines), ":e": expiry(),
		},
	}}
}

// extending adds ids to the cart's set, if the set is still the one that was read.
func (s *Store) extending(customer string, listed, ids []string) types.TransactWriteItem {
	condition, v := "attribute_not_exists(#items)", values{":ids": set(ids), ":e": expiry()}
	if len(listed) > 0 {
		condition, v[":listed"] = "#items = :listed", set(listed)
	}
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &s.table, Key: key(customer),
		UpdateExpression:         aws.String("ADD #items :ids SET expiresAt = :e"),
		ConditionExpression:      &condition,
		ExpressionAttributeNames: itemsName(), ExpressionAttributeValues: v,
	}}
}

// unlisting removes an id from the cart's set.
func (s *Store) unlisting(customer, id string) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &s.table, Key: key(customer),
		UpdateExpression:         aws.String("DELETE #items :ids"),
		ExpressionAttributeNames: itemsName(), ExpressionAttributeValues: values{":ids": set([]string{id})},
	}}
}

// dropping deletes the cart's set, if it is still the one that was read.
func (s *Store) dropping(customer string, ids []string) types.TransactWriteItem {
	return types.TransactWriteItem{Delete: &types.Delete{
		TableName: &s.table, Key: key(customer),
		ConditionExpression:      aws.String("#items = :ids"),
		ExpressionAttributeNames: itemsName(), ExpressionAttributeValues: values{":ids": set(ids)},
	}}
}

// adding makes a line, or adds to its quantity up to the bound.
func (s *Store) adding(customer string, i item.Item) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &s.table, Key: key(lineID(customer, i.ID)),
		UpdateExpression:    aws.String("ADD quantity :q SET customerId = :c, itemId = :i, unitPrice = :p, expiresAt = :e"),
		ConditionExpression: aws.String("attribute_not_exists(quantity) OR quantity <= :room"),
		ExpressionAttributeValues: values{
			":q": number(i.Quantity), ":room": number(item.MaxQuantity - i.Quantity),
			":c": text(customer), ":i": text(i.ID), ":p": number(i.UnitPrice), ":e": expiry(),
		},
	}}
}

// deleting deletes a line that must be there.
func (s *Store) deleting(customer, id string) types.TransactWriteItem {
	return types.TransactWriteItem{Delete: &types.Delete{
		TableName: &s.table, Key: key(lineID(customer, id)), ConditionExpression: aws.String("attribute_exists(id)"),
	}}
}

// deletingAny deletes a line if it is there.
func (s *Store) deletingAny(customer, id string) types.TransactWriteItem {
	return types.TransactWriteItem{Delete: &types.Delete{TableName: &s.table, Key: key(lineID(customer, id))}}
}

// deletingExactly deletes a line if it is still the one that was read.
func (s *Store) deletingExactly(customer string, i item.Item) types.TransactWriteItem {
	return types.TransactWriteItem{Delete: &types.Delete{
		TableName: &s.table, Key: key(lineID(customer, i.ID)), ConditionExpression: aws.String("quantity = :q AND unitPrice = :p"),
		ExpressionAttributeValues: values{":q": number(i.Quantity), ":p": number(i.UnitPrice)},
	}}
}
