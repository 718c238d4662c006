package expression

import (
	"slices"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// Name is what a name stands for at one place of a document.
type Name struct {
	Slot int // index into Frame.Slots
	Type Type
	// Path is set for `payload` and for a let that is nothing but a place in it:
	// members of it extend the path, so that only what is read is decoded.
	Path *Path
}

// Path is where in the payload a value is found.
type Path struct {
	Keys []payload.Key
	// First is the slot of a value that is read in place of the payload, by
	// FirstKeys, unless it is nil: that of a let such as `json(payload.text) ??
	// payload`. 0: there is none.
	First     int
	FirstKeys []payload.Key
}

// member is the path of a member.
func (p *Path) member(key payload.Key) *Path {
	longer := &Path{Keys: append(slices.Clone(p.Keys), key), First: p.First}
	if p.First != 0 {
		longer.FirstKeys = append(slices.Clone(p.FirstKeys), key)
	}
	return longer
}

// Scope tells which names an expression may use where it stands.
type Scope interface {
	Lookup(name string) (Name, bool)
	Names() []string // all of them, for suggestions
}

// Lazy is put into a slot to be evaluated when first read; its value is kept,
// and so is an error.
type Lazy struct {
	Expr    *Compiled
	At      int   // identifies the expression in a trace
	Indices []int // the loop around the let, whoever reads it first

	done    bool
	value   any
	err     *Error
	held    int     // bytes that the value takes
	reads   []*Lazy // other lets, whose values count with this one's
	reader  *Lazy   // the last let that has noted this one there
	counted bool    // among what the frame holds
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
	Limits     Limits           // zero: DefaultLimits
	Clock      func() time.Time // for the deadline; nil: there is none
	Trace      *Trace           // nil: nothing is recorded
	// At identifies the expression under evaluation and Indices the loop around
	// it: for the trace, and for uuid().
	At      int
	Indices []int

	machine *machine // kept for the next evaluation
	held    int      // bytes that the results of evaluations take
	counted []*Lazy  // the lets among them, in the order in which they were read
	reading *Lazy    // the let under evaluation
}

// budgetMemory is the code of what takes too much memory.
const budgetMemory = "budget-memory"

// Hold counts bytes that are kept for this delivery: the results of evaluations
// are by themselves, what is made of them is not. The error is an *Error once
// they are more than Limits.Held.
func (f *Frame) Hold(bytes int) error {
	f.held += bytes
	if f.held > f.Limits.orDefault().Held {
		return &Error{Code: budgetMemory, beyondHeld: true, Message: "the values of this behavior take more memory together than they may"}
	}
	return nil
}

// Held is how much a frame holds at one moment.
type Held struct {
	bytes, lets int
}

// Held tells how much is held now, for Rewind.
func (f *Frame) Held() Held { return Held{f.held, len(f.counted)} }

// Rewind tells that what was held since is held no more. A let keeps its value,
// but counts only once it is read again: so what is held at a place hangs on
// the way to it, and not on what was evaluated before.
func (f *Frame) Rewind(to Held) {
	for _, l := range f.counted[to.lets:] {
		l.counted = false
	}
	f.held, f.counted = to.bytes, f.counted[:to.lets]
}

// Limits bound one evaluation, and one walk of a result.
type Limits struct {
	Operations int
	Memory     int // bytes
	Depth      int // of values
	Time       time.Duration
	Held       int // bytes that the results of a frame's evaluations take together
}

// DefaultLimits are the language's.
var DefaultLimits = Limits{Operations: 1_000_000, Memory: 8 << 20, Depth: 100, Time: 100 * time.Millisecond, Held: 32 << 20}

func (l Limits) orDefault() Limits {
	if l == (Limits{}) {
		return DefaultLimits
	}
	return l
}
