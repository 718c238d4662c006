package behaviors

import (
	"regexp"
	"slices"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/signatures"
)

// Program is a compiled behavior: immutable, shared by all listeners of a version.
type Program struct {
	program
}

type program struct {
	name, description string
	inputs            []Input
	inputLines        []span         // where each input is declared
	zone              *time.Location // nil: the delivery's
	accept            accept
	cors              *cors // nil: not written
	handshakes        []handshake
	checked           bool // a verify is written
	verify            *expr
	reject            *respond             // nil: the provider's
	provider          *signatures.Provider // that verify asks; nil where there is not exactly one
	signedWith        []string             // the inputs that hold its secrets
	dedupe            *expr
	orderBy           *expr
	limit             int
	on                string
	deadline          time.Duration
	late              *respond // at the deadline; nil: the empty answer
	lets              []letName
	steps             []*step
	reach             int // how many steps there are in all
	slots             int
	stepSlots         []stepSlot
	paths             *payload.Paths
	places            []place                // by at
	actions           map[string]*ActionSpec // that steps use, by name
	hosts             []host                 // that the source writes out
	size              int
}

// stepSlot is a slot that steps fill. It begins empty, or as a let of the
// document that a step's name covers.
type stepSlot struct {
	slot int
	seed *expr
}

// Name is the document's.
func (p *Program) Name() string { return p.name }

// Description is the document's.
func (p *Program) Description() string { return p.description }

// Inputs in the order of the document.
func (p *Program) Inputs() []Input { return append([]Input{}, p.inputs...) }

// Open is true where nothing is verified.
func (p *Program) Open() bool { return !p.checked }

// MaxBody is accept.max_body in bytes, or 0 for the plugin's limit.
func (p *Program) MaxBody() int64 { return p.accept.maxBody }

// Accepts tells whether a method may be used.
func (p *Program) Accepts(method string) bool { return slices.Contains(p.accept.methods, method) }

// CORS tells whether the behavior says which pages may call it.
func (p *Program) CORS() bool { return p.cors != nil }

// Deadline is how long a caller waits, counted from the last byte of the body.
func (p *Program) Deadline() time.Duration { return p.deadline }

// Limit is how many runs of a listener go on at once, or 0 where the behavior
// does not say.
func (p *Program) Limit() int { return p.limit }

// On is the host's event that the behavior is for, or "" for requests.
func (p *Program) On() string { return p.on }

// Size is about how many bytes the program keeps, for a cache.
func (p *Program) Size() int { return p.size }

// step finds a step by its path, of whichever iteration.
func (p *Program) step(path string) *step {
	path = iteration.ReplaceAllString(path, "each[]")
	for _, h := range p.handshakes {
		if found := findStep(h.steps, path); found != nil {
			return found
		}
	}
	return findStep(p.steps, path)
}

var iteration = regexp.MustCompile(`each\[\d+\]`)

func findStep(list []*step, path string) *step {
	for _, s := range list {
		if s.path.text == path {
			return s
		}
		if found := findStep(s.steps, path); found != nil {
			return found
		}
		for _, b := range s.branches {
			if found := findStep(b.steps, path); found != nil {
				return found
			}
		}
		if found := findStep(s.onError, path); found != nil {
			return found
		}
	}
	return nil
}
