// Package retry repeats what may fail for a while, such as the first connection to a database that is still starting.
package retry

import (
	"context"
	"math/rand/v2"
	"time"
)

// Backoff doubles a pause after each failure, from First up to Max.
type Backoff struct {
	First time.Duration
	Max   time.Duration
}

// Until calls fn until it returns nil or ctx ends; it returns nil, or the error of ctx. failed, if
// not nil, is called with each failure and the pause that follows it.
func (b Backoff) Until(ctx context.Context, fn func(context.Context) error, failed func(error, time.Duration)) error {
	for pause := b.First; ; pause = min(2*pause, b.Max) {
		err := fn(ctx)
		if err == nil {
			return nil
		}
		wait := jitter(pause)
		if failed != nil {
			failed(err, wait)
		}
		if err := Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// Sleep waits for d, or returns the error of ctx when that ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// jitter keeps replicas that failed together from trying again together.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d/2+1) // Nothing is secret about a pause.
}
