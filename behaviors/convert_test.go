package behaviors

import (
	"math/big"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// Where a value may hold references to secrets: nowhere, as a whole, or as the
// values of a map's fields, such as headers.
func TestTakesSecretsOf(t *testing.T) {
	secret := expression.Secret{Name: "key"}
	fields := func(v any) any { return map[string]any{"a": v} }
	for _, tt := range []struct {
		name                   string
		value                  any
		plain, whole, inFields bool
	}{
		{"no secret", fields([]any{"a", fields(int64(1)), nil}), true, true, true},
		{"a secret", secret, false, true, false},
		{"a field", fields(secret), false, false, true},
		{"a field within a field", fields(fields(secret)), false, false, true},
		{"a field within a list", []any{"a", fields(secret)}, false, false, true},
		{"an item", []any{secret}, false, false, false},
		{"an item within a field", fields([]any{"a", secret}), false, false, false},
		{"an item beside a field", map[string]any{"a": secret, "b": []any{secret}}, false, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := []bool{
				ParamSpec{}.TakesSecretsOf(tt.value), ParamSpec{Secret: true}.TakesSecretsOf(tt.value),
				ParamSpec{SecretFields: true}.TakesSecretsOf(tt.value),
			}
			if got[0] != tt.plain || got[1] != tt.whole || got[2] != tt.inFields {
				t.Errorf("got %t, want %t %t %t", got, tt.plain, tt.whole, tt.inFields)
			}
		})
	}
}

// What a message calls a value that does not fit.
func TestKindsOfValues(t *testing.T) {
	for _, tt := range []struct {
		value any
		want  string
	}{
		{nil, "nil"},
		{true, "true or false"},
		{"a", "text"},
		{int64(1), "a whole number"},
		{1.5, "a number"},
		{new(big.Int), "a number"},
		{[]any{}, "a list"},
		{map[string]any{}, "a map"},
		{[]byte("a"), "bytes"},
		{expression.Secret{Name: "key"}, "a secret"},
		{time.Time{}, "a time"},
		{time.Second, "a duration"},
	} {
		if got := kindWords(valueKind(tt.value)); got != tt.want {
			t.Errorf("%T: got %q, want %q", tt.value, got, tt.want)
		}
	}
}
