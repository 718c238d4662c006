package actions

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// Registry holds actions by name. Fill it before it is used: it is not safe for
// registering and reading at once. The zero value is empty and ready.
type Registry struct {
	byName map[string]*Action
	absent []*behaviors.ActionSpec
}

// Names of the abilities of a host that actions need, as package plugin has them.
const (
	needsMessages  = "Messages"
	needsAddresses = "Addresses"
	needsTickets   = "Tickets"
)

// Builtin returns a fresh registry with the built-in actions that a host has the
// abilities for. host may be nil, which has none.
func Builtin(host any) *Registry {
	r := &Registry{}
	messages, hasMessages := host.(Messages)
	addresses, hasAddresses := host.(Addresses)
	tickets, hasTickets := host.(Tickets)
	r.builtin(hasMessages, messageFind(messages))
	r.builtin(hasMessages, messageNote(messages))
	r.builtin(hasAddresses, addressDefunct(addresses))
	r.builtin(hasTickets, ticketCreate(tickets))
	r.builtin(hasTickets, ticketFind(tickets))
	r.builtin(hasTickets, ticketNote(tickets))
	r.builtin(true, httpRequest())
	r.builtin(true, slackPost())
	return r
}

// BuiltinSpecs are those of all built-in actions, whatever they need of a host.
func BuiltinSpecs() []*behaviors.ActionSpec {
	r := Builtin(nil)
	return append(r.Specs(), r.Absent()...)
}

func (r *Registry) builtin(able bool, a *Action) {
	if !able {
		r.absent = append(r.absent, &a.ActionSpec)
		return
	}
	r.MustRegister(a)
}

// Register adds an action; an error names what is wrong with it.
func (r *Registry) Register(a *Action) error {
	if a == nil || a.Do == nil {
		return errors.New("actions: an action without Do")
	}
	if err := check(&a.ActionSpec); err != nil {
		return fmt.Errorf("actions: %q: %w", a.Name, err)
	}
	if r.byName[a.Name] != nil {
		return fmt.Errorf("actions: %q registered twice", a.Name)
	}
	if r.byName == nil {
		r.byName = map[string]*Action{}
	}
	r.byName[a.Name] = a
	return nil
}

// MustRegister is Register for actions that are known when the program is
// written; it panics.
func (r *Registry) MustRegister(a *Action) {
	if err := r.Register(a); err != nil {
		panic(err)
	}
}

// Get returns an action, or nil.
func (r *Registry) Get(name string) *Action { return r.byName[name] }

// Absent are the specs of the built-in actions that the host lacks the abilities
// for.
func (r *Registry) Absent() []*behaviors.ActionSpec { return slices.Clone(r.absent) }

// Specs of all actions, sorted by name.
func (r *Registry) Specs() []*behaviors.ActionSpec {
	specs := make([]*behaviors.ActionSpec, 0, len(r.byName))
	for _, name := range slices.Sorted(maps.Keys(r.byName)) {
		specs = append(specs, &r.byName[name].ActionSpec)
	}
	return specs
}

var (
	actionName = regexp.MustCompile(`^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$`)
	paramName  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

func check(s *behaviors.ActionSpec) error {
	switch {
	case !actionName.MatchString(s.Name):
		return fmt.Errorf("an action's name is like %q", "area.verb")
	case s.Summary == "":
		return errors.New("no summary")
	case s.Reach != behaviors.ReachHost && s.Reach != behaviors.ReachStore && s.Reach != behaviors.ReachOutside:
		return fmt.Errorf("unknown reach %q", s.Reach)
	case s.Output.Kind != expression.Nil && s.Example == nil:
		return errors.New("no example of its output")
	case s.Output.Kind == expression.Nil && s.Example != nil:
		return errors.New("an example of an output, but no type of it")
	}
	seen := map[string]bool{}
	for _, p := range s.Params {
		if seen[p.Name] {
			return fmt.Errorf("parameter %q twice", p.Name)
		}
		seen[p.Name] = true
		if err := checkParam(p); err != nil {
			return fmt.Errorf("parameter %q: %w", p.Name, err)
		}
	}
	return nil
}

func checkParam(p behaviors.ParamSpec) error {
	text := p.Type.Kind == expression.Text
	switch {
	case !paramName.MatchString(p.Name):
		return errors.New("a parameter's name has lower case letters, digits and _")
	case p.Secret != (p.Type.Kind == expression.SecretValue):
		return errors.New("a secret parameter has the type of a secret, and no other has")
	case p.Type.Kind == expression.Nil:
		return errors.New("no type")
	case p.SecretFields && p.Type.Kind != expression.Map && p.Type.Kind != expression.Any:
		return errors.New("secrets may be fields of maps")
	case text && !slices.ContainsFunc(behaviors.Formats(), func(f behaviors.ValueForm) bool { return f.Name == string(p.Format) }):
		return fmt.Errorf("a text needs a format, got %q", p.Format)
	case !text && (p.Format != "" || p.Options != nil):
		return errors.New("format and options are for texts")
	case p.Required && p.Default != nil:
		return errors.New("required, and with a default")
	}
	return nil
}
