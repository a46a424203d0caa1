package main

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestCost(t *testing.T) {
	of := []price{
		{"gateway", 0.06, time.Hour, time.Hour, ""},
		{"database", 0.6, 10 * time.Minute, time.Second, ""},
	}
	cases := map[string]struct {
		reason string
		after  time.Duration
		want   float64
	}{
		"Least":    {"AWS bills one hour of the first, and ten minutes of the second.", time.Second, 0.06 + 0.1},
		"Minutes":  {"By the second after that.", 30 * time.Minute, 0.06 + 0.3},
		"FullHour": {"A full hour is one step.", time.Hour, 0.06 + 0.6},
		"Begun":    {"One second more is a second step.", time.Hour + time.Second, 0.12 + 0.6*3601/3600},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := cost(of, tc.after); math.Abs(got-tc.want) > 1e-9 {
				t.Errorf("%s\ncost after %s: want %f, got %f", tc.reason, tc.after, tc.want, got)
			}
		})
	}
}

func TestLongest(t *testing.T) {
	for _, dollars := range []float64{0, 0.01, 0.1, 0.5, 1} {
		d := longest(prices(), dollars)
		if d > 0 && cost(prices(), d) > dollars {
			t.Errorf("longest for %.2f is %s, which costs %.4f", dollars, d, cost(prices(), d))
		}
		if over := cost(prices(), d+time.Minute); d < 24*time.Hour && over <= dollars {
			t.Errorf("longest for %.2f is %s, though a minute more costs %.4f", dollars, d, over)
		}
	}
}

func TestDeadline(t *testing.T) {
	_, err := deadline(prices(), 0.10)
	if err == nil || !strings.Contains(err.Error(), "raise -cost-cap to 0.13") {
		t.Errorf("a cap that is too small for a run is refused, with one that is enough; got %v", err)
	}
	if _, err := deadline(prices(), 0.13); err != nil {
		t.Errorf("that one is enough: %v", err)
	}
	got, err := deadline(prices(), 0.5)
	if want := longest(prices(), 0.5) - toDelete; err != nil || got != want {
		t.Errorf("deletion starts early enough: want %s, got %s, %v", want, got, err)
	}
}
