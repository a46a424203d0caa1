package retry_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/internal/retry"
)

// TestUntil runs on a clock of its own.
func TestUntil(t *testing.T) {
	cases := map[string]struct {
		reason   string
		failures int
		limit    time.Duration
		want     []time.Duration // Each pause before jitter, which takes away or adds at most half.
		err      error
	}{
		"AtOnce":  {reason: "What works is done once.", limit: time.Hour},
		"Backoff": {reason: "Pauses double up to the longest, but for jitter.", failures: 5, limit: time.Hour, want: []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second, 5 * time.Second}},
		"Never":   {reason: "The end of the context ends it.", failures: 1000, limit: time.Millisecond, want: []time.Duration{time.Second}, err: context.DeadlineExceeded},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), tc.limit)
				defer cancel()
				failures := 0
				var pauses []time.Duration
				err := retry.Backoff{First: time.Second, Max: 5 * time.Second}.Until(ctx, func(context.Context) error {
					if failures < tc.failures {
						failures++
						return errors.New("not yet")
					}
					return nil
				}, func(_ error, pause time.Duration) { pauses = append(pauses, pause) })
				if !errors.Is(err, tc.err) {
					t.Errorf("%s\nwant %v, got %v", tc.reason, tc.err, err)
				}
				within := cmp.Comparer(func(a, b time.Duration) bool { return min(a, b) >= max(a, b)/2 })
				if diff := cmp.Diff(tc.want, pauses, within); diff != "" {
					t.Errorf("%s\npauses: -want +got:\n%s", tc.reason, diff)
				}
			})
		})
	}
}
