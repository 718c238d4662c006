package behaviors

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// RecordType is a kind of record of the helpdesk: what actions give and take,
// named and documented once.
type RecordType struct {
	Name    string // "ticket"
	Summary string
	Fields  map[string]expression.Type
	Example map[string]any // has the fields
}

// Type is a record of this type as expressions see it.
func (r RecordType) Type() expression.Type { return record(r.Fields) }

// Picker is a type of input for which a person picks one of the host's records
// or choices. Expressions see the text that stands for what was picked.
type Picker struct {
	Name    string // the input's type: "group"
	Label   string
	Summary string
	Record  string // name of the type of record whose id it gives, or ""
}

func (c *Catalog) addRecords(records []RecordType) (problems []error) {
	for _, r := range records {
		if err := r.check(); err != nil {
			problems = append(problems, fmt.Errorf("behaviors: record type %q: %w", r.Name, err))
		} else if _, twice := c.Records[r.Name]; twice {
			problems = append(problems, fmt.Errorf("behaviors: record type %q is there twice", r.Name))
		} else {
			c.Records[r.Name] = r
		}
	}
	return problems
}

func (r RecordType) check() error {
	switch {
	case !pickerName.MatchString(r.Name):
		return errors.New("its name has lower case letters, digits and _")
	case r.Summary == "":
		return errors.New("no summary")
	case len(r.Fields) == 0:
		return errors.New("no fields")
	}
	want, got := slices.Sorted(maps.Keys(r.Fields)), slices.Sorted(maps.Keys(r.Example))
	if !slices.Equal(want, got) {
		return fmt.Errorf("its example must have the fields %s, got %s", quoted(want), quoted(got))
	}
	return nil
}

func (c *Catalog) addPickers(pickers []Picker) (problems []error) {
	for _, p := range pickers {
		if err := p.check(c); err != nil {
			problems = append(problems, fmt.Errorf("behaviors: picker %q: %w", p.Name, err))
		} else {
			c.Pickers[p.Name] = p
		}
	}
	return problems
}

func (p Picker) check(c *Catalog) error {
	_, language := inputTypes[p.Name]
	_, twice := c.Pickers[p.Name]
	_, known := c.Records[p.Record]
	switch {
	case !pickerName.MatchString(p.Name):
		return errors.New("its name has lower case letters, digits and _")
	case language:
		return errors.New("the language has an input type of that name")
	case twice:
		return errors.New("it is there twice")
	case p.Label == "" || p.Summary == "":
		return errors.New("it needs a label and a summary")
	case p.Record != "" && !known:
		return fmt.Errorf("unknown record type %q", p.Record)
	}
	return nil
}
