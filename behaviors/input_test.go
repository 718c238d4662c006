package behaviors_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

func TestBindInputs(t *testing.T) {
	p := compile(t, `behavior: 1
inputs:
  text: {type: text, required: true}
  number: {type: number, default: 5}
  boolean: {type: boolean}
  choice: {type: choice, options: [a, b]}
  secret: {type: secret}
  json: {type: json}
  list: {type: list}
  email: {type: email}
  url: {type: url}
`)
	unset := func(with map[string]any) map[string]any {
		bound := map[string]any{
			"text": nil, "number": int64(5), "boolean": nil, "choice": nil, "secret": nil, "json": nil, "list": nil, "email": nil, "url": nil,
		}
		for name, v := range with {
			bound[name] = v
		}
		return bound
	}
	tests := []struct {
		name     string
		values   map[string]any
		want     map[string]any
		problems []behaviors.InputError
	}{
		{
			"everything fits",
			map[string]any{
				"text": "x", "number": 2.0, "boolean": false, "choice": "b", "secret": expression.Secret{Name: "s"},
				"json": map[string]any{"a": []any{1.5, 2.0, json.Number("3")}}, "list": []any{"a", "b"}, "email": "a@example.com",
				"url": "https://example.com/x",
			},
			map[string]any{
				"text": "x", "number": int64(2), "boolean": false, "choice": "b", "secret": expression.Secret{Name: "s"},
				"json": map[string]any{"a": []any{1.5, int64(2), int64(3)}}, "list": []any{"a", "b"}, "email": "a@example.com",
				"url": "https://example.com/x",
			},
			nil,
		},
		{
			"nothing is given", nil, unset(nil),
			[]behaviors.InputError{{Name: "text", Code: "required", Message: "is required"}},
		},
		{
			"an empty text is not given", map[string]any{"text": "", "number": ""}, unset(nil),
			[]behaviors.InputError{{Name: "text", Code: "required", Message: "is required"}},
		},
		{
			"nothing fits",
			map[string]any{
				"text": 1.0, "number": "two", "boolean": "yes", "choice": "c", "secret": "hunter2", "list": []any{"a", 1.0}, "email": "nobody",
				"url": "ftp://example.com", "other": 1, "another": 2,
			},
			unset(map[string]any{"number": nil}),
			[]behaviors.InputError{
				{Name: "text", Code: "type", Message: "must be text"},
				{Name: "number", Code: "type", Message: "must be a number"},
				{Name: "boolean", Code: "type", Message: "must be true or false"},
				{Name: "choice", Code: "option", Message: "must be one of `a`, `b`"},
				{Name: "secret", Code: "type", Message: "must be a secret"},
				{Name: "list", Code: "type", Message: "must be a list of texts; item 2 is none"},
				{Name: "email", Code: "type", Message: "must be an e-mail address"},
				{Name: "url", Code: "type", Message: "must be a URL that begins with https:// or http://"},
				{Name: "another", Code: "unknown", Message: "is not an input of this behavior"},
				{Name: "other", Code: "unknown", Message: "is not an input of this behavior"},
			},
		},
		{
			"an integer beyond 2^53 from JSON text stays exact",
			map[string]any{"text": "x", "number": json.Number("9007199254740993")},
			unset(map[string]any{"text": "x", "number": int64(9007199254740993)}), nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, problems := p.BindInputs(test.values)
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, want %#v", got, test.want)
			}
			if !reflect.DeepEqual(problems, test.problems) {
				t.Errorf("got the problems %+v, want %+v", problems, test.problems)
			}
		})
	}
}
