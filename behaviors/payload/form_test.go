package payload

import (
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func TestParseForm(t *testing.T) {
	for _, c := range []struct {
		text string
		want []Field
	}{
		{"", nil},
		{"&&", nil},
		{"b=2&a=1&b=1", []Field{{"b", "2"}, {"a", "1"}, {"b", "1"}}},
		{"a", []Field{{"a", ""}}},
		{"=1", []Field{{"", "1"}}},
		{"a=b=c", []Field{{"a", "b=c"}}},
		{"a+b=+c%20", []Field{{"a b", " c "}}},
		{"a=1;b=2", []Field{{"a", "1;b=2"}}},
		{"a=%zz%4&b=%", []Field{{"a", "%zz%4"}, {"b", "%"}}},
		{"a=%c3%A9%00", []Field{{"a", "é\x00"}}},
	} {
		got, err := ParseForm(c.text, DefaultLimits)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: got %#v, %v, want %#v", c.text, got, err, c.want)
		}
	}
}

func TestFormLimit(t *testing.T) {
	beyond := &LimitError{"form fields", 1_000}
	for _, c := range []struct {
		name, text string
		fields     int
		want       error
	}{
		{"1,000 repeated names", strings.Repeat("a=1&", 1_000), 1_000, nil},
		{"empty ones do not count", strings.Repeat("&", 5_000) + "a=1", 1, nil},
		{"1,001 pairs", strings.Repeat("a=1&", 1_001), 0, beyond},
		{"524,000 pairs", strings.Repeat("a&", 524_000), 0, beyond},
	} {
		r := typed("application/x-www-form-urlencoded", c.text)
		_, err := Scan(r, nil, DefaultLimits)
		if !reflect.DeepEqual(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
		if fields, _ := ParseForm(c.text, DefaultLimits); len(fields) != c.fields {
			t.Errorf("%s: got %d fields, want %d", c.name, len(fields), c.fields)
		}
	}
	_, err := Scan(&Request{RawQuery: strings.Repeat("a&", 1_001)}, nil, DefaultLimits)
	if !reflect.DeepEqual(err, beyond) {
		t.Errorf("query: got %v", err)
	}
}

// FuzzForm holds the decoder to net/url wherever that one accepts a form.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"a=1&b=2&a=3", "a+b=%26%zz", "%", "=&=", "a=%E9", strings.Repeat("a&", 9)} {
		f.Add(seed)
	}
	l := Limits{FormFields: 8}
	f.Fuzz(func(t *testing.T, text string) {
		fields, err := ParseForm(text, l)
		var limit *LimitError
		if errors.As(err, &limit) {
			if countFields(text) <= l.FormFields {
				t.Fatal("refused within the limit")
			}
			return
		}
		if len(fields) > l.FormFields {
			t.Fatalf("%d fields", len(fields))
		}
		want, wantErr := url.ParseQuery(text)
		if err != nil || wantErr != nil {
			return
		}
		got := url.Values{}
		for _, f := range fields {
			got.Add(f.Name, f.Value)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %#v, want %#v", got, want)
		}
		total := 0
		for name, v := range formMap(fields) {
			switch v := v.(type) {
			case string:
				total++
			case []any:
				total += len(v)
			default:
				t.Fatalf("%q is a %T", name, v)
			}
		}
		if total != len(fields) {
			t.Fatalf("the map has %d texts of %d", total, len(fields))
		}
	})
}
