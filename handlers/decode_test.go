package handlers

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

type decoded struct {
	Name  optional[string]         `json:"name"`
	Count optional[int]            `json:"count"`
	Map   optional[map[string]int] `json:"map"`
	Text  string                   `json:"text"`
}

func TestDecode(t *testing.T) {
	const plain = "application/json"
	problem := func(status int, title, detail string) *Problem {
		return &Problem{Status: status, Title: title, Detail: detail}
	}
	bad := func(detail string) *Problem { return problem(400, "The request is malformed.", detail) }
	for _, tt := range []struct {
		name, contentType, body string
		emptyOK                 bool
		want                    decoded
		err                     *Problem
	}{
		{
			"what is sent, null and absent are told apart", plain, `{"name": "a", "count": null}`, false,
			decoded{Name: optional[string]{Sent: true, Value: "a"}, Count: optional[int]{Sent: true, Null: true}}, nil,
		},
		{"merge patch, charset", "application/merge-patch+json; charset=UTF-8", `{"text": "a"}`, false, decoded{Text: "a"}, nil},
		{"empty where that is allowed", "", "", true, decoded{}, nil},
		{"empty where not", plain, "", false, decoded{}, bad("the body is no JSON: EOF")},
		{"form", "application/x-www-form-urlencoded", "name=a", false, decoded{}, problem(415, "The body must be JSON.", "send Content-Type: application/json")},
		{"JSON as text, which a foreign page could send", "text/plain", `{}`, false, decoded{}, problem(415, "The body must be JSON.", "send Content-Type: application/json")},
		{"no type", "", `{}`, false, decoded{}, problem(415, "The body must be JSON.", "send Content-Type: application/json")},
		{"other charset", "application/json; charset=latin1", `{}`, false, decoded{}, problem(415, "The body must be JSON.", "send Content-Type: application/json")},
		{"not UTF-8", plain, "{\"name\": \"\xff\"}", false, decoded{}, bad("the body is not UTF-8")},
		{"cut", plain, `{"name": `, false, decoded{}, bad("the body is no JSON: unexpected EOF")},
		{"no object", plain, `[1]`, false, decoded{}, bad("the body must be one JSON object")},
		{"null", plain, `null`, false, decoded{}, bad("the body must be one JSON object")},
		{"two objects", plain, `{}{}`, false, decoded{}, bad("something follows the JSON object")},
		{"text behind", plain, `{} x`, false, decoded{}, bad("something follows the JSON object")},
		{"unknown field", plain, `{"nme": "a"}`, false, decoded{}, bad("unknown field `nme`")},
		{"other case", plain, `{"Name": "a"}`, false, decoded{}, bad("unknown field `Name`")},
		{"deep", plain, strings.Repeat("[", 20000), false, decoded{}, bad("the body is no JSON: invalid character '[' exceeded max depth")},
		{"wrong type", plain, `{"text": 1}`, false, decoded{}, invalid(FieldError{"text", "type", "must not be a number"})},
		{"wrong type of an optional", plain, `{"text": "a", "count": "b"}`, false, decoded{}, invalid(FieldError{"count", "type", "must not be a string"})},
		{"wrong type in a map", plain, `{"map": {"a": true}}`, false, decoded{}, invalid(FieldError{"map", "type", "must not be a bool"})},
		{
			"too large", plain, `{"text": "` + strings.Repeat("a", maxAPIBody) + `"}`, false, decoded{},
			&Problem{Status: 413, Title: "The request is too large.", Detail: "at most 1 MiB", closes: true},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", strings.NewReader(tt.body))
			r.Header.Set("Content-Type", tt.contentType)
			var got decoded
			err := (&call{r: r}).decode(&got, tt.emptyOK)
			var p *Problem
			errors.As(err, &p)
			if !reflect.DeepEqual(p, tt.err) || (err != nil) != (tt.err != nil) {
				t.Fatalf("error %#v, want %#v", err, tt.err)
			}
			if err == nil && !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestDecodeOfABodyThatEndsEarly(t *testing.T) {
	r := httptest.NewRequest("POST", "/", iotest.ErrReader(io.ErrUnexpectedEOF))
	r.Header.Set("Content-Type", "application/json")
	var p *Problem
	if err := (&call{r: r}).decode(&decoded{}, false); !errors.As(err, &p) || p.Status != http.StatusBadRequest || !p.closes {
		t.Errorf("got %#v", err)
	}
}

func TestPlainValueKeepsIntegers(t *testing.T) {
	got, err := plainValue([]byte(`{"a": [9007199254740993, 1.5, 1e3, "9", null, true], "b": 123456789012345678901}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"a": []any{int64(9007199254740993), 1.5, 1000.0, "9", nil, true}, "b": 1.2345678901234568e+20,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, want %#v", got, want)
	}
}

// Whatever a body is, it is read or it is the caller's mistake.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"name": "a", "count": null, "map": {"a": 1}}`, `{"name": {"a": [1]}}`, `{"a`, `[[[[`, `{"text": "\ud800"}`, "{}{}", "null", `{"count": 1e99}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		err := decodeObject(body, &decoded{})
		var p *Problem
		if err != nil && (!errors.As(err, &p) || p.Status != http.StatusBadRequest && p.Status != http.StatusUnprocessableEntity) {
			t.Errorf("got %#v", err)
		}
	})
}
