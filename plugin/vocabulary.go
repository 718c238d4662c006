package plugin

import (
	"errors"
	"fmt"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/handlers"
)

// What a host may add to the language.
type (
	// Action is what a step can do. Its Do is called from many goroutines.
	Action = actions.Action
	// ActionSpec declares it: it is checked, completed, documented and drawn by this.
	ActionSpec = behaviors.ActionSpec
	// Param is a parameter of an action.
	Param = behaviors.ParamSpec
	// Call is one attempt of a step.
	Call = actions.Call
	// Function is what an expression can call. It must be pure: the same result
	// for the same arguments, without I/O or clock, as it is called again
	// whenever a run is resumed.
	Function = expression.Function
	// Argument is a parameter of a function.
	Argument = expression.Param
	// Frame is the evaluation that a function is called in.
	Frame = expression.Frame
	// RecordType is a kind of record of the helpdesk.
	RecordType = behaviors.RecordType
	// Picker is a type of input for which a person picks one of the host's choices.
	Picker = handlers.Picker
	// PickerSpec is what the language knows of a Picker.
	PickerSpec = behaviors.Picker
	// Choice is what can be picked.
	Choice = handlers.Choice
	// Type is a type of the language.
	Type = expression.Type
)

// Formats of text parameters: how what is interpolated is escaped.
const (
	Plain = behaviors.Plain
	Slack = behaviors.Slack
	HTML  = behaviors.HTML
	URL   = behaviors.URL
	XML   = behaviors.XML
)

// Reaches of actions: the host's records in the step's transaction, or outside.
const (
	ReachHost    = behaviors.ReachHost
	ReachOutside = behaviors.ReachOutside
)

// AnyType is any value, also one of which nothing is known.
func AnyType() Type { return Type{} }

// TextType is a text.
func TextType() Type { return expression.Of(expression.Text) }

// BoolType is true or false.
func BoolType() Type { return expression.Of(expression.Bool) }

// IntType is a whole number.
func IntType() Type { return expression.Of(expression.Int) }

// NumberType is a whole number or a float.
func NumberType() Type { return expression.Of(expression.Number) }

// TimeType is a moment.
func TimeType() Type { return expression.Of(expression.Time) }

// SecretType is a reference to a secret, for parameters that are Secret.
func SecretType() Type { return expression.Of(expression.SecretValue) }

// ListType is a list of such values.
func ListType(of Type) Type { return expression.ListOf(of) }

// MapType is a map of which these fields are known.
func MapType(fields map[string]Type) Type { return Type{Kind: expression.Map, Fields: fields} }

// NilType is what an action without an output gives.
func NilType() Type { return expression.Of(expression.Nil) }

// vocabulary is what behaviors may name: the built-in actions that the host has
// the abilities for, and what the host adds.
func (o *options) vocabulary(builtin *actions.Registry) (behaviors.Vocabulary, error) {
	var errs []error
	for _, a := range o.actions {
		if err := builtin.Register(&a); err != nil {
			errs = append(errs, fmt.Errorf("WithAction: %w", err))
		}
	}
	for _, f := range o.functions {
		if f.Doc == "" {
			errs = append(errs, fmt.Errorf("WithFunction: %q has no doc", f.Name))
		}
	}
	v := behaviors.Vocabulary{
		Actions: builtin.Specs(), Absent: builtin.Absent(), Functions: o.functions,
		Records: append(actions.RecordTypes(), o.records...),
	}
	for _, p := range o.pickers {
		if p.Search == nil || p.Find == nil {
			errs = append(errs, fmt.Errorf("WithPicker: %q needs Search and Find", p.Name))
		}
		v.Pickers = append(v.Pickers, p.Picker)
	}
	return v, errors.Join(errs...)
}
