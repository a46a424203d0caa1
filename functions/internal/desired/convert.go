package desired

import (
	"fmt"
	"reflect"
	"slices"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

// structOf is a typed object as its JSON has it, without its nulls and without the fields to leave out.
//
// runtime.DefaultUnstructuredConverter and structpb.NewStruct do it in two steps, and make room for every field that
// a type has, also where it is not set. Types of provider-aws have dozens: BenchmarkConvert measures both.
func structOf(object reflect.Value, leaveOut ...string) (*structpb.Struct, error) {
	out := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	for _, field := range value.TypeReflectEntryOf(object.Type()).OrderedFields() {
		is := field.GetFrom(object)
		if field.CanOmit(is) || slices.Contains(leaveOut, field.JsonName) {
			continue
		}
		v, err := valueOf(is)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field.JsonName, err)
		}
		if !isNull(v) {
			out.Fields[field.JsonName] = v
		}
	}
	return out, nil
}

func isNull(v *structpb.Value) bool {
	_, null := v.GetKind().(*structpb.Value_NullValue)
	return null
}

func valueOf(v reflect.Value) (*structpb.Value, error) {
	if entry := value.TypeReflectEntryOf(v.Type()); entry.CanConvertToUnstructured() { // The type has JSON of its own.
		u, err := entry.ToUnstructured(v)
		if err != nil {
			return nil, err
		}
		return structpb.NewValue(u)
	}
	switch v.Kind() {
	case reflect.String:
		return structpb.NewValue(v.String())
	case reflect.Bool:
		return structpb.NewBoolValue(v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return structpb.NewNumberValue(float64(v.Int())), nil
	case reflect.Float32, reflect.Float64:
		return structpb.NewNumberValue(v.Float()), nil
	case reflect.Struct:
		s, err := structOf(v)
		return structpb.NewStructValue(s), err
	case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
		if v.IsNil() {
			return structpb.NewNullValue(), nil
		}
	default:
		return nil, fmt.Errorf("cannot convert a %s", v.Type())
	}
	switch v.Kind() {
	case reflect.Slice:
		return listOf(v)
	case reflect.Map:
		return mapOf(v)
	default:
		return valueOf(v.Elem())
	}
}

// listOf the elements. Here a null stays, since without it those behind it would move.
func listOf(v reflect.Value) (*structpb.Value, error) {
	out := &structpb.ListValue{Values: make([]*structpb.Value, v.Len())}
	for i := range out.GetValues() {
		e, err := valueOf(v.Index(i))
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		out.Values[i] = e
	}
	return structpb.NewListValue(out), nil
}

func mapOf(v reflect.Value) (*structpb.Value, error) {
	out := &structpb.Struct{Fields: make(map[string]*structpb.Value, v.Len())}
	for entries := v.MapRange(); entries.Next(); {
		key := entries.Key()
		if key.Kind() != reflect.String || !utf8.ValidString(key.String()) {
			return nil, fmt.Errorf("cannot convert the key %q: it is no UTF-8 text", key)
		}
		e, err := valueOf(entries.Value())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		if !isNull(e) {
			out.Fields[key.String()] = e
		}
	}
	return structpb.NewStructValue(out), nil
}
