// Package redis keeps purchases in Redis, each under one key that expires a while after its last change.
//
// Replicas share it: a change that another one came before is worked out anew. Reading may go to a replica of Redis.
package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-redis/redis/v8"

	"github.com/ausmart/platform/services/checkout/purchase"
	"github.com/ausmart/platform/services/internal/retry"
)

// patience bounds one call of the store, whatever it takes.
const patience = 3 * time.Second

// Store keeps purchases in Redis.
type Store struct {
	writer *redis.Client
	reader *redis.Client
	prefix string
	ttl    time.Duration
}

// New returns a Store whose keys begin with prefix and live for ttl after the last change. Without a replica to read from,
// reader is the same client as writer.
func New(writer, reader *redis.Client, prefix string, ttl time.Duration) *Store {
	return &Store{writer: writer, reader: reader, prefix: prefix, ttl: ttl}
}

// Ping says whether Redis is there.
func (s *Store) Ping(ctx context.Context) error { return s.writer.Ping(ctx).Err() }

// Close closes the connections.
func (s *Store) Close(context.Context) error {
	if s.reader == s.writer {
		return s.writer.Close()
	}
	return errors.Join(s.writer.Close(), s.reader.Close())
}

// Get returns the customer's purchase, or the zero Purchase. What the replica does not know, or cannot say, the primary does.
func (s *Store) Get(ctx context.Context, customer string) (purchase.Purchase, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	raw, err := s.reader.Get(ctx, s.prefix+customer).Bytes()
	if err != nil && s.reader != s.writer {
		raw, err = s.writer.Get(ctx, s.prefix+customer).Bytes()
	}
	return decode(raw, err)
}

// Change replaces the customer's purchase by what change makes of it. It calls change again when another replica was faster.
func (s *Store) Change(ctx context.Context, customer string, change func(purchase.Purchase) (purchase.Purchase, error)) (purchase.Purchase, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var next purchase.Purchase
	var refusal error // What change says is no fault of Redis.
	attempt := func(ctx context.Context) error {
		return s.writer.Watch(ctx, func(tx *redis.Tx) error {
			old, err := decode(tx.Get(ctx, s.prefix+customer).Bytes())
			if err != nil {
				return err
			}
			if next, refusal = change(old); refusal != nil {
				return nil
			}
			return s.set(ctx, tx, customer, next)
		}, s.prefix+customer)
	}
	err := attempt(ctx)
	for errors.Is(err, redis.TxFailedErr) && retry.Sleep(ctx, time.Millisecond) == nil {
		err = attempt(ctx)
	}
	if err != nil {
		return purchase.Purchase{}, unavailable("change checkout", err)
	}
	return next, refusal
}

// set does nothing when the key has changed since it was read.
func (s *Store) set(ctx context.Context, tx *redis.Tx, customer string, p purchase.Purchase) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("cannot encode purchase: %w", err)
	}
	_, err = tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		return pipe.Set(ctx, s.prefix+customer, raw, s.ttl).Err()
	})
	return err
}

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
