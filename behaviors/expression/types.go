package expression

// Kind is the kind of a value as far as it is known before anything runs.
type Kind uint8

// Kinds of values. Number is an integer or a float. SecretList is a list of
// nothing but secrets.
const (
	Any Kind = iota
	Nil
	Bool
	Int
	Float
	Number
	Text
	Bytes
	Time
	Duration
	List
	Map
	SecretValue
	SecretList
)

var kindNames = [...]string{"any value", "nil", "a boolean", "an integer", "a number", "a number", "a text",
	"bytes", "a time", "a duration", "a list", "a map", "a secret", "a list of secrets"}

// String names the kind as a message does, with its article.
func (k Kind) String() string { return kindNames[k] }

// Type is a static type. The zero value is Any.
type Type struct {
	Kind   Kind
	Elem   *Type           // of a List
	Fields map[string]Type // of a Map: the fields that are known
	Open   bool            // of a Map: there may be others
	Sample bool            // inferred from samples: what contradicts it is a warning
	At     string          // of a Sample: where it stands in them, as an expression says it
	// Several: of a Sample that is no list: there may be several at its place, which
	// are a list then, as in XML and in forms.
	Several bool
	// AnyCase: of a Map that is Open and a Sample, as the headers of requests: upper
	// and lower case of names do not count.
	AnyCase bool
	// Derived: made of a secret, so that a trace does not show it.
	Derived bool
}

// Of is the type of a kind.
func Of(k Kind) Type { return Type{Kind: k} }

// ListOf is the type of a list of such values.
func ListOf(t Type) Type { return Type{Kind: List, Elem: &t, Sample: t.Sample} }

func (t Type) secret() bool { return t.Kind == SecretValue || t.Kind == SecretList }

// holdsSecret tells whether the value as a whole would carry a secret along.
func (t Type) holdsSecret() bool {
	for _, f := range t.Fields {
		if f.secret() || f.holdsSecret() {
			return true
		}
	}
	return t.Elem != nil && (t.Elem.secret() || t.Elem.holdsSecret())
}

func (t Type) numeric() bool { return t.Kind == Int || t.Kind == Float || t.Kind == Number }

// known tells whether the kind says what the value cannot be.
func (t Type) known() bool { return t.Kind != Any && t.Kind != Nil }

// fits tells whether a value of this type may stand where a kind is wanted.
func (t Type) fits(want Kind) bool {
	switch {
	case want == Any || !t.known() || t.Kind == want:
		return true
	case want == Number:
		return t.numeric()
	case want == Int:
		return t.Kind == Number
	case want == Float:
		return t.numeric()
	case want == List:
		return t.Kind == SecretList
	}
	return false
}

// element is the type of a list's items.
func (t Type) element() Type {
	if t.Elem != nil {
		return *t.Elem
	}
	return Type{Sample: t.Sample}
}

// merge is the type of a value that is one or the other.
func merge(a, b Type) Type {
	switch {
	case a.secret() && b.secret() && a.Kind != b.Kind:
		return Of(SecretList) // fits fewer places than one secret
	case a.secret() && (b.Kind == Nil || !b.secret()):
		return Type{Kind: a.Kind}
	case b.secret() && !a.secret():
		return Type{Kind: b.Kind}
	case a.Kind == Nil:
		return b
	case b.Kind == Nil:
		return a
	case a.Sample && b.Sample:
		return unite(a, b)
	case a.Kind == b.Kind:
		return Type{Kind: a.Kind, Sample: a.Sample || b.Sample}
	case a.numeric() && b.numeric():
		return Type{Kind: Number, Sample: a.Sample || b.Sample}
	}
	return Type{}
}

// Secret is a reference to a secret. An expression never sees the value: it is
// fetched inside a signature function or an action.
type Secret struct {
	Name string
}

// String is the reference's text form: its name, never its value.
func (s Secret) String() string { return "secret " + s.Name }

// Object is a value with named members that is no map: the request, its
// headers. Member gives nil for a name that it does not have.
type Object interface {
	Member(name string) any
	Members() []string
}
