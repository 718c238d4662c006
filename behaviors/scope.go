package behaviors

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// scope is which names an expression may use at the place that is being
// compiled. It grows on the way through the document.
type scope struct {
	names   map[string]expression.Name
	lets    map[string]letName // names of the document's let
	slots   int
	inError int                        // depth of on_error around this place
	samples map[string]expression.Type // of names, as the samples have them; nil: there are none
	bound   []int                      // slots that steps of this body have bound
}

// letName is a name that is evaluated when first read.
type letName struct {
	name string
	slot int
	expr *expr
}

func newScope() *scope {
	return &scope{names: environment(), lets: map[string]letName{}, slots: firstNameSlot}
}

// Lookup implements expression.Scope.
func (s *scope) Lookup(name string) (expression.Name, bool) {
	if name == "error" && s.inError > 0 {
		return failure, true
	}
	n, ok := s.names[name]
	return n, ok
}

// Names implements expression.Scope.
func (s *scope) Names() []string {
	names := slices.Collect(maps.Keys(s.names))
	if s.inError > 0 {
		names = append(names, "error")
	}
	slices.Sort(names)
	return names
}

// slot reserves a place in the frame.
func (s *scope) slot() int {
	s.slots++
	return s.slots - 1
}

// bind makes a step's name visible. A name that is bound again keeps its slot,
// as a skipped step leaves the value that is there. Where it was a let of the
// document it gets a slot of its own, which begins as that let: other lets go
// on seeing theirs. sampled is the type by the samples.
func (s *scope) bind(name string, t, sampled expression.Type) (slot int, seed *expr) {
	old, bound := s.names[name]
	s.sample(name, sampled)
	if !bound {
		slot = s.slot()
		s.names[name] = expression.Name{Slot: slot, Type: t}
		s.bound = append(s.bound, slot)
		return slot, nil
	}
	slot = old.Slot
	if let, isLet := s.lets[name]; isLet && let.slot == old.Slot {
		slot, seed = s.slot(), let.expr
	}
	s.names[name] = expression.Name{Slot: slot, Type: either(old.Type, t)}
	s.bound = append(s.bound, slot)
	return slot, seed
}

// either is the type of a name that may hold the one or the other. What may be
// a secret is taken for one, so that it can go nowhere else.
func either(a, b expression.Type) expression.Type {
	derived := a.Derived || b.Derived
	switch {
	case isSecret(a) || sameType(a, b):
	case isSecret(b):
		a = b
	default:
		a = expression.Type{}
	}
	a.Derived = derived
	return a
}

func isSecret(t expression.Type) bool {
	return t.Kind == expression.SecretValue || t.Kind == expression.SecretList
}

// sameType compares what the checker would see.
func sameType(a, b expression.Type) bool {
	if a.Kind != b.Kind || a.Open != b.Open || len(a.Fields) != len(b.Fields) || (a.Elem == nil) != (b.Elem == nil) {
		return false
	}
	for name, field := range a.Fields {
		other, ok := b.Fields[name]
		if !ok || !sameType(field, other) {
			return false
		}
	}
	return a.Elem == nil || sameType(*a.Elem, *b.Elem)
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// keywords of expressions.
var keywords = []string{
	"true", "false", "nil", "null", "in", "not", "and", "or", "let", "if", "else", "matches", "contains",
	"startsWith", "endsWith",
}

// taken tells why a name cannot be given, or "".
func (c *compiler) taken(name string) string {
	if _, ok := everywhere[name]; ok || name == "inputs" {
		return "every expression has it already"
	}
	if name == "error" {
		return "the steps of an `on_error` have it"
	}
	if slices.Contains(keywords, name) {
		return "it is a word of the language"
	}
	for full := range c.catalog.Functions {
		if full == name {
			return "it is a function"
		}
		if namespace, _, ok := strings.Cut(full, "."); ok && namespace == name {
			return "it is a namespace of functions"
		}
	}
	if slices.Contains(laterNamespaces, name) || slices.Contains(laterFunctions, name) {
		return "the language keeps it for what is not there yet"
	}
	return ""
}

// checkName reports what is wrong with a name that the document gives.
func (c *compiler) checkName(n *node) bool {
	if n.kind != scalarNode || !identifier.MatchString(n.text) {
		c.report(badName, n.span, cut(n.text)).suggest("choose a name such as `message`")
		return false
	}
	if why := c.taken(n.text); why != "" {
		c.report(nameTaken, n.span, n.text, why).suggest("choose another name")
		return false
	}
	return true
}
