package expression

import "strings"

// Param is a parameter of a function.
type Param struct {
	Name     string
	Type     Type
	Optional bool
	Secret   bool // takes a secret, or a list of them where Type says SecretList
	Variadic bool // the last one: any number of such arguments
}

// Function is what an expression can call by name. Name may be qualified by a
// namespace ("mailgun.signed"). Call gets arguments that have been checked
// against Params; a nil argument never reaches it unless NilSafe, as the result
// is nil then. It gives plain data (see the package) and changes no argument:
// they may be shared with the program. The text of its error is shown as it is,
// so it must have no value in it.
type Function struct {
	Name   string
	Params []Param
	Result Type
	Doc    string
	// Example has one a line: an expression and, behind ` -> `, the JSON of what it
	// gives, or nil, or error.
	Example string
	NilSafe bool
	// Cost is charged, in operations, before the call; without it a call costs 1
	// and an operation per 64 bytes of its texts and bytes. A text that it gives
	// counts as memory.
	Cost func(args []any) int
	Call func(f *Frame, args []any) (any, error)

	// proves: it takes a secret to check something, and gives nothing that is made
	// of it.
	proves bool
	// run is the form of a builtin, which charges the budget by itself.
	run builtin
	// bind sees the arguments that are literals before anything runs: it gives
	// run for them (nil: the usual one), or says what is wrong with one.
	bind func(literals []constant) (builtin, *fault)
	// infer gives the result's type where it follows from the arguments'.
	infer func(args []Type) Type
	// placed gives run by the locals with the positions of the iterations around
	// the call.
	placed func(indices []int) builtin
	// over is the form of a builtin whose second argument is evaluated an item.
	over *iteration
}

// fault is what is wrong with a literal among the arguments of a call.
type fault struct {
	argument      int
	code, message string
}

// builtin computes a function of this package.
type builtin func(m *machine, args []any) any

// Example is an expression with what it gives: JSON, "nil", "error", or "" where
// that is not told.
type Example struct {
	Expression string `json:"expression"`
	Value      string `json:"value"`
}

// Examples are what Example says.
func (f *Function) Examples() []Example { return examples(f.Example) }

func examples(text string) []Example {
	list := []Example{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		x := Example{Expression: line}
		if i := strings.LastIndex(line, " -> "); i >= 0 {
			x = Example{line[:i], line[i+len(" -> "):]}
		}
		list = append(list, x)
	}
	return list
}

// result is the type of a call's result.
func (f *Function) result(args []Type) Type {
	if f.infer != nil && len(args) > 0 {
		return f.infer(args)
	}
	return f.Result
}

func (f *Function) required() int {
	n := 0
	for _, p := range f.Params {
		if !p.Optional && !p.Variadic {
			n++
		}
	}
	return n
}

// param gives the declaration of the i-th argument.
func (f *Function) param(i int) (Param, bool) {
	if i < len(f.Params) {
		return f.Params[i], true
	}
	if n := len(f.Params); n > 0 && f.Params[n-1].Variadic {
		return f.Params[n-1], true
	}
	return Param{}, false
}
