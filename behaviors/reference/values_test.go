package reference

import (
	"maps"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors"
)

func values(c *behaviors.Catalog) section {
	var types, forms, escapes, records [][]string
	for _, in := range behaviors.InputTypes() {
		types = append(types, []string{code(in.Name), in.Form, in.Summary})
	}
	for _, f := range behaviors.ValueForms() {
		forms = append(forms, []string{f.Name, f.Form, f.Summary})
	}
	for _, f := range behaviors.Formats() {
		escapes = append(escapes, []string{f.Name, f.Form, f.Summary})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Records)) {
		r := c.Records[name]
		records = append(records, []string{name, r.Summary, code(strings.Join(slices.Sorted(maps.Keys(r.Fields)), ", "))})
	}
	return section{title: "Values", intro: "The types of `inputs`:\n" + table([]string{"type", "in expressions", "is"}, types) +
		"\nHow values are written:\n" + table([]string{"value", "written", "is"}, forms) +
		"\nHow a text escapes what is interpolated in it, by its format:\n" + table([]string{"format", "of", "escapes"}, escapes) +
		"\nRecords of the helpdesk, as actions give them:\n" + table([]string{"record", "is", "fields"}, records)}
}
