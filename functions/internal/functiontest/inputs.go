package functiontest

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// EveryInputCounts fails on a field of the inputs that changes nothing of what is made of
// them.
func EveryInputCounts[T, R any](t *testing.T, inputs T, of func(T) R) {
	t.Helper()
	before := of(inputs)
	for i := range reflect.TypeFor[T]().NumField() {
		t.Run(reflect.TypeFor[T]().Field(i).Name, func(t *testing.T) {
			in := inputs
			field := reflect.ValueOf(&in).Elem().Field(i)
			switch v := field.Interface().(type) {
			case string:
				field.SetString(v + "x")
			case bool:
				field.SetBool(!v)
			case []string:
				field.Set(reflect.ValueOf(append([]string{"another"}, v...)))
			default:
				t.Fatalf("the test has no other value for a %T: add one", v)
			}
			if cmp.Equal(before, of(in)) {
				t.Error("another value changes nothing")
			}
		})
	}
}
