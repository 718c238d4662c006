package behaviors

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// BindInputs checks a listener's values against the declarations, fills in
// defaults, and converts them (a number from JSON to int64 or float64, a secret
// to an expression.Secret, which it must be already). Errors name the input. The
// result has every declared name; what is not set is nil.
func (p *Program) BindInputs(values map[string]any) (map[string]any, []InputError) {
	bound := make(map[string]any, len(p.inputs))
	var problems []InputError
	for _, in := range p.inputs {
		v := values[in.Name]
		if v == nil || v == "" {
			v = in.Default
		}
		bound[in.Name] = nil
		if v == nil {
			if in.Required {
				problems = append(problems, InputError{in.Name, "required", "is required"})
			}
			continue
		}
		b, problem := in.bind(v)
		if problem != "" {
			code := "type"
			if in.Type == "choice" && kindOf(v) == expression.Text {
				code = "option"
			}
			problems = append(problems, InputError{in.Name, code, problem})
			continue
		}
		bound[in.Name] = b
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if _, declared := bound[name]; !declared && !slices.ContainsFunc(p.inputs, func(in Input) bool { return in.Name == name }) {
			problems = append(problems, InputError{name, "unknown", "is not an input of this behavior"})
		}
	}
	return bound, problems
}

// bind converts a value that is not nil, or says what is wrong with it. It
// never prints the value.
func (in Input) bind(v any) (any, string) {
	switch in.Type {
	case "secret":
		if s, ok := v.(expression.Secret); ok {
			return s, ""
		}
		return nil, "must be a secret"
	case "boolean":
		if b, ok := v.(bool); ok {
			return b, ""
		}
		return nil, "must be true or false"
	case "number":
		if n := number(v); n != nil {
			return n, ""
		}
		return nil, "must be a number"
	case "list":
		return textList(v)
	case "json":
		return plain(v), ""
	}
	s, ok := v.(string)
	if !ok {
		return nil, "must be text"
	}
	return s, in.textProblem(s)
}

func (in Input) textProblem(s string) string {
	switch in.Type {
	case "choice":
		if !slices.Contains(in.Options, s) {
			return "must be one of " + quoted(in.Options)
		}
	case "email":
		if local, domain, ok := strings.Cut(s, "@"); !ok || local == "" || domain == "" || strings.ContainsAny(s, " \t\r\n<>,") {
			return "must be an e-mail address"
		}
	case "url":
		if u, err := url.Parse(s); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return "must be a URL that begins with https:// or http://"
		}
	}
	return ""
}

// number converts what decoders make of a number to int64 or float64, or gives
// nil where it is none.
func number(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case int64:
		return v
	case float64:
		// Above 2^53 a float64 no longer says which integer was meant.
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return nil
		}
		return v
	case json.Number:
		if i, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return i
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
	}
	return nil
}

func textList(v any) (any, string) {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			if _, ok := item.(string); !ok {
				return nil, fmt.Sprintf("must be a list of texts; item %d is none", i+1)
			}
		}
		return v, ""
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list, ""
	}
	return nil, "must be a list of texts"
}

// plain converts the numbers within a JSON value.
func plain(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = plain(item)
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, item := range v {
			m[k] = plain(item)
		}
		return m
	}
	if n := number(v); n != nil {
		return n
	}
	return v
}
