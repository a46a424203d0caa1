package mock

import "sync"

// capacity bounds what a mock keeps: a few megabytes, and more customers than any demonstration has.
const capacity = 4096

// bounded is a map that forgets its oldest key when it is full.
type bounded[V any] struct {
	mu     sync.Mutex
	values map[string]V
	oldest []string
}

// update replaces the value of key by the result of change.
func (b *bounded[V]) update(key string, change func(V) V) V {
	b.mu.Lock()
	defer b.mu.Unlock()
	old, known := b.values[key]
	if !known {
		b.remember(key)
	}
	v := change(old)
	b.values[key] = v
	return v
}

func (b *bounded[V]) get(key string) (V, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, ok := b.values[key]
	return v, ok
}

// take removes the value of key and returns it: of several callers only one gets it.
func (b *bounded[V]) take(key string) (V, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, ok := b.values[key]
	delete(b.values, key)
	return v, ok
}

func (b *bounded[V]) remember(key string) {
	if b.values == nil {
		b.values = map[string]V{}
	}
	// A key that was taken and came back is listed twice; it is then forgotten a little early,
	// which does no harm.
	b.oldest = append(b.oldest, key)
	if len(b.oldest) > capacity {
		delete(b.values, b.oldest[0])
		b.oldest = b.oldest[1:]
	}
}
