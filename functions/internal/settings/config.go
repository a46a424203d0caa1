package settings

import (
	"errors"
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
// would be found out in production. Errors name the config and the field. The
// config has the settings that can be read, also beside an error.
func ParseConfig(name string, data map[string]any) (*Config, error) {
	c := &Config{origin: Origin("EnvironmentConfig/" + name), values: make(map[Name]any, len(data))}
	var errs []error
	for _, setting := range slices.Sorted(maps.Keys(data)) {
		if err := c.read(Name(setting), data[setting]); err != nil {
			errs = append(errs, fmt.Errorf("EnvironmentConfig %q: data.%s: %w", name, setting, err))
		}
	}
	return c, errors.Join(errs...)
}

// read the value of a setting; null is none.
func (c *Config) read(name Name, value any) error {
	row := rowOf(name)
	if row == nil {
		return fmt.Errorf("unknown setting: known are %s", strings.Join(known(), ", "))
	}
	if value == nil {
		return nil
	}
	v, err := row.read(value)
	if err != nil {
		return err
	}
	c.values[name] = v
	return nil
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
