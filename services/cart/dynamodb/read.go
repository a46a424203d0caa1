package dynamodb

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ausmart/platform/services/cart/item"
)

// read returns the item ids that the cart lists, and its lines by item id.
func (s *Store) read(ctx context.Context, customer string) (ids []string, items []item.Item, err error) {
	attributes, err := s.get(ctx, customer)
	if err != nil {
		return nil, nil, err
	}
	items = []item.Item{}
	listed, ok := attributes["items"].(*types.AttributeValueMemberSS)
	if !ok {
		return nil, items, nil
	}
	keys := make([]map[string]types.AttributeValue, len(listed.Value))
	for n, id := range listed.Value {
		keys[n] = key(lineID(customer, id))
	}
	for len(keys) > 0 { // DynamoDB may return a part and leave the rest to the next call.
		var found []map[string]types.AttributeValue
		if found, keys, err = s.batch(ctx, keys); err != nil {
			return nil, nil, err
		}
		for _, attributes := range found {
			i, err := parse(attributes)
			if err != nil {
				return nil, nil, err
			}
			items = append(items, i)
		}
	}
	slices.SortFunc(items, func(a, b item.Item) int { return cmp.Compare(a.ID, b.ID) })
	return listed.Value, items, nil
}

func (s *Store) batch(ctx context.Context, keys []map[string]types.AttributeValue) (found, rest []map[string]types.AttributeValue, err error) {
	consistent := true
	rsp, err := s.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{s.table: {Keys: keys, ConsistentRead: &consistent}},
	})
	if err != nil {
		return nil, nil, err
	}
	return rsp.Responses[s.table], rsp.UnprocessedKeys[s.table].Keys, nil
}

func (s *Store) line(ctx context.Context, customer, id string) (item.Item, error) {
	attributes, err := s.get(ctx, lineID(customer, id))
	if err != nil {
		return item.Item{}, err
	}
	if len(attributes) == 0 {
		return item.Item{}, item.ErrNotFound
	}
	return parse(attributes)
}

func (s *Store) get(ctx context.Context, id string) (map[string]types.AttributeValue, error) {
	consistent := true
	rsp, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: key(id), ConsistentRead: &consistent})
	if err != nil {
		return nil, err
	}
	return rsp.Item, nil
}

func parse(attributes map[string]types.AttributeValue) (item.Item, error) {
	id, ok := attributes["itemId"].(*types.AttributeValueMemberS)
	quantity, err1 := integer(attributes["quantity"])
	price, err2 := integer(attributes["unitPrice"])
	if err := errors.Join(err1, err2); err != nil || !ok {
		return item.Item{}, errors.New("cannot read line of cart: it lacks its id, quantity or price")
	}
	return item.Item{ID: id.Value, Quantity: quantity, UnitPrice: price}, nil
}

func integer(v types.AttributeValue) (int, error) {
	n, ok := v.(*types.AttributeValueMemberN)
	if !ok {
		return 0, errors.New("not a number")
	}
	return strconv.Atoi(n.Value)
}
