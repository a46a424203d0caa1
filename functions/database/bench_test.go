package database

import "testing"

// BenchmarkRunFunction composes the production examples, from nothing and when
// everything is ready: the second is what a function does all day.
func BenchmarkRunFunction(b *testing.B) {
	for _, claim := range []string{"orders", "checkout", "cart"} {
		for _, settled := range []bool{false, true} {
			name := map[bool]string{false: "/Fresh", true: "/Settled"}[settled]
			b.Run(claim+name, func(b *testing.B) {
				p := plane(b, example(b, "au-prod", claim))
				for range 5 {
					if !settled {
						break
					}
					if _, err := p.Reconcile(b.Context()); err != nil {
						b.Fatal(err)
					}
					p.Provide()
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
}
