// Package redis keeps purchases in Redis, each under one key that expires a while after its last change.
//
// Replicas of the service share it: a change that another replica was faster than is computed
// again. Reads may go to a replica of Redis.
package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-redis/redis/v8"

	"github.com/ausmart/platform/services/checkout/purchase"
)

// patience bounds one call of the store, its retries included.
const patience = 3 * time.Second

// Store keeps purchases in Redis.
type Store struct {
	writer *redis.Client
	reader *redis.Client
	prefix string
	ttl    time.Duration
	script *redis.Script
}

// New returns a Store whose keys begin with prefix and live for ttl after the last change. Without a replica to read from,
// reader is the same client as writer.
func New(writer, reader *redis.Client, prefix string, ttl time.Duration) *Store {
	return &Store{writer: writer, reader: reader, prefix: prefix, ttl: ttl, script: redis.NewScript(swapScript)}
}

// Ping returns nil when Redis answers.
func (s *Store) Ping(ctx context.Context) error { return s.writer.Ping(ctx).Err() }

// Close closes the connections.
func (s *Store) Close(context.Context) error {
	if s.reader == s.writer {
		return s.writer.Close()
	}
	return errors.Join(s.writer.Close(), s.reader.Close())
}

// Get returns the customer's purchase, or the zero Purchase. It asks the primary when the replica
// of Redis has no answer.
func (s *Store) Get(ctx context.Context, customer string) (purchase.Purchase, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	raw, err := s.reader.Get(ctx, s.prefix+customer).Bytes()
	if err != nil && s.reader != s.writer {
		raw, err = s.writer.Get(ctx, s.prefix+customer).Bytes()
	}
	return decode(raw, err)
}

// Change replaces the customer's purchase by what change makes of it. It calls change again when
// another replica of the service was faster.
func (s *Store) Change(ctx context.Context, customer string, change func(purchase.Purchase) (purchase.Purchase, error)) (purchase.Purchase, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		old, err := s.writer.Get(ctx, s.prefix+customer).Bytes()
		p, err := decode(old, err)
		if err != nil {
			return purchase.Purchase{}, err
		}
		if p, err = change(p); err != nil {
			return purchase.Purchase{}, err
		}
		swapped, err := s.swap(ctx, customer, old, p)
		if err != nil {
			return purchase.Purchase{}, unavailable("change checkout", err)
		}
		if swapped {
			return p, nil
		}
	}
}

// swap stores the purchase if the key still holds what it held.
func (s *Store) swap(ctx context.Context, customer string, old []byte, p purchase.Purchase) (bool, error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return false, err
	}
	return s.script.Run(ctx, s.writer, []string{s.prefix + customer}, old, raw, s.ttl.Milliseconds()).Bool()
}

// swapScript compares and sets in one go. A key that is not there counts as an empty one.
const swapScript = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`

func decode(raw []byte, err error) (purchase.Purchase, error) {
	if errors.Is(err, redis.Nil) {
		return purchase.Purchase{}, nil
	}
	if err != nil {
		return purchase.Purchase{}, unavailable("read checkout", err)
	}
	var p purchase.Purchase
	if err := json.Unmarshal(raw, &p); err != nil {
		return purchase.Purchase{}, unavailable("decode checkout", err)
	}
	return p, nil
}

func unavailable(what string, err error) error {
	return fmt.Errorf("cannot %s: %w: %w", what, purchase.ErrUnavailable, err)
}
