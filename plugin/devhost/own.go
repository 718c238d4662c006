package main

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/plugin"
)

// This file and own_action.go are what the helpdesk adds to the language of
// behaviors, as an example to copy: a type of record, an action, a function and
// two pickers. They are options of plugin.Register, and of plugin.NewTools, so
// that `devhost check` knows them too; the editor, the catalog and the compiler
// take the rest from what is declared here.

// own is all of it. The tools have no database, and ask for none.
func own(db *gorm.DB) []plugin.Option {
	return []plugin.Option{
		plugin.WithRecordType(workerRecord()),
		plugin.WithAction(workerNotify()),
		plugin.WithFunction(maskIn()),
		plugin.WithPicker(workerPicker(db)),
		plugin.WithPicker(groupPicker(db)),
	}
}

// workerRecord is a worker as behaviors see one. The editor completes its
// fields, and a misspelt one is found when the behavior is checked.
func workerRecord() plugin.RecordType {
	text := plugin.TextType()
	return plugin.RecordType{
		Name: "worker", Summary: "A person who answers tickets.",
		Fields:  map[string]plugin.Type{"id": text, "login": text, "name": text},
		Example: workerOutput(&worker{ID: 3, Login: "anna", Name: "Anna Berg"}),
	}
}

func workerOutput(w *worker) map[string]any {
	return map[string]any{"id": formatID(w.ID), "login": w.Login, "name": w.Name}
}

var maskInText = regexp.MustCompile(`\b[A-Z]{3}-\d{5}-\d{3}\b`)

// maskIn is a function: pure, as it is called again whenever a run is resumed.
func maskIn() plugin.Function {
	return plugin.Function{
		Name:   "helpdesk.mask_in",
		Params: []plugin.Argument{{Name: "text", Type: plugin.TextType()}},
		Result: plugin.TextType(),
		Doc:    "The first ticket mask in a text, such as ABC-12345-678, or nil.", Example: `helpdesk.mask_in("Re: ABC-12345-678") -> "ABC-12345-678"`,
		Call: func(_ *plugin.Frame, args []any) (any, error) {
			text, _ := args[0].(string)
			if mask := maskInText.FindString(text); mask != "" {
				return mask, nil
			}
			return nil, nil
		},
	}
}

const mostChoices = 20

// workerPicker lets the listener's form offer the workers. What is stored is
// the id, so that a worker may be renamed.
func workerPicker(db *gorm.DB) plugin.Picker {
	choice := func(w *worker) plugin.Choice {
		return plugin.Choice{Value: formatID(w.ID), Label: w.Name + " (" + w.Login + ")"}
	}
	return plugin.Picker{
		Picker: plugin.PickerSpec{Name: "worker", Label: "worker", Summary: "One of the helpdesk's workers.", Record: "worker"},
		Search: func(ctx context.Context, text string) ([]plugin.Choice, error) {
			var found []worker
			q := db.WithContext(ctx).Where("NOT disabled").Order("name, id").Limit(mostChoices)
			if text = strings.TrimSpace(text); text != "" {
				pattern := contains(text)
				q = q.Where(`(LOWER(name) LIKE ? ESCAPE '!' OR login LIKE ? ESCAPE '!')`, pattern, pattern)
			}
			if err := q.Find(&found).Error; err != nil {
				return nil, err
			}
			var choices []plugin.Choice
			for i := range found {
				choices = append(choices, choice(&found[i]))
			}
			return choices, nil
		},
		Find: func(ctx context.Context, value string) (*plugin.Choice, error) {
			id, _ := parseID(value)
			var w worker
			err := db.WithContext(ctx).Where("NOT disabled").Take(&w, "id = ?", id).Error
			if errors.Is(err, gorm.ErrRecordNotFound) {
				return nil, nil
			}
			c := choice(&w)
			return &c, err
		},
	}
}

// contains is a LIKE pattern, escaped by !.
func contains(text string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(text)) + "%"
}

// groups are there from the start; a ticket may bring another.
func groups() []string { return []string{"Billing", defaultTeam, "Technical"} }

// groupPicker is for ticket.create: a group is its name.
func groupPicker(db *gorm.DB) plugin.Picker {
	all := func(ctx context.Context, where string, args ...any) ([]string, error) {
		var more []string
		err := db.WithContext(ctx).Model(&ticket{}).Distinct("team").Where("team NOT IN ?", groups()).
			Where(where, args...).Order("team").Limit(mostChoices).Pluck("team", &more).Error
		return append(groups(), more...), err
	}
	return plugin.Picker{
		Picker: plugin.PickerSpec{Name: "group", Label: "group", Summary: "One of the groups that tickets go to."},
		Search: func(ctx context.Context, text string) ([]plugin.Choice, error) {
			text = strings.TrimSpace(text)
			names, err := all(ctx, `LOWER(team) LIKE ? ESCAPE '!'`, contains(text))
			var choices []plugin.Choice
			for _, name := range names {
				if strings.Contains(strings.ToLower(name), strings.ToLower(text)) {
					choices = append(choices, plugin.Choice{Value: name, Label: name})
				}
			}
			return choices, err
		},
		Find: func(ctx context.Context, value string) (*plugin.Choice, error) {
			names, err := all(ctx, "team = ?", value)
			for _, name := range names {
				if name == value {
					return &plugin.Choice{Value: name, Label: name}, err
				}
			}
			return nil, err
		},
	}
}
