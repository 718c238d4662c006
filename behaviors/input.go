package behaviors

import (
	"maps"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// Input is a value that each listener fills in; its form is drawn from this.
type Input struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"` // text, number, boolean, choice, secret, json, list, email, url, or a picker of the host
	Label    string   `json:"label"`
	Help     string   `json:"help"`
	Required bool     `json:"required"`
	Default  any      `json:"default"`
	Options  []string `json:"options"`
	Generate bool     `json:"generate"`
	Hosts    []string `json:"hosts"`
}

// InputError is what is wrong with one input.
type InputError struct {
	Name, Code, Message string // code: "required", "type", "unknown", "option"
}

func (e InputError) Error() string { return "input " + e.Name + " " + e.Message }

// InputTypes are the types that an input may have, sorted: the language's, and
// the host's pickers.
func (c *Catalog) InputTypes() []string {
	types := slices.AppendSeq(slices.Collect(maps.Keys(inputTypes)), maps.Keys(c.Pickers))
	slices.Sort(types)
	return types
}

// inputType is what an expression sees of an input. What was picked is a text.
func (c *Catalog) inputType(name string) expression.Type {
	if t, ok := inputTypes[name]; ok {
		return t
	}
	return text
}

func (c *compiler) inputs(n *node) {
	fields := map[string]expression.Type{}
	if n != nil && n.kind != mapNode {
		if !c.cutAway(n, "inputs") {
			c.wrong(n.span, "inputs", "a map", n.describe())
		}
	} else if n != nil {
		for _, p := range n.pairs {
			if !identifier.MatchString(p.key.text) {
				c.report(badName, p.key.span, cut(p.key.text)).suggest("choose a name such as `signing_key`")
				continue
			}
			in, at := c.input(p.key.text, p.value)
			c.grantInput(in)
			c.p.inputs = append(c.p.inputs, in)
			c.p.inputLines = append(c.p.inputLines, at)
			fields[in.Name] = c.catalog.inputType(in.Type)
		}
	}
	c.scope.names["inputs"] = expression.Name{Slot: slotInputs, Type: record(fields)}
}

func (c *compiler) input(name string, n *node) (Input, span) {
	in := Input{Name: name, Type: "text", Options: []string{}, Hosts: []string{}}
	in.Label = strings.ReplaceAll(name, "_", " ")
	nodes := map[string]*node{}
	for _, p := range c.keys("an input", n, partNames["inputs"]...) {
		nodes[p.key.text] = p.value
		switch p.key.text {
		case "type":
			in.Type = c.inputType(p.value)
		case "label":
			in.Label, _ = c.literal("label", p.value)
		case "help":
			in.Help, _ = c.literal("help", p.value)
		case "required":
			in.Required = c.flag("required", p.value)
		case "generate":
			in.Generate = c.flag("generate", p.value)
		case "options":
			for _, o := range c.texts("options", p.value) {
				in.Options = append(in.Options, o.text)
			}
		case "hosts":
			for _, h := range c.texts("hosts", p.value) {
				if err := CheckHost(h.text); err != nil {
					c.report(badHost, h.span, cut(h.text), err)
				}
				in.Hosts = append(in.Hosts, h.text)
			}
		}
	}
	c.consistent(in, n, nodes)
	if d := nodes["default"]; d != nil && in.Type != "secret" {
		in.Default = c.inputDefault(in, d)
	}
	return in, n.span
}

// consistent checks keys that belong to some types only.
func (c *compiler) consistent(in Input, n *node, nodes map[string]*node) {
	if in.Type == "choice" && nodes["options"] == nil && n.kind == mapNode {
		c.report(missingKey, n.span, "options", "an input of type choice").suggest("add `options: [ … ]`")
	}
	only := func(key, of string, fits bool) {
		if at := nodes[key]; at != nil && !fits {
			c.report(misplaced, at.span, key, "an input of type "+in.Type).suggest("it belongs to " + of)
		}
	}
	only("options", "inputs of type choice", in.Type == "choice")
	only("generate", "inputs of type secret", in.Type == "secret")
	only("hosts", "inputs of type secret", in.Type == "secret")
	only("default", "inputs that are no secret: who reads the document would read it", in.Type != "secret")
}

func (c *compiler) inputType(n *node) string {
	name, ok := c.literal("type", n)
	types := c.catalog.InputTypes()
	if slices.Contains(types, name) || !ok {
		return orElse(name, "text")
	}
	if slices.Contains(laterInputs, name) {
		c.report(notYet, n.span, name).suggest("use an input of type `text` for now")
		return "text"
	}
	c.report(unknownOption, n.span, cut(name), "type").mean(n, types, "choose one of "+quoted(types))
	return "text"
}

func (c *compiler) inputDefault(in Input, n *node) any {
	v := c.value(n, wanted{label: "default"})
	if !v.isConstant() {
		c.report(literalOnly, n.span, "default").suggest("write the value out")
		return nil
	}
	raw := v.constant
	if in.textual() && n.kind == scalarNode && isNumber(raw) {
		raw = n.text
	}
	if raw == nil {
		return nil
	}
	bound, problem := in.bind(raw)
	if problem != "" {
		c.report(wrongDefault, n.span, in.Name, problem)
	}
	return bound
}

// textual tells whether the value of an input is a text.
func (in Input) textual() bool {
	t, language := inputTypes[in.Type]
	return !language || t.Kind == expression.Text
}
