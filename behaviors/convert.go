package behaviors

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// convert makes a value what its parameter takes, or says why it is not. It
// never prints the value.
func (p ParamSpec) convert(v any, w *expression.Walker) (any, error) {
	if v == nil {
		if p.Required {
			return nil, errors.New("is required, and was nil")
		}
		return nil, nil
	}
	if _, isSecret := v.(expression.Secret); isSecret != p.Secret {
		if isSecret {
			return nil, errors.New("does not take a secret")
		}
		return nil, errors.New("takes a secret")
	}
	if p.Secret {
		return v, nil
	}
	switch p.Type.Kind {
	case expression.Text:
		return p.text(v, w)
	case expression.Int:
		if f, ok := v.(float64); ok && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return int64(f), nil
		}
		if i, ok := v.(int64); ok {
			return i, nil
		}
		return nil, fmt.Errorf("takes %s, got %s", kindWords(p.Type.Kind), kindWords(valueKind(v)))
	}
	if got := valueKind(v); !assignable(p.Type.Kind, got) {
		return nil, fmt.Errorf("takes %s, got %s", kindWords(p.Type.Kind), kindWords(got))
	}
	return v, p.refuseSecrets(v, w)
}

// text is a text, or a number as JSON prints it.
func (p ParamSpec) text(v any, w *expression.Walker) (any, error) {
	switch v.(type) {
	case string:
	case int64, float64, *big.Int:
		return w.Text(v)
	default:
		return nil, fmt.Errorf("takes text, got %s", kindWords(valueKind(v)))
	}
	if len(p.Options) > 0 {
		if s, _ := v.(string); !slices.Contains(p.Options, s) {
			return nil, errors.New("is none of " + quoted(p.Options))
		}
	}
	return v, nil
}

func valueKind(v any) expression.Kind {
	switch v.(type) {
	case []any:
		return expression.List
	case map[string]any, expression.Object:
		return expression.Map
	case *big.Int:
		return expression.Number
	case bool, string, float64, int64, nil:
		return kindOf(v)
	case expression.Secret:
		return expression.SecretValue
	case []byte:
		return expression.Bytes
	case time.Time:
		return expression.Time
	case time.Duration:
		return expression.Duration
	}
	return expression.Any
}

// refuseSecrets walks a list or a map: a reference to a secret leaves a behavior
// only where a parameter takes it. The walker's budget bounds what is walked, as
// values may share structure.
func (p ParamSpec) refuseSecrets(v any, w *expression.Walker) error {
	switch v.(type) {
	case []any, map[string]any:
	default:
		return nil
	}
	if _, err := w.JSON(v); err != nil {
		return err
	}
	if !p.TakesSecretsOf(v) {
		return errors.New("does not take a secret")
	}
	return nil
}

// TakesSecretsOf tells whether each secret that a final value holds stands where
// the parameter takes one. It walks the whole value: bound its size first.
func (p ParamSpec) TakesSecretsOf(v any) bool {
	_, isSecret := v.(expression.Secret)
	switch {
	case isSecret:
		return p.Secret
	case p.SecretFields:
		return fieldsOnly(v)
	}
	return !HoldsSecret(v)
}

// fieldsOnly tells whether secrets stand nowhere in a list or a map but as the
// value of a map's field.
func fieldsOnly(v any) bool {
	switch v := v.(type) {
	case expression.Secret:
		return false
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !fieldsOnly(item) })
	case map[string]any:
		for _, item := range v {
			if _, isSecret := item.(expression.Secret); !isSecret && !fieldsOnly(item) {
				return false
			}
		}
	}
	return true
}

// HoldsSecret tells whether a value is a reference to a secret, or a list or map
// that holds one. It walks the whole value: bound its size first.
func HoldsSecret(v any) bool {
	switch v := v.(type) {
	case expression.Secret:
		return true
	case []any:
		return slices.ContainsFunc(v, HoldsSecret)
	case map[string]any:
		for _, item := range v {
			if HoldsSecret(item) {
				return true
			}
		}
	}
	return false
}
