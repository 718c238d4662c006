package payload

import "testing"

func TestSet(t *testing.T) {
	const form, object = "application/x-www-form-urlencoded", "application/json"
	for _, c := range []struct {
		name, contentType, body, path, text, want string
		found, fails                              bool
	}{
		{"member", object, `{ "a":{"b-c": 1.50, "d":"x"} }`, "a.b-c", `<é">`, `{ "a":{"b-c": "<é\">", "d":"x"} }`, true, false},
		{"whole object", object, `{"a": {"b": 1}}`, "a", "x", `{"a": "x"}`, true, false},
		{"missing", object, `{"a": {}}`, "a.b", "x", `{"a": {}}`, false, false},
		{"no JSON", object, `{"a"`, "a", "x", `{"a"`, false, true},
		{"field", form, "a=1&b%20c=2&d=3", "b c", "x & y", "a=1&b%20c=x+%26+y&d=3", true, false},
		{"the first of two", form, "a=1&a=2", "a", "3", "a=3&a=2", true, false},
		{"no such field", form, "a=1", "b", "x", "a=1", false, false},
		{"no text", form, "a=%ff", "a", "x", "a=%ff", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &Request{Header: Header{{Name: "Content-Type", Value: c.contentType}}, Body: []byte(c.body)}
			found, err := Set(r, c.path, c.text)
			if found != c.found || (err != nil) != c.fails || string(r.Body) != c.want {
				t.Errorf("got %s, %v, %v", r.Body, found, err)
			}
		})
	}
}
