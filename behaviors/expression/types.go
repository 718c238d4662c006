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

// Type is a static type. The zero value is Any.
type Type struct {
	Kind   Kind
	Elem   *Type           // of a List
	Fields map[string]Type // of a Map: the fields that are known
	Open   bool            // of a Map: there may be others
	Sample bool            // inferred from sample payloads: what contradicts it is a warning
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
