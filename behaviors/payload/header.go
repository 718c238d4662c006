package payload

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Field is one header line as it was received, or one pair of a form.
type Field struct {
	Name, Value string
}

// Header holds header lines in the order of their names, and of arrival within
// a name. Names keep the spelling that they came with; look-up ignores case.
type Header []Field

// Get returns the first value of a header, or "".
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Values returns every value of a header.
func (h Header) Values(name string) []string {
	var values []string
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// With returns the header with one line of that name, in place of any others.
func (h Header) With(name, value string) Header {
	with := make(Header, 0, len(h)+1)
	for _, f := range h {
		if !strings.EqualFold(f.Name, name) {
			with = append(with, f)
		}
	}
	with = append(with, Field{Name: name, Value: value})
	with.sort()
	return with
}

// Member returns a header as an expression sees it: the lines of that name
// joined by ", ", as text, or nil where there is none.
func (h Header) Member(name string) any {
	values := h.Values(name)
	if values == nil {
		return nil
	}
	return readable(strings.Join(values, ", "))
}

// Members returns the names in lower case, sorted, each once.
func (h Header) Members() []string {
	names := make([]string, 0, len(h))
	for _, f := range h {
		names = append(names, strings.ToLower(f.Name))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// sort brings lines into the order that Header promises.
func (h Header) sort() {
	slices.SortStableFunc(h, func(a, b Field) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
}

// MarshalJSON writes [[name, value], …]. A byte that is no UTF-8 becomes U+FFFD,
// since JSON cannot hold it.
func (h Header) MarshalJSON() ([]byte, error) {
	pairs := make([][2]string, len(h))
	for i, f := range h {
		pairs[i] = [2]string{f.Name, f.Value}
	}
	return json.Marshal(pairs)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (h *Header) UnmarshalJSON(text []byte) error {
	var pairs [][]string
	if err := json.Unmarshal(text, &pairs); err != nil {
		return fmt.Errorf("header: want [[name, value], …]: %w", err)
	}
	if pairs == nil {
		*h = nil
		return nil
	}
	read := make(Header, len(pairs))
	for i, p := range pairs {
		if len(p) != 2 {
			return fmt.Errorf("header: line %d: want [name, value], got %d texts", i+1, len(p))
		}
		read[i] = Field{Name: p[0], Value: p[1]}
	}
	*h = read
	return nil
}
