package expression

import (
	"slices"
	"strings"
)

// maxSampleFields: a map with more is taken for a dictionary, whose keys are data
// and no names of fields.
const maxSampleFields = 200

// SampleType is the type of a value of a sample and of all that is in it. at says
// where it stands, as an expression does: "payload". repeats: what there are
// several of is a list, as in XML and in forms. An empty list or map says nothing
// of what may be in it.
func SampleType(v any, at string, repeats bool) Type {
	t := Type{Kind: kindOf(v), Sample: true, At: at}
	switch v := v.(type) {
	case []any:
		var elem *Type
		for _, x := range v {
			item := SampleType(x, at+"[]", repeats)
			if elem != nil {
				item = unite(*elem, item)
			}
			elem = &item
		}
		t.Elem = elem
	case map[string]any:
		if t.Open = len(v) > maxSampleFields; t.Open || len(v) == 0 {
			break
		}
		t.Fields = make(map[string]Type, len(v))
		for name, x := range v {
			field := SampleType(x, MemberAt(at, name), repeats)
			field.Several = repeats && field.Kind != List && !strings.HasPrefix(name, "@") && !strings.HasPrefix(name, "#")
			t.Fields[name] = field
		}
	}
	return t
}

// MemberAt writes the member of an expression.
func MemberAt(at, name string) string {
	if isWord(name) {
		return at + "." + name
	}
	return at + "[" + string(appendJSONText(nil, name)) + "]"
}

// SampleUnion is the type of a value that was of these types in several samples:
// a field that only some have is one that it has, and what was nil once may be
// anything that it was otherwise. The zero type is none.
func SampleUnion(types ...Type) Type {
	if len(types) == 0 {
		return Type{}
	}
	all := types[0]
	for _, t := range types[1:] {
		all = unite(all, t)
	}
	return all
}

func unite(a, b Type) Type {
	a.Several = a.Several || b.Several
	b.Several = a.Several
	switch {
	case a.Kind == Nil:
		return b
	case b.Kind == Nil:
		return a
	case a.Kind == List && b.Kind == List:
		if a.Elem == nil {
			return b
		}
		if b.Elem != nil {
			elem := unite(*a.Elem, *b.Elem)
			a.Elem = &elem
		}
		return a
	case a.Kind == Map && b.Kind == Map:
		return uniteMaps(a, b)
	case a.Kind == b.Kind && a.Kind != Any:
		return a
	case a.numeric() && b.numeric():
		a.Kind = Number
		return a
	}
	return oneOrSeveral(a, b)
}

func uniteMaps(a, b Type) Type {
	switch {
	case b.Fields == nil && !b.Open:
		return a
	case a.Fields == nil && !a.Open:
		return b
	case a.Open || b.Open:
		return Type{Kind: Map, Open: true, Sample: true, At: a.At}
	}
	fields := make(map[string]Type, len(a.Fields)+len(b.Fields))
	for name, t := range a.Fields {
		fields[name] = t
	}
	for name, t := range b.Fields {
		if old, ok := fields[name]; ok {
			t = unite(old, t)
		}
		fields[name] = t
	}
	if len(fields) > maxSampleFields {
		return Type{Kind: Map, Open: true, Sample: true, At: a.At}
	}
	a.Fields = fields
	return a
}

// oneOrSeveral is of what is no one kind. Where one side is a list, as in XML of
// an element that is repeated, or in a form, list(…) makes it one: Elem is what is
// in it then.
func oneOrSeveral(a, b Type) Type {
	if a.Kind != List && a.Elem == nil && b.Kind != List && b.Elem == nil {
		return Type{Sample: true, At: a.At}
	}
	elem := unite(a.single(), b.single())
	elem.At = strings.TrimSuffix(elem.At, "[]") + "[]"
	return Type{Sample: true, At: a.At, Elem: &elem}
}

// single is what list(…) makes the items of.
func (t Type) single() Type {
	if t.Elem != nil {
		return *t.Elem
	}
	if t.Kind == List {
		return Type{Kind: Nil, Sample: true, At: t.At}
	}
	return t
}

// fieldNames are the names of the fields that are known, sorted.
func (t Type) fieldNames() []string {
	names := make([]string, 0, len(t.Fields))
	for name := range t.Fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
