package handlers

import (
	"maps"
	"slices"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// catalogJSON is what an editor must know of the language on this host.
type catalogJSON struct {
	Keys      []behaviors.Word `json:"keys"` // of a document
	Verbs     []behaviors.Word `json:"verbs"`
	Modifiers []behaviors.Word `json:"modifiers"`
	// Parts are the keys of parts of a document and of a step, by the part.
	Parts map[string][]behaviors.Word `json:"parts"`
	// Names are what every expression sees.
	Names      []nameJSON     `json:"names"`
	InputTypes []string       `json:"input_types"`
	Actions    []actionJSON   `json:"actions"`
	Functions  []functionJSON `json:"functions"`
	Providers  []providerJSON `json:"providers"`
	Records    []recordJSON   `json:"records"`
	Pickers    []pickerJSON   `json:"pickers"`
	Absent     []absentJSON   `json:"absent"`
}

// absentJSON is an action that this host lacks the ability for.
type absentJSON struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
	Needs   string `json:"needs"`
}

type recordJSON struct {
	Name    string              `json:"name"`
	Summary string              `json:"summary"`
	Fields  map[string]typeJSON `json:"fields"`
	Example map[string]any      `json:"example"`
}

type pickerJSON struct {
	Name    string `json:"name"`
	Label   string `json:"label"`
	Summary string `json:"summary"`
	Record  string `json:"record"`
}

type actionJSON struct {
	Name    string          `json:"name"`
	Summary string          `json:"summary"`
	Params  []paramJSON     `json:"params"`
	Output  typeJSON        `json:"output"`
	Example any             `json:"example"`
	Usage   string          `json:"usage"` // steps in YAML
	Fails   string          `json:"fails"` // when it fails for good
	Reach   behaviors.Reach `json:"reach"`
	Ask     bool            `json:"ask"`
	Hosts   []string        `json:"hosts"`
	Needs   string          `json:"needs"`
}

type paramJSON struct {
	Name     string           `json:"name"`
	Type     typeJSON         `json:"type"`
	Format   behaviors.Format `json:"format"`
	Required bool             `json:"required"`
	Secret   bool             `json:"secret"`
	// SecretFields: the value of a field of this map may be a secret.
	SecretFields bool     `json:"secret_fields"`
	Default      any      `json:"default"`
	Options      []string `json:"options"`
	Help         string   `json:"help"`
}

type functionJSON struct {
	Name     string               `json:"name"`
	Params   []argumentJSON       `json:"params"`
	Result   typeJSON             `json:"result"`
	Doc      string               `json:"doc"`
	Example  string               `json:"example"` // the first of examples
	Examples []expression.Example `json:"examples"`
}

// nameJSON is a name that every expression sees, or a field of one.
type nameJSON struct {
	Name    string     `json:"name"`
	Type    typeJSON   `json:"type"`
	Summary string     `json:"summary"`
	Fields  []nameJSON `json:"fields"`
}

type argumentJSON struct {
	Name     string   `json:"name"`
	Type     typeJSON `json:"type"`
	Optional bool     `json:"optional"`
	Secret   bool     `json:"secret"`
	Variadic bool     `json:"variadic"`
}

type providerJSON struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}

// typeJSON is a type for completion: fields by name, elem of a list.
type typeJSON struct {
	Kind   string              `json:"kind"`
	Elem   *typeJSON           `json:"elem,omitempty"`
	Fields map[string]typeJSON `json:"fields,omitempty"`
}

func (h *Handlers) getCatalog(c *call) error {
	if err := c.query(); err != nil {
		return err
	}
	return c.cached(h.showCatalog())
}

func (h *Handlers) showCatalog() catalogJSON {
	v := catalogJSON{
		Keys: behaviors.Keys(), Verbs: behaviors.Verbs(), Modifiers: behaviors.Modifiers(),
		Parts:      behaviors.Parts(),
		Names:      showNames(behaviors.Environment()),
		InputTypes: h.Catalog.InputTypes(),
		Actions:    []actionJSON{}, Functions: []functionJSON{}, Providers: []providerJSON{},
		Records: []recordJSON{}, Pickers: []pickerJSON{}, Absent: []absentJSON{},
	}
	for _, name := range slices.Sorted(maps.Keys(h.Catalog.Actions)) {
		v.Actions = append(v.Actions, showAction(h.Catalog.Actions[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(h.Catalog.Functions)) {
		v.Functions = append(v.Functions, showFunction(h.Catalog.Functions[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(h.Catalog.Providers)) {
		v.Providers = append(v.Providers, providerJSON{name, h.Catalog.Providers[name].Doc})
	}
	for _, name := range slices.Sorted(maps.Keys(h.Catalog.Records)) {
		r := h.Catalog.Records[name]
		v.Records = append(v.Records, recordJSON{name, r.Summary, showType(r.Type()).Fields, r.Example})
	}
	for _, name := range slices.Sorted(maps.Keys(h.Catalog.Pickers)) {
		p := h.Catalog.Pickers[name]
		v.Pickers = append(v.Pickers, pickerJSON{name, p.Label, p.Summary, p.Record})
	}
	for _, name := range slices.Sorted(maps.Keys(h.Catalog.Absent)) {
		a := h.Catalog.Absent[name]
		v.Absent = append(v.Absent, absentJSON{name, a.Summary, a.Needs})
	}
	return v
}

func showAction(a *behaviors.ActionSpec) actionJSON {
	v := actionJSON{
		Name: a.Name, Summary: a.Summary, Params: []paramJSON{}, Output: showType(a.Output),
		Example: a.Example, Usage: a.Usage, Fails: a.Fails, Reach: a.Reach, Ask: a.Ask, Hosts: append([]string{}, a.Hosts...), Needs: a.Needs,
	}
	for _, p := range a.Params {
		v.Params = append(v.Params, paramJSON{
			Name: p.Name, Type: showType(p.Type), Format: p.Format, Required: p.Required, Secret: p.Secret, SecretFields: p.SecretFields,
			Default: p.Default, Options: append([]string{}, p.Options...), Help: p.Help,
		})
	}
	return v
}

func showFunction(f *expression.Function) functionJSON {
	v := functionJSON{Name: f.Name, Params: []argumentJSON{}, Result: showType(f.Result), Doc: f.Doc, Examples: f.Examples()}
	if len(v.Examples) > 0 {
		v.Example = v.Examples[0].Expression
	}
	for _, p := range f.Params {
		v.Params = append(v.Params, argumentJSON{p.Name, showType(p.Type), p.Optional, p.Secret, p.Variadic})
	}
	return v
}

func showNames(names []behaviors.Name) []nameJSON {
	list := make([]nameJSON, len(names))
	for i, n := range names {
		list[i] = nameJSON{n.Name, showType(n.Type), n.Summary, showNames(n.Fields)}
	}
	return list
}

var kindNames = [...]string{
	expression.Any: "any", expression.Nil: "nil", expression.Bool: "boolean", expression.Int: "integer",
	expression.Float: "float", expression.Number: "number", expression.Text: "text", expression.Bytes: "bytes",
	expression.Time: "time", expression.Duration: "duration", expression.List: "list", expression.Map: "map",
	expression.SecretValue: "secret", expression.SecretList: "secret list",
}

func showType(t expression.Type) typeJSON {
	v := typeJSON{Kind: kindNames[t.Kind]}
	if t.Elem != nil {
		elem := showType(*t.Elem)
		v.Elem = &elem
	}
	for name, field := range t.Fields {
		if v.Fields == nil {
			v.Fields = map[string]typeJSON{}
		}
		v.Fields[name] = showType(field)
	}
	return v
}
