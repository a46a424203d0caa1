package settings

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Config is the settings that an EnvironmentConfig has.
type Config struct {
	origin Origin
	values map[Name]any
}

// ParseConfig reads the data of the named EnvironmentConfig. It accepts nothing
// that it does not understand: a misspelt setting that is ignored in silence
// would be found out in production. Errors name the config and the field.
func ParseConfig(name string, data map[string]any) (*Config, error) {
	values, err := readConfig(data)
	if err != nil {
		return nil, fmt.Errorf("EnvironmentConfig %q: %w", name, err)
	}
	return &Config{origin: Origin("EnvironmentConfig/" + name), values: values}, nil
}

func readConfig(data map[string]any) (map[Name]any, error) {
	names := slices.Sorted(maps.Keys(data))
	for _, name := range names {
		if rowOf(Name(name)) == nil {
			return nil, fmt.Errorf("data.%s: unknown setting: known are %s", name, strings.Join(known(), ", "))
		}
	}
	values := make(map[Name]any, len(data))
	for _, name := range names {
		if data[name] == nil {
			continue
		}
		v, err := rowOf(Name(name)).read(data[name])
		if err != nil {
			return nil, fmt.Errorf("data.%s: %w", name, err)
		}
		values[Name(name)] = v
	}
	return values, nil
}

// value of a setting; nil where the config, or its setting, does not exist.
func (c *Config) value(name Name) any {
	if c == nil {
		return nil
	}
	return c.values[name]
}

func known() []string {
	names := make([]string, len(table))
	for i, r := range table {
		names[i] = string(r.Name())
	}
	slices.Sort(names)
	return names
}

// rowOf a setting; nil where there is none.
func rowOf(name Name) row {
	for _, r := range table {
		if r.Name() == name {
			return r
		}
	}
	return nil
}
