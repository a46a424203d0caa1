package service

import "testing"

// BenchmarkRunFunction composes orders in production, from nothing and when
// everything is ready: the second is what a function does all day.
func BenchmarkRunFunction(b *testing.B) {
	for _, settled := range []bool{false, true} {
		name := map[bool]string{false: "Fresh", true: "Settled"}[settled]
		b.Run(name, func(b *testing.B) {
			p := plane(b, "au-prod", example(b, "au-prod", "orders"))
			if settled {
				settle(b, p)
			}
			req := request(b, p)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Function.RunFunction(b.Context(), req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
