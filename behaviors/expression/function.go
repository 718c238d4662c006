package expression

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
// is nil then.
type Function struct {
	Name    string
	Params  []Param
	Result  Type
	Doc     string
	Example string
	NilSafe bool
	// Cost is charged, in operations, before the call; without it a call costs 1
	// and an operation per 64 bytes of its text arguments.
	Cost func(args []any) int
	Call func(f *Frame, args []any) (any, error)

	// run is the form of a builtin, which charges the budget by itself.
	run func(m *machine, args []any) any
	// predicate marks the builtins whose second argument is evaluated an item.
	predicate bool
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
