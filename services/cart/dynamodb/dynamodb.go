// Package dynamodb keeps carts in DynamoDB.
//
// Each line is an item whose id is CUSTOMER:ITEM, with an index by customer, as in the sample. An
// index of DynamoDB lags behind, so a read right after a write could miss a line. So the table
// holds one more item for each cart, with the id CUSTOMER: the set of the cart's item ids. It
// changes in the same transaction as the lines, and both are read consistently. The index is left
// to people and reports.
package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ausmart/platform/services/cart/item"
	"github.com/ausmart/platform/services/internal/retry"
)

const (
	// callTimeout bounds one call of the store, with its retries.
	callTimeout = 5 * time.Second
	// ttl is how long a cart lives after its last change, when the table has a TTL on the attribute expiresAt.
	ttl = 30 * 24 * time.Hour
)

// Store keeps carts in a table.
type Store struct {
	client *dynamodb.Client
	table  string
}

// New returns a Store on the table.
func New(client *dynamodb.Client, table string) *Store {
	return &Store{client: client, table: table}
}

// Ping returns nil when the table exists.
func (s *Store) Ping(ctx context.Context) error {
	// The cheapest question that needs no permission beyond those of the service itself.
	_, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: key(":")})
	return err
}

// Items returns the lines of a cart, by item id.
func (s *Store) Items(ctx context.Context, customer string) ([]item.Item, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, items, err := s.read(ctx, customer)
	return items, translate("read cart", err)
}

// Item returns one line.
func (s *Store) Item(ctx context.Context, customer, id string) (item.Item, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	i, err := s.line(ctx, customer, id)
	return i, translate("read item", err)
}

// Add puts an item into the cart, or more of it, and returns its line.
func (s *Store) Add(ctx context.Context, customer string, i item.Item) (item.Item, error) {
	var line item.Item
	err := s.attempt(ctx, "add item", func(ctx context.Context) error {
		err := s.transact(ctx, s.listing(customer, i.ID), s.adding(customer, i))
		if failed(err) {
			return item.ErrFull // Both conditions are bounds of the cart.
		}
		if err != nil {
			return err
		}
		line, err = s.line(ctx, customer, i.ID)
		if errors.Is(err, item.ErrNotFound) {
			line, err = i, nil // It was added; another request has emptied the cart since.
		}
		return err
	})
	return line, err
}

// Set changes a line that is there.
func (s *Store) Set(ctx context.Context, customer string, d item.Draft) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	values := map[string]types.AttributeValue{":e": expiry()}
	update := "SET expiresAt = :e"
	if d.Quantity != nil {
		values[":q"], update = number(*d.Quantity), update+", quantity = :q"
	}
	if d.UnitPrice != nil {
		values[":p"], update = number(*d.UnitPrice), update+", unitPrice = :p"
	}
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: key(lineID(customer, d.ID)), UpdateExpression: &update,
		ConditionExpression: aws.String("attribute_exists(id)"), ExpressionAttributeValues: values,
	})
	var missing *types.ConditionalCheckFailedException
	if errors.As(err, &missing) {
		return item.ErrNotFound
	}
	return translate("change item", err)
}

// Remove takes a line out of the cart.
func (s *Store) Remove(ctx context.Context, customer, id string) error {
	return s.attempt(ctx, "remove item", func(ctx context.Context) error {
		err := s.transact(ctx, s.deleting(customer, id), s.unlisting(customer, id))
		if failed(err) {
			return item.ErrNotFound
		}
		return err
	})
}

// Clear empties the cart.
func (s *Store) Clear(ctx context.Context, customer string) error {
	return s.attempt(ctx, "clear cart", func(ctx context.Context) error {
		ids, _, err := s.read(ctx, customer)
		if err != nil || len(ids) == 0 {
			return err
		}
		actions := []types.TransactWriteItem{s.dropping(customer, ids)}
		for _, id := range ids {
			actions = append(actions, s.deletingAny(customer, id))
		}
		return again(s.transact(ctx, actions...))
	})
}

// Merge moves all lines of one cart into another: all of them or none.
func (s *Store) Merge(ctx context.Context, from, into string) error {
	if from == into {
		return nil
	}
	return s.attempt(ctx, "merge carts", func(ctx context.Context) error {
		ids, items, err := s.read(ctx, from)
		if err != nil || len(items) == 0 {
			return err
		}
		listed, there, err := s.read(ctx, into)
		if err != nil {
			return err
		}
		if !fits(there, items) {
			return item.ErrFull
		}
		actions := []types.TransactWriteItem{s.dropping(from, ids), s.extending(into, listed, ids)}
		for _, i := range items {
			actions = append(actions, s.deletingExactly(from, i), s.adding(into, i))
		}
		return again(s.transact(ctx, actions...))
	})
}

func fits(there, more []item.Item) bool {
	quantities := map[string]int{}
	for _, i := range there {
		quantities[i.ID] = i.Quantity
	}
	for _, i := range more {
		if quantities[i.ID] += i.Quantity; quantities[i.ID] > item.MaxQuantity {
			return false
		}
	}
	return len(quantities) <= item.MaxLines
}

// errAgain is returned when another request changed the cart between reading and writing.
var errAgain = errors.New("cart changed meanwhile")

func again(err error) error {
	if failed(err) {
		return errAgain
	}
	return err
}

// attempt repeats fn while it loses against others that change the same cart.
func (s *Store) attempt(ctx context.Context, what string, fn func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var last error
	backoff := retry.Backoff{First: 5 * time.Millisecond, Max: 200 * time.Millisecond}
	err := backoff.Until(ctx, func(ctx context.Context) error {
		last = fn(ctx)
		if errors.Is(last, errAgain) || conflicts(last) {
			return last
		}
		return nil
	}, nil)
	return translate(what, errors.Join(err, last))
}

// translate returns the domain's errors as they are, and wraps the SDK's errors in one that a client may see.
func translate(what string, err error) error {
	if err == nil || errors.Is(err, item.ErrNotFound) || errors.Is(err, item.ErrFull) {
		return err
	}
	return fmt.Errorf("cannot %s: %w: %w", what, item.ErrUnavailable, err)
}

// failed reports whether DynamoDB cancelled a transaction because one of its conditions does not hold.
func failed(err error) bool { return cancelledFor(err, "ConditionalCheckFailed") && !conflicts(err) }

// conflicts reports whether DynamoDB cancelled a transaction because another one was changing the same items.
func conflicts(err error) bool { return cancelledFor(err, "TransactionConflict") }

func cancelledFor(err error, code string) bool {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return false
	}
	for _, reason := range cancelled.CancellationReasons {
		if aws.ToString(reason.Code) == code {
			return true
		}
	}
	return false
}

func expiry() types.AttributeValue { return number(int(time.Now().Add(ttl).Unix())) }

func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func set(ids []string) types.AttributeValue { return &types.AttributeValueMemberSS{Value: ids} }

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": text(id)}
}

func lineID(customer, id string) string { return customer + ":" + id }
