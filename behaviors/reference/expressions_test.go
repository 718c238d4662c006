package reference

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

func names() section {
	s := section{title: "Names", intro: "What every expression sees, beside the names of `let` and `as`. What is missing is nil, and nil has no fields that are not nil: " +
		"`payload.a.b.c` is nil where there is no `a`."}
	for _, n := range behaviors.Environment() {
		text := "*" + strings.ToUpper(typeText(n.Type)[:1]) + typeText(n.Type)[1:] + ".* " + n.Summary + "\n"
		if rows := fields("", n.Fields); len(rows) > 0 {
			text += table([]string{"field", "type", "meaning"}, rows)
		}
		s.entries = append(s.entries, entry{"name-" + n.Name, n.Name, text})
	}
	return s
}

func fields(prefix string, list []behaviors.Name) (rows [][]string) {
	for _, f := range list {
		rows = append(rows, []string{code(prefix + f.Name), typeText(f.Type), f.Summary})
		rows = append(rows, fields(f.Name+"[].", f.Fields)...)
	}
	return rows
}

// typeText names a type in a few words.
func typeText(t expression.Type) string {
	word := strings.TrimPrefix(strings.TrimPrefix(t.Kind.String(), "a "), "an ")
	if t.Elem != nil && t.Elem.Kind != expression.Map {
		return word + " of " + typeText(*t.Elem) + "s"
	}
	return word
}

func notations(t *testing.T, c *behaviors.Catalog) section {
	var rows [][]string
	for _, n := range expression.Notations() {
		rows = append(rows, []string{code(n.Form), n.Doc, shown(t, c, n.Examples(), "<br>")})
	}
	return section{title: "Notation", intro: "Expressions are written as in [expr](https://expr-lang.org/docs/language-definition). They have no effects, and values have no methods.\n\n" +
		"Integers have 64 bits, and what does not fit is an error; a larger one, such as an id of 20 digits, only compares, sorts and prints. " +
		"Arithmetic with nil is nil. A wrong kind that is not nil is an error.\n" +
		table([]string{"written", "is", "for example"}, rows)}
}

// shown is a list of examples, each in one line. Why one fails is what trying it
// says.
func shown(t *testing.T, c *behaviors.Catalog, examples []expression.Example, between string) string {
	var lines []string
	for _, x := range examples {
		line := code(x.Expression) + " → "
		switch value, why := evaluate(t, c, request(t), x.Expression); {
		case x.Value == "":
			line = code(x.Expression)
		case value == "error":
			line += "error: " + why
		default:
			line += code(value)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, between)
}

func functions(t *testing.T, c *behaviors.Catalog) section {
	s := section{title: "Functions", intro: "Functions are called by their name. An argument in brackets may be left out, and … stands for any number. With a nil argument they give nil, unless it is said here. " +
		"Something else than what a function takes is an error, in the editor where it can be told.\n\n" +
		"The examples see this delivery, received at " + code(receivedAt.Format("2006-01-02T15:04:05Z07:00")) + "; `inputs.token` is " + code(token) + ":\n" + block("http", deliveryText)}
	for _, name := range slices.Sorted(maps.Keys(c.Functions)) {
		if c.Providers[namespace(name)] == nil {
			s.entries = append(s.entries, function(t, c, c.Functions[name]))
		}
	}
	return s
}

func function(t *testing.T, c *behaviors.Catalog, f *expression.Function) entry {
	text := code(signature(f)) + "\n\nGives " + f.Doc + "."
	if value := ofNil(t, c, f); value != "nil" && len(f.Params) > 0 {
		text += " With nil: " + code(value) + "."
	}
	text += "\n\n- " + shown(t, c, f.Examples(), "\n- ") + "\n"
	return entry{"function-" + strings.ReplaceAll(f.Name, ".", "-"), f.Name, text}
}

// signature is how a function is called, with the kinds that the checker holds
// its arguments to.
func signature(f *expression.Function) string {
	var b strings.Builder
	for i, p := range f.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		text := p.Name
		switch kind := typeText(p.Type); {
		case p.Secret && p.Type.Kind == expression.SecretList:
			text += ": secret or list of secrets"
		case p.Secret:
			text += ": secret or text"
		case p.Type.Kind != expression.Any:
			text += ": " + kind
		}
		if p.Variadic {
			text = "…" + text
		}
		if p.Optional {
			text = "[" + text + "]"
		}
		b.WriteString(text)
	}
	return f.Name + "(" + b.String() + ") → " + typeText(f.Result)
}

// ofNil is what a function gives where each argument is nil, but for `request`.
func ofNil(t *testing.T, c *behaviors.Catalog, f *expression.Function) string {
	value, why := evaluate(t, c, request(t), call(f, len(f.Params), func(p expression.Param) string {
		switch p.Name {
		case "request":
			return "request"
		case "predicate":
			return "true"
		}
		return "payload.missing"
	}))
	if value == "error" {
		t.Errorf("%s of nil: %s", f.Name, why)
	}
	return value
}

func call(f *expression.Function, n int, argument func(p expression.Param) string) string {
	var args []string
	for i := range n {
		args = append(args, argument(f.Params[min(i, len(f.Params)-1)]))
	}
	return f.Name + "(" + strings.Join(args, ", ") + ")"
}

// The number of arguments and their kinds that a signature shows are those that
// the checker holds a call to.
func TestSignatures(t *testing.T) {
	c := product(t)
	for _, name := range slices.Sorted(maps.Keys(c.Functions)) {
		f := c.Functions[name]
		if len(f.Params) > 0 && f.Params[0].Name == "request" {
			continue // of one kind only, which no other value has
		}
		any := func(p expression.Param) string {
			if p.Name == "predicate" {
				return "true"
			}
			return "payload.x"
		}
		least := 0
		for _, p := range f.Params {
			if !p.Optional && !p.Variadic {
				least++
			}
		}
		for n := 0; n <= len(f.Params)+1; n++ {
			last := len(f.Params) - 1
			variadic := last >= 0 && f.Params[last].Variadic
			fits := n >= least && (n <= len(f.Params) || variadic)
			if n == 0 && variadic {
				continue // none of any number: nothing to compute
			}
			source := name + "(" + strings.Repeat("payload.x, ", max(n-1, 0)) + strings.Repeat("payload.x", min(n, 1)) + ")"
			if n <= len(f.Params) {
				source = call(f, n, any)
			}
			if got := complaints(c, source); slices.Contains(got, "argument-count") == fits {
				t.Errorf("%s: got the findings %q, and the signature is %s", source, got, signature(f))
			}
		}
		for i, p := range f.Params {
			if p.Secret || p.Type.Kind == expression.Any {
				continue
			}
			source := call(f, max(least, i+1), func(q expression.Param) string {
				if q.Name == p.Name {
					return "{wrong: request.received_at}"
				}
				return any(q)
			})
			if p.Type.Kind == expression.Map {
				source = strings.Replace(source, "{wrong: request.received_at}", "[7]", 1)
			}
			if got := complaints(c, source); !slices.Contains(got, "type-mismatch") {
				t.Errorf("%s: got the findings %q, and the signature is %s", source, got, signature(f))
			}
		}
	}
}

// A secret is taken where the signature says so, and leaks anywhere else.
func TestSignaturesTakeSecrets(t *testing.T) {
	c := product(t)
	for _, name := range slices.Sorted(maps.Keys(c.Functions)) {
		f := c.Functions[name]
		for i, p := range f.Params {
			source := call(f, len(f.Params), func(q expression.Param) string {
				switch q.Name {
				case p.Name:
					return "inputs.token"
				case "request":
					return "request"
				case "algorithm":
					return `"sha256"`
				case "predicate":
					return "true"
				}
				return "payload.x"
			})
			if name == "raw" {
				continue // it is what raw is about that takes the secret or not
			}
			if leaks := slices.Contains(complaints(c, source), "secret-leak"); leaks == p.Secret {
				t.Errorf("%s: the argument %d leaks a secret is %v, and the signature is %s", source, i+1, leaks, signature(f))
			}
		}
	}
}

// complaints are the codes of the findings in an expression.
func complaints(c *behaviors.Catalog, expression string) (codes []string) {
	_, found := behaviors.Compile(frame+"let:\n  result: |-\n    "+expression+"\n", c)
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	return codes
}
