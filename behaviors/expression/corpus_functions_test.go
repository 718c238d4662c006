package expression

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	theirs "github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/vm/runtime"
)

func isZero(v any) bool {
	f, isFloat := v.(float64)
	return isFloat && f == 0
}

// number gives an operand that is one.
func number(v any) (f float64, ok bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func (m *model) binary(op string, a, b any) (any, error) {
	arithmetic := map[string]func(a, b any) any{"+": runtime.Add, "-": runtime.Subtract, "*": runtime.Multiply,
		"/":  func(a, b any) any { return runtime.Divide(a, b) },
		"%":  func(a, b any) any { return runtime.Modulo(a, b) },
		"**": func(a, b any) any { return runtime.Exponent(a, b) },
		"^":  func(a, b any) any { return runtime.Exponent(a, b) },
	}
	compared := map[string]func(a, b any) bool{"<": runtime.Less, "<=": runtime.LessOrEqual, ">": runtime.More, ">=": runtime.MoreOrEqual}
	switch op {
	case "==":
		return m.equal(a, b)
	case "!=":
		equal, err := m.equal(a, b)
		return equal != true, err
	case "in":
		return m.in(a, b)
	case "contains", "startsWith", "endsWith", "matches":
		s, ok := a.(string)
		part, ok2 := b.(string)
		if !ok || !ok2 {
			return m.by(ruleNil, false)
		}
		if op == "matches" {
			return regexp.MatchString(part, s)
		}
		return map[string]func(s, part string) bool{"contains": strings.Contains, "startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix}[op](s, part), nil
	case "..":
		x, err := position(a)
		y, err2 := position(b)
		if err != nil || err2 != nil {
			return m.fail(ruleFraction)
		}
		return runtime.MakeRange(x, y), nil
	}
	if compare, ok := compared[op]; ok {
		if a == nil || b == nil {
			return m.by(ruleNil, false)
		}
		return compare(a, b), nil
	}
	do, ok := arithmetic[op]
	if !ok {
		return nil, fmt.Errorf("the model has no operator %s", op)
	}
	if a == nil || b == nil {
		return m.by(ruleNil, nil)
	}
	x, isNumber := number(a)
	y, isNumber2 := number(b)
	if isNumber && isNumber2 {
		if (op == "/" || op == "%") && y == 0 {
			return m.fail(ruleFinite)
		}
		if (op == "**" || op == "^") && math.IsNaN(math.Pow(x, y)) || math.IsInf(math.Pow(x, y), 0) {
			return m.fail(ruleFinite)
		}
	}
	return do(a, b), nil
}

func (m *model) equal(a, b any) (any, error) {
	if reflect.TypeOf(a) != reflect.TypeOf(b) {
		m.fired[ruleUnequal] = true
	}
	return runtime.Equal(a, b), nil
}

func (m *model) in(a, b any) (any, error) {
	switch b := b.(type) {
	case nil:
		return m.by(ruleNil, false)
	case map[string]any, map[any][]any:
		if name, ok := a.(string); ok {
			return reflect.ValueOf(b).MapIndex(reflect.ValueOf(name)).IsValid(), nil
		}
		return m.by(ruleKeys, false)
	}
	if a == nil {
		return m.by(ruleNil, false)
	}
	return runtime.In(a, b), nil
}

// position is an integer, or an error.
func position(v any) (int, error) {
	switch v := v.(type) {
	case int:
		return v, nil
	case float64:
		if v == math.Trunc(v) {
			return int(v), nil
		}
	}
	return 0, errors.New("no position")
}

func (m *model) get(from, key any) (any, error) {
	v := reflect.ValueOf(from)
	switch v.Kind() {
	case reflect.Map:
		name, ok := key.(string)
		if !ok {
			return m.by(ruleKeys, nil)
		}
		if item := v.MapIndex(reflect.ValueOf(name)); item.IsValid() {
			return item.Interface(), nil
		}
		return m.by(ruleMissing, nil)
	case reflect.Slice:
		i, err := position(key)
		if err != nil {
			return m.by(ruleFraction, nil)
		}
		if i < 0 {
			i += v.Len()
		}
		if i < 0 || i >= v.Len() {
			return m.by(ruleRange, nil)
		}
		return v.Index(i).Interface(), nil
	}
	return m.by(ruleNil, nil)
}

func (m *model) slice(v, from, to any) (any, error) {
	if v == nil || from == nil || to == nil {
		return m.by(ruleNil, nil)
	}
	i, err := position(from)
	j, err2 := position(to)
	if err != nil || err2 != nil {
		return m.fail(ruleKind)
	}
	if i > reflect.ValueOf(v).Len() {
		return m.by(ruleRange, nil)
	}
	return runtime.Slice(v, i, min(j, reflect.ValueOf(v).Len())), nil
}

// nilSafe are the functions that are called with nil too.
var nilSafeThere = []string{"len", "type", "min", "max", "mean", "median"}

func (m *model) function(name string, args []any) (any, error) {
	if slices.Contains(args, nil) && !slices.Contains(nilSafeThere, name) {
		return m.by(ruleNil, nil)
	}
	switch name {
	case "len":
		if args[0] == nil {
			return m.by(ruleNil, 0)
		}
	case "string":
		if s, ok := args[0].(string); ok {
			return s, nil
		}
		return m.json(args[0])
	case "toJSON":
		return m.json(args[0])
	case "fromJSON":
		v, err := call(name, args)
		m.fired[ruleJSON] = true
		return integers(v), err
	case "fromBase64":
		v, err := call(name, args)
		if text, ok := v.(string); ok && !utf8.ValidString(text) {
			return m.fail(ruleUTF8)
		}
		return v, err
	case "min", "max", "mean", "median":
		for _, x := range args {
			if _, ok := number(x); !ok && x != nil && reflect.ValueOf(x).Kind() != reflect.Slice {
				return m.fail(ruleKind)
			}
		}
	case "get":
		return m.get(args[0], args[1])
	case "ceil", "floor", "round":
		if i, ok := args[0].(int); ok {
			return m.by(ruleInteger, i)
		}
	case "first", "last", "sort", "reverse", "uniq", "concat", "flatten":
		if reflect.ValueOf(args[0]).Kind() != reflect.Slice {
			return m.fail(ruleKind)
		}
		if name == "sort" && !ordered(args[0]) {
			return m.fail(ruleKind)
		}
	case "keys", "values", "toPairs":
		return m.entries(name, args[0])
	}
	return call(name, args)
}

// ordered tells whether all items of a list are numbers, or all texts.
func ordered(list any) bool {
	items, _ := ours(list).([]any)
	texts, numbers := 0, 0
	for _, x := range items {
		switch kindOf(x) {
		case Text:
			texts++
		case Int, Float:
			numbers++
		}
	}
	return texts == len(items) || numbers == len(items)
}

// json is compact, and a rule where that is not expr's own form.
func (m *model) json(v any) (any, error) {
	switch v.(type) {
	case string, bool, int, float64:
		return compact(v), nil
	}
	return m.by(ruleText, compact(v))
}

// integers makes integers of the integral numbers that JSON gave: the corpus has
// none that is written as 1.0 there.
func integers(v any) any {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) {
			return int(v)
		}
	case []any:
		for i := range v {
			v[i] = integers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = integers(v[k])
		}
	}
	return v
}

// entries of a map in order of their keys.
func (m *model) entries(name string, of any) (any, error) {
	named, ok := ours(of).(map[string]any)
	if !ok {
		return m.fail(ruleKind)
	}
	list := []any{}
	for _, k := range slices.Sorted(maps.Keys(named)) {
		list = append(list, map[string]any{"keys": k, "values": named[k], "toPairs": []any{k, named[k]}}[name])
	}
	return m.by(ruleKeys, list)
}

// call is expr's own function.
func call(name string, args []any) (any, error) {
	f := theirs.Builtins[theirs.Index[name]]
	switch {
	case f.Fast != nil && len(args) == 1:
		return f.Fast(args[0]), nil
	case f.Func != nil:
		return f.Func(args...)
	case f.Safe != nil:
		v, _, err := f.Safe(args...)
		return v, err
	}
	return nil, fmt.Errorf("expr has no function %s of %d arguments", name, len(args))
}

// compact is a value as JSON, printed by encoding/json.
func compact(v any) string {
	if f, ok := v.(float64); ok && f == math.Trunc(f) && math.Abs(f) < 1e21 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(ours(v)); err != nil {
		return err.Error()
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}
