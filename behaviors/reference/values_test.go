package reference

import (
	"maps"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors"
)

func values(c *behaviors.Catalog) section {
	var types, formats, records [][]string
	for _, in := range behaviors.InputTypes() {
		types = append(types, []string{code(in.Name), in.Form, in.Summary})
	}
	for _, f := range behaviors.ValueForms() {
		formats = append(formats, []string{f.Name, f.Form, f.Summary})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Records)) {
		r := c.Records[name]
		records = append(records, []string{name, r.Summary, code(strings.Join(slices.Sorted(maps.Keys(r.Fields)), ", "))})
	}
	return section{title: "Values", intro: "The types of `inputs`:\n" + table([]string{"type", "in expressions", "is"}, types) +
		"\nHow values are written:\n" + table([]string{"", "written", "is"}, formats) +
		"\nRecords of the helpdesk, as actions give them:\n" + table([]string{"record", "is", "fields"}, records)}
}
