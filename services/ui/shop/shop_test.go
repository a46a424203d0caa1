package shop

import "testing"

func TestMoney(t *testing.T) {
	for amount, want := range map[Money]string{0: "$0", 7: "$7", 999: "$999", 1000: "$1,000", 15000: "$15,000", 1234567: "$1,234,567", 1000002: "$1,000,002", -5: "-$5"} {
		if got := amount.String(); got != want {
			t.Errorf("%d: got %s, want %s", int(amount), got, want)
		}
	}
}
