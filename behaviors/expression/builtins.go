package expression

import "slices"

// Builtins lists the functions that the language knows, sorted by name: expr's
// builtins that it admits, and its own.
func Builtins() []*Function {
	all := slices.Concat(predicateFunctions(), generalFunctions(), textFunctions(), listFunctions(), mapFunctions(),
		numberFunctions(), timeFunctions(), encodingFunctions(), proofFunctions())
	slices.SortFunc(all, func(a, b *Function) int { return order(a.Name, b.Name) })
	return all
}

// Functions indexes functions by name.
func Functions(fs []*Function) map[string]*Function {
	m := make(map[string]*Function, len(fs))
	for _, f := range fs {
		m[f.Name] = f
	}
	return m
}

func param(name string, k Kind) Param    { return Param{Name: name, Type: Of(k)} }
func optional(name string, k Kind) Param { return Param{Name: name, Type: Of(k), Optional: true} }

// fn declares a builtin.
func fn(name string, params []Param, result Kind, doc, example string, run func(m *machine, a []any) any) *Function {
	return &Function{Name: name, Params: params, Result: Of(result), Doc: doc, Example: example, run: run}
}

// nilSafe marks a function that is called with nil too.
func nilSafe(f *Function) *Function {
	f.NilSafe = true
	return f
}

// texts gives the arguments of a function of texts.
func (m *machine) str(v any, name string) string {
	s, ok := v.(string)
	if !ok {
		if b, isBytes := v.([]byte); isBytes {
			m.text(len(b))
			return string(b)
		}
		m.fail("type", "`"+name+"` takes a text, but this is "+kindOf(v).String())
	}
	m.text(len(s))
	return s
}

func (m *machine) integer(v any, name string) int64 {
	i, ok := integral(v)
	if !ok {
		m.fail("type", "`"+name+"` takes an integer, but this is "+kindOf(v).String())
	}
	return i
}

func (m *machine) listOf(v any, name string) []any {
	l, ok := v.([]any)
	if !ok {
		m.fail("type", "`"+name+"` takes a list, but this is "+kindOf(v).String())
	}
	m.step(1 + len(l)/4)
	return l
}

func predicateFunctions() []*Function {
	docs := map[string][2]string{
		"any":           {"whether the predicate holds for some item", "any(payload.labels, .name == \"bug\")"},
		"all":           {"whether the predicate holds for every item; false for nil", "all(payload.checks, .ok)"},
		"none":          {"whether the predicate holds for no item", "none(payload.items, .failed)"},
		"one":           {"whether the predicate holds for exactly one item", "one(payload.items, .primary)"},
		"filter":        {"the items for which the predicate holds", "filter(payload.items, .price > 10)"},
		"map":           {"what the expression gives for each item", "map(payload.labels, .name)"},
		"find":          {"the first item for which the predicate holds, or nil", "find(payload.emails, .primary)"},
		"findIndex":     {"the position of the first such item, or nil", "findIndex(payload.items, .id == 3)"},
		"findLast":      {"the last item for which the predicate holds, or nil", "findLast(payload.items, .done)"},
		"findLastIndex": {"the position of the last such item, or nil", "findLastIndex(payload.items, .done)"},
		"count":         {"how many items the predicate holds for", "count(payload.items, .done)"},
		"sum":           {"the sum of the items, or of what the expression gives for each; nil is skipped", "sum(payload.lines, .amount)"},
		"groupBy":       {"a map of lists of the items, by what the expression gives", "groupBy(payload.items, .status)"},
		"sortBy":        {"the items in order of what the expression gives; \"desc\" turns it round", "sortBy(payload.items, .price, \"desc\")"},
		"reduce":        {"one value made of all: #acc is the value so far, # the item", "reduce(payload.items, #acc + #.price, 0)"},
	}
	fs := make([]*Function, 0, len(docs))
	for name, doc := range docs {
		spec := predicates[name]
		params := []Param{param("list", List), {Name: "predicate", Optional: spec.bare}}
		switch name {
		case "sortBy":
			params = append(params, optional("order", Text))
		case "reduce":
			params = append(params, optional("initial", Any))
		}
		fs = append(fs, &Function{Name: name, Params: params, Result: spec.result, Doc: doc[0], Example: doc[1], NilSafe: true, predicate: true})
	}
	return fs
}

func generalFunctions() []*Function {
	return []*Function{
		nilSafe(fn("len", []Param{param("value", Any)}, Int, "the length of a text (in characters), a list or a map; 0 for nil", `len(payload.items)`, length)),
		nilSafe(fn("type", []Param{param("value", Any)}, Text, `the kind of a value: "nil", "bool", "int", "float", "string", "array", "map", …`, `type(payload.id)`,
			func(_ *machine, a []any) any { return typeName(a[0]) })),
		fn("int", []Param{param("value", Any)}, Int, "an integer, from a number or a text; a fraction is cut", `int("42")`, toInt),
		fn("float", []Param{param("value", Any)}, Float, "a float, from a number or a text", `float("4.5")`, toFloatValue),
		fn("string", []Param{param("value", Any)}, Text, "the text form of a value", `string(payload.id)`,
			func(m *machine, a []any) any { return m.textOf(a[0]) }),
	}
}

func length(m *machine, a []any) any {
	switch v := a[0].(type) {
	case nil:
		return int64(0)
	case string:
		m.text(len(v))
		return int64(len([]rune(v)))
	case []byte:
		return int64(len(v))
	case []any:
		return int64(len(v))
	case map[string]any:
		return int64(len(v))
	}
	m.fail("type", "`len` takes a text, a list or a map, but this is "+kindOf(a[0]).String())
	return nil
}

func typeName(v any) string {
	switch kindOf(v) {
	case Nil:
		return "nil"
	case Bool:
		return "bool"
	case Int:
		return "int"
	case Float:
		return "float"
	case Text:
		return "string"
	case Bytes:
		return "bytes"
	case Time:
		return "time"
	case Duration:
		return "duration"
	case List:
		return "array"
	}
	return "map"
}
