package expression

import (
	"maps"
	"slices"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// memberOf reads a member of an object, and charges for what is made or searched
// for it.
func (m *machine) memberOf(o Object, name string) any {
	switch o := o.(type) {
	case payload.Header:
		m.step(1 + len(o)/4)
		v := o.Member(name)
		if text, ok := v.(string); ok {
			m.text(len(text))
			m.take(len(text))
		}
		return v
	case *payload.Request:
		switch name {
		case "query":
			m.step(1 + len(o.RawQuery)/4)
			m.take(querySize(o.RawQuery))
		case "files":
			m.list(len(o.Files))
		}
	}
	return o.Member(name)
}

// members are the names of an object's members.
func (m *machine) members(o Object) []string {
	h, _ := o.(payload.Header)
	m.step(len(h) * 2)
	m.take(len(h) * 4 * slotBytes)
	names := o.Members()
	m.list(len(names))
	return names
}

// querySize is what a query takes as a map: each pair may be an entry, with its
// texts unescaped.
func querySize(query string) int {
	n := mapBytes(1) + 2*len(query)
	for i := range len(query) {
		if query[i] == '&' {
			n += 80 + 2*slotBytes
		}
	}
	return n
}

// memberMap is a map as an Object.
type memberMap map[string]any

// Member implements Object.
func (o memberMap) Member(name string) any { return o[name] }

// Members implements Object.
func (o memberMap) Members() []string { return slices.Sorted(maps.Keys(o)) }
