package behaviors

import (
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/signatures"
)

// Format is how a text parameter is escaped when something is interpolated.
type Format string

// Formats of text parameters.
const (
	Plain Format = "plain"
	Slack Format = "slack"
	HTML  Format = "html"
	URL   Format = "url"
)

// Reach is what an action touches, which decides what is promised for it.
type Reach string

// Reaches. Host and Store effects share a transaction with their journal row:
// exactly once. Outside effects happen at least once.
const (
	ReachHost    Reach = "host"
	ReachStore   Reach = "store"
	ReachOutside Reach = "outside"
)

// ParamSpec declares a parameter of an action.
type ParamSpec struct {
	Name     string
	Type     expression.Type
	Format   Format // of texts
	Required bool
	Secret   bool
	Default  any
	Options  []string
	Help     string
}

// ActionSpec declares an action. It is data, used to check, complete, document
// and draw it.
type ActionSpec struct {
	Name    string // "message.note"
	Summary string
	Params  []ParamSpec
	Output  expression.Type
	Example any // of the output; what a simulation assumes
	Reach   Reach
	Ask     bool     // after a crash in the middle, ask a person instead of calling again
	Hosts   []string // hosts of its own, granted with it
}

// Param returns a parameter's declaration.
func (a *ActionSpec) Param(name string) (ParamSpec, bool) {
	for _, p := range a.Params {
		if p.Name == name {
			return p, true
		}
	}
	return ParamSpec{}, false
}

// Catalog is all that a behavior may name. It is immutable once built.
type Catalog struct {
	Actions   map[string]*ActionSpec
	Functions map[string]*expression.Function
	Providers map[string]*signatures.Provider
}
