package handlers

import (
	"context"
	"fmt"
	"slices"

	"github.com/deskhook/deskhook/behaviors"
)

// Picker is a type of input for which a person picks one of the host's choices.
type Picker struct {
	behaviors.Picker
	// Search gives choices for what was typed ("": the first ones), best first;
	// about 20 are enough.
	Search func(ctx context.Context, text string) ([]Choice, error)
	// Find gives the choice of a value, or nil, nil where there is none any more.
	Find func(ctx context.Context, value string) (*Choice, error)
}

// Choice is what can be picked.
type Choice struct {
	Value string `json:"value"` // what expressions see: usually the record's id
	Label string `json:"label"` // for people
}

// maxChoices of a search that are shown.
const maxChoices = 200

type pickerQuery struct {
	Text  string `query:"text" description:"what was typed, to search by"`
	Value string `query:"value" description:"find the choice of this value instead"`
}

// picker gives a picker by its name, or nil.
func (h *Handlers) picker(name string) *Picker {
	i := slices.IndexFunc(h.Pickers, func(p Picker) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &h.Pickers[i]
}

func (h *Handlers) pick(c *call) error {
	if err := c.query("text", "value"); err != nil {
		return err
	}
	p := h.picker(c.param("name"))
	if p == nil {
		return notFound()
	}
	q := c.r.URL.Query()
	if value := q.Get("value"); value != "" {
		choice, err := p.Find(c.r.Context(), value)
		if err != nil {
			return fmt.Errorf("find a choice of the picker %s: %w", p.Name, err)
		}
		found := []Choice{}
		if choice != nil {
			found = append(found, *choice)
		}
		return c.answer(200, list[Choice]{Items: found})
	}
	found, err := p.Search(c.r.Context(), q.Get("text"))
	if err != nil {
		return fmt.Errorf("search with the picker %s: %w", p.Name, err)
	}
	return c.answer(200, list[Choice]{Items: append([]Choice{}, found[:min(len(found), maxChoices)]...)})
}

// unpicked finds the inputs whose value is no choice of their picker.
func (h *Handlers) unpicked(ctx context.Context, p *behaviors.Program, values map[string]any) ([]behaviors.InputError, error) {
	var problems []behaviors.InputError
	for _, in := range p.Inputs() {
		picker := h.picker(in.Type)
		value, _ := values[in.Name].(string)
		if picker == nil || value == "" {
			continue
		}
		choice, err := picker.Find(ctx, value)
		if err != nil {
			return nil, fmt.Errorf("find a choice of the picker %s: %w", picker.Name, err)
		}
		if choice == nil {
			problems = append(problems, behaviors.InputError{Name: in.Name, Code: "option", Message: "is no " + picker.Label + " of this helpdesk (any more)"})
		}
	}
	return problems, nil
}
