package behaviors

import (
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// assignable tells whether a value of a kind may stand where another is wanted.
// A number is a text as JSON prints it.
func assignable(want, got expression.Kind) bool {
	if want == got || want == expression.Any || got == expression.Any || got == expression.Nil {
		return true
	}
	number := got == expression.Int || got == expression.Float || got == expression.Number
	switch want {
	case expression.Number, expression.Int, expression.Float, expression.Text:
		return number
	}
	return false
}

func kindOf(v any) expression.Kind {
	switch v.(type) {
	case nil:
		return expression.Nil
	case bool:
		return expression.Bool
	case string:
		return expression.Text
	case float64:
		return expression.Float
	}
	return expression.Int
}

func isNumber(v any) bool {
	k := kindOf(v)
	return k == expression.Int || k == expression.Float
}

// kindWords names a kind as people do.
func kindWords(k expression.Kind) string {
	switch k {
	case expression.Nil:
		return "nil"
	case expression.Bool:
		return "true or false"
	case expression.Int:
		return "a whole number"
	case expression.Float, expression.Number:
		return "a number"
	case expression.Text:
		return "text"
	case expression.Bytes:
		return "bytes"
	case expression.Time:
		return "a time"
	case expression.Duration:
		return "a duration"
	case expression.List:
		return "a list"
	case expression.Map:
		return "a map"
	case expression.SecretValue:
		return "a secret"
	case expression.SecretList:
		return "a list of secrets"
	}
	return "any value"
}

func quoted(list []string) string { return "`" + strings.Join(list, "`, `") + "`" }

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
