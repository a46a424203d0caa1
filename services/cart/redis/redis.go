// Package redis keeps carts in Redis: one hash for each customer, which expires when it has not been changed for a while.
//
// Each change is one script, so that it happens whole or not at all, and two of them never mix.
package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-redis/redis/v8"
	"github.com/google/uuid"

	"github.com/ausmart/platform/services/cart/item"
)

// callTimeout bounds one call of the store, with its retries.
const callTimeout = 3 * time.Second

// A hash has two fields for each line: the quantity under q:ITEM, the price under p:ITEM.
const (
	quantityField = "q:"
	priceField    = "p:"
)

// Store keeps carts in Redis.
type Store struct {
	client *redis.Client
	prefix string
	ttl    time.Duration
}

// New returns a Store whose keys begin with prefix and live for ttl after the last change.
func New(client *redis.Client, prefix string, ttl time.Duration) *Store {
	return &Store{client: client, prefix: prefix, ttl: ttl}
}

// Ping returns nil when Redis answers.
func (s *Store) Ping(ctx context.Context) error { return s.client.Ping(ctx).Err() }

// Close closes the connections.
func (s *Store) Close(context.Context) error { return s.client.Close() }

// Items returns the lines of a cart, by item id.
func (s *Store) Items(ctx context.Context, customer string) ([]item.Item, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	fields, err := s.client.HGetAll(ctx, s.key(customer)).Result()
	if err != nil {
		return nil, unavailable("read cart", err)
	}
	items := []item.Item{}
	for field, quantity := range fields {
		if id, ok := strings.CutPrefix(field, quantityField); ok {
			i, err := parse(id, quantity, fields[priceField+id])
			if err != nil {
				return nil, err
			}
			items = append(items, i)
		}
	}
	slices.SortFunc(items, func(a, b item.Item) int { return cmp.Compare(a.ID, b.ID) })
	return items, nil
}

// Item returns one line.
func (s *Store) Item(ctx context.Context, customer, id string) (item.Item, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	values, err := s.client.HMGet(ctx, s.key(customer), quantityField+id, priceField+id).Result()
	if err != nil {
		return item.Item{}, unavailable("read item", err)
	}
	quantity, ok1 := values[0].(string)
	price, ok2 := values[1].(string)
	if !ok1 || !ok2 {
		return item.Item{}, item.ErrNotFound
	}
	return parse(id, quantity, price)
}

// Add puts an item into the cart, or more of it, and returns its line.
func (s *Store) Add(ctx context.Context, customer string, i item.Item) (item.Item, error) {
	once := s.prefix + "once:" + uuid.NewString() // The client may send the script twice; the second must not add.
	quantity, err := s.run(ctx, "add item", addScript(), []string{s.key(customer), once}, s.seconds(), item.MaxLines, item.MaxQuantity, i.ID, i.Quantity, i.UnitPrice)
	i.Quantity = quantity
	return i, err
}

// Set changes a line that is there.
func (s *Store) Set(ctx context.Context, customer string, d item.Draft) error {
	_, err := s.run(ctx, "change item", setScript(), []string{s.key(customer)}, s.seconds(), d.ID, optional(d.Quantity), optional(d.UnitPrice))
	return err
}

// Remove takes a line out of the cart.
func (s *Store) Remove(ctx context.Context, customer, id string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	n, err := s.client.HDel(ctx, s.key(customer), quantityField+id, priceField+id).Result()
	if err != nil {
		return unavailable("remove item", err)
	}
	if n == 0 {
		return item.ErrNotFound
	}
	return nil
}

// Clear empties the cart.
func (s *Store) Clear(ctx context.Context, customer string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return unavailable("clear cart", s.client.Del(ctx, s.key(customer)).Err())
}

// Merge moves all lines of one cart into another: all of them or none.
func (s *Store) Merge(ctx context.Context, from, into string) error {
	if from == into {
		return nil
	}
	_, err := s.run(ctx, "merge carts", mergeScript(), []string{s.key(from), s.key(into)}, s.seconds(), item.MaxLines, item.MaxQuantity)
	return err
}

// run executes a script and translates what it answers.
func (s *Store) run(ctx context.Context, what string, script *redis.Script, keys []string, args ...any) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	n, err := script.Run(ctx, s.client, keys, args...).Int()
	switch {
	case err != nil:
		return 0, unavailable(what, err)
	case n == scriptFull:
		return 0, item.ErrFull
	case n == scriptMissing:
		return 0, item.ErrNotFound
	}
	return n, nil
}

func (s *Store) key(customer string) string { return s.prefix + customer }

func (s *Store) seconds() int { return int(s.ttl.Seconds()) }

func optional(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func parse(id, quantity, price string) (item.Item, error) {
	q, err1 := strconv.Atoi(quantity)
	p, err2 := strconv.Atoi(price)
	if err := errors.Join(err1, err2); err != nil {
		return item.Item{}, unavailable("read item", err)
	}
	return item.Item{ID: id, Quantity: q, UnitPrice: p}, nil
}

// unavailable wraps the driver's error in one that a client may see; the log shows both.
func unavailable(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot %s: %w: %w", what, item.ErrUnavailable, err)
}
