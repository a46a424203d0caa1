// Package retry repeats what may fail for a while, such as the first connection to a database that
// is still starting.
package retry

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Backoff doubles a pause after each failure, from First up to Max. A random half of each is added or
// taken away, so that replicas that failed together do not try again together.
type Backoff struct {
	First time.Duration
	Max   time.Duration
}

// Until calls fn until it returns nil or ctx ends; it returns nil, or the error of ctx. failed, if
// not nil, is called with each failure and the pause that follows it.
func (b Backoff) Until(ctx context.Context, fn func(context.Context) error, failed func(error, time.Duration)) error {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval, pauses.Multiplier = b.First, b.Max, 2
	_, err := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, fn(ctx) },
		backoff.WithBackOff(pauses), backoff.WithMaxElapsedTime(0), backoff.WithNotify(backoff.Notify(failed)))
	return err
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
