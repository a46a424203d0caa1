// Package form reads the forms that a customer fills in and says, field by field, what is wrong with them.
//
// A field that was not sent keeps its default; one that was sent empty is a mistake, unless it is
// optional. The package stores nothing: the content of a form is personal data.
package form

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLength bounds every field: no honest name or street is longer.
const maxLength = 120

// Field is one line of a form, ready to be shown.
type Field struct {
	Name         string
	Label        string
	Value        string
	Error        string
	Type         string // Of the input element.
	Autocomplete string
	InputMode    string
	Half         bool // Two of these share a line where there is room.
	Optional     bool
	MaxLength    int

	alias   string // Another name under which clients send the field.
	pattern *regexp.Regexp
	hint    string // What to type when the pattern does not match.
}

// Form is a list of fields in the order in which people fill them in.
type Form []Field

// Read returns the form with what was sent. The form that it is called on stays as it is.
func (f Form) Read(sent url.Values) Form {
	filled := make(Form, len(f))
	for i, field := range f {
		filled[i] = field.read(sent)
	}
	return filled
}

// Errors returns the fields that have an error.
func (f Form) Errors() []Field {
	var wrong []Field
	for _, field := range f {
		if field.Error != "" {
			wrong = append(wrong, field)
		}
	}
	return wrong
}

// Get returns the value of the named field.
func (f Form) Get(name string) string {
	for _, field := range f {
		if field.Name == name {
			return field.Value
		}
	}
	return ""
}

func (f Field) read(sent url.Values) Field {
	for _, name := range []string{f.Name, f.alias} {
		if name != "" && sent.Has(name) {
			f.Value = strings.TrimSpace(sent.Get(name))
			break
		}
	}
	f.Error = f.check()
	if !utf8.ValidString(f.Value) {
		f.Value = ""
	}
	return f
}

func (f Field) check() string {
	switch {
	case f.Value == "" && f.Optional:
		return ""
	case f.Value == "":
		return "Enter the " + lower(f.Label) + "."
	case utf8.RuneCountInString(f.Value) > f.MaxLength:
		return f.Label + " is too long."
	case !utf8.ValidString(f.Value) || strings.ContainsFunc(f.Value, unicode.IsControl):
		return f.Label + " has a character that cannot be used."
	case f.pattern != nil && !f.pattern.MatchString(f.Value):
		return f.hint
	}
	return ""
}

// lower turns "Card number" into "card number" and leaves "CVC" alone.
func lower(label string) string {
	if len(label) > 1 && unicode.IsUpper(rune(label[1])) {
		return label
	}
	return strings.ToLower(label[:1]) + label[1:]
}
