package expression

import (
	"slices"
	"unicode/utf8"
)

// Builtins lists the functions that the language knows, sorted by name: expr's
// builtins that it admits, and its own.
func Builtins() []*Function {
	all := slices.Concat(predicateFunctions(), generalFunctions(), textFunctions(), listFunctions(), mapFunctions(),
		numberFunctions(), timeFunctions(), encodingFunctions(), proofFunctions(), tokenFunctions(), mailFunctions())
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
func fn(name string, params []Param, result Kind, doc, example string, run builtin) *Function {
	return &Function{Name: name, Params: params, Result: Of(result), Doc: doc, Example: example, run: run}
}

// nilSafe marks a function that is called with nil too.
func nilSafe(f *Function) *Function {
	f.NilSafe = true
	return f
}

// proves marks a function that only checks by its secret.
func proves(f *Function) *Function {
	f.proves = true
	return f
}

// infers says how the result's type follows from the arguments'.
func (f *Function) infers(result func(args []Type) Type) *Function {
	f.infer = result
	return f
}

// binds says what is done about literals among the arguments.
func (f *Function) binds(bind func(literals []constant) (builtin, *fault)) *Function {
	f.bind = bind
	return f
}

// str is an argument that must be a text.
func (m *machine) str(v any, name string) string {
	s, ok := v.(string)
	if !ok {
		m.fail("type", "`"+name+"` takes a text, but this is "+kindOf(v).String())
	}
	m.text(len(s))
	return s
}

func (m *machine) integer(v any, name string) int64 {
	i, ok := integral(m.number(v, "`"+name+"`"))
	if !ok {
		m.fail("type", "`"+name+"` takes an integer, but this is a fraction")
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

func generalFunctions() []*Function {
	return []*Function{
		nilSafe(fn("len", []Param{param("value", Any)}, Int, "the length of a text (in characters), bytes, a list or a map; 0 for nil", `len("héllo") -> 5
len([1, 2]) -> 2
len({a: 1}) -> 1
len(7) -> error`, length)),
		nilSafe(fn("type", []Param{param("value", Any)}, Text, `the kind of a value: "nil", "bool", "int", "float", "string", "bytes", "time", "duration", "array" or "map"`, `type("a") -> "string"
type([1]) -> "array"
type(nil) -> "nil"`,
			func(_ *machine, a []any) any { return typeName(a[0]) })),
		fn("int", []Param{param("value", Any)}, Int, "an integer, from a number or a text (in decimal digits); a fraction of a number is cut", `int("42") -> 42
int(-4.9) -> -4
int("4.9") -> error`, toInt),
		fn("float", []Param{param("value", Any)}, Float, "a float, from a number or a text", `float("4.5") -> 4.5
float("four") -> error`, toFloatValue),
		fn("string", []Param{param("value", Any)}, Text, "the text form of a value, as in an interpolation: JSON of lists and maps", `string(7) -> "7"
string([1, nil]) -> "[1,null]"
string(duration("90s")) -> "1m30s"`,
			func(m *machine, a []any) any { return m.textOf(a[0]) }),
	}
}

func length(m *machine, a []any) any {
	switch v := a[0].(type) {
	case nil:
		return int64(0)
	case string:
		return int64(m.characters(v))
	case []byte:
		return int64(len(v))
	case []any:
		return int64(len(v))
	case map[string]any:
		return int64(len(v))
	case Object:
		return int64(len(m.members(v)))
	}
	m.fail("type", "`len` takes a text, a list or a map, but this is "+kindOf(a[0]).String())
	return nil
}

// characters counts those of a text.
func (m *machine) characters(s string) int {
	m.text(len(s))
	return utf8.RuneCountInString(s)
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
