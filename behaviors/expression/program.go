package expression

import (
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// Name is what a name stands for at one place of a document.
type Name struct {
	Slot int // index into Frame.Slots
	Type Type
	// Path is set for `payload` (as an empty, non-nil slice) and for a let that
	// is nothing but a payload path: members of it extend the path, so that only
	// what is read is decoded.
	Path []payload.Key
}

// Scope tells which names an expression may use where it stands.
type Scope interface {
	Lookup(name string) (Name, bool)
	Names() []string // all of them, for suggestions
}

// Param is a parameter of a function.
type Param struct {
	Name     string
	Type     Type
	Optional bool
	Secret   bool // takes a secret, or a list of them where Type says SecretList
	Variadic bool
}

// Function is what an expression can call by name. Name may be qualified by a
// namespace ("mailgun.signed"). Call gets arguments that have been checked
// against Params; a nil argument never reaches it unless NilSafe, as the
// result is nil then.
type Function struct {
	Name    string
	Params  []Param
	Result  Type
	Doc     string
	Example string
	NilSafe bool
	// Cost is charged, in operations, before the call; nil costs 1 and an
	// operation per 64 bytes of text arguments.
	Cost func(args []any) int
	Call func(f *Frame, args []any) (any, error)
}

// Config is what Compile needs to know of an expression's surroundings.
type Config struct {
	Functions map[string]*Function // besides the builtins, by full name
	Scope     Scope
	Paths     *payload.Paths // collects the payload paths that are read
	Want      Kind           // Bool: true, false and nil are accepted; Any: anything
	// AllowSecret: the whole result may be a secret (an action's secret
	// parameter, a let).
	AllowSecret bool
}

// Compiled is an expression ready to run. It is immutable and safe to share.
type Compiled struct{}

// Compile parses and checks one expression and reports every problem at once.
// The result is nil where one of them is an error.
func Compile(source string, c Config) (*Compiled, []Problem) { panic("contract") }

// Type is the static type of the result.
func (c *Compiled) Type() Type { panic("contract") }

// Path is the payload path that the expression is nothing but, or nil.
func (c *Compiled) Path() []payload.Key { panic("contract") }

// Source is the text that it was compiled from.
func (c *Compiled) Source() string { panic("contract") }

// Eval runs the expression. Errors are *Error.
func (c *Compiled) Eval(f *Frame) (any, error) { panic("contract") }

// Lazy is put into a slot to be evaluated when first read; the value then
// takes its place. An error is kept too.
type Lazy struct {
	Expr *Compiled
	// At identifies the expression in a trace.
	At int
}

// Frame is what one delivery's expressions see. It belongs to one goroutine.
type Frame struct {
	Slots      []any // by Name.Slot; a *Lazy is evaluated when first read
	Body       *payload.Body
	Request    *payload.Request
	ReceivedAt time.Time      // now
	Zone       *time.Location // of the behavior; nil is UTC
	DeliveryID string         // seeds uuid()
	Secrets    func(Secret) (string, error)
	Limits     Limits // zero: DefaultLimits
	Trace      *Trace // nil: nothing is recorded
	// Source position and loop indices of the evaluation under way, for uuid().
	At      int
	Indices []int
}

// Limits bound one evaluation.
type Limits struct {
	Operations int
	Memory     int // bytes
	Depth      int
	Time       time.Duration
}

// DefaultLimits are the language's.
var DefaultLimits = Limits{Operations: 1_000_000, Memory: 8 << 20, Depth: 100, Time: 100 * time.Millisecond}

// Trace collects the values of sub-expressions, at most 20 a node.
type Trace struct {
	Entries []TraceEntry
}

// TraceEntry is one value of one node. At is Frame.At of the expression, Offset
// the rune offset of the node's token in it, Kind expr's name of the node.
type TraceEntry struct {
	At, Offset int
	Kind       string
	Value      any
	N          int // how many values the node had in all
}

// Walker prints and compares values within a budget: the one way to walk a
// result, which may share structure and so be larger than memory.
type Walker struct{}

// NewWalker returns a walker with a budget; zero limits mean DefaultLimits.
func NewWalker(l Limits) *Walker { panic("contract") }

// JSON prints a value compactly, maps in order of their keys. A secret prints
// as {"secret": name}. Errors are *Error (budget, or what JSON cannot hold).
func (w *Walker) JSON(v any) ([]byte, error) { panic("contract") }

// Text prints a value as interpolation does: nil is empty, a text is itself, a
// number as JSON prints it, a list or map as JSON. A secret is an error.
func (w *Walker) Text(v any) (string, error) { panic("contract") }

// Equal compares as == does.
func (w *Walker) Equal(a, b any) (bool, error) { panic("contract") }

// Truth reads nil as false; anything but a boolean is an *Error.
func Truth(v any) (bool, error) { panic("contract") }

// TemplatePart is a literal, or an expression with the range of its source.
type TemplatePart struct {
	Literal  string
	Expr     string
	IsExpr   bool
	From, To int // runes of the whole ${{ … }} (or of the literal) in the text
	ExprFrom int // rune where the expression's source begins
}

// SplitTemplate cuts a text at its ${{ … }}; }} inside a string or a map
// literal of the expression does not end it, and $${{ is a literal ${{.
func SplitTemplate(text string) ([]TemplatePart, []Problem) { panic("contract") }

// Builtins lists expr's builtins that the language admits, and our functions,
// for the catalog.
func Builtins() []*Function { panic("contract") }
