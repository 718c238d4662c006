package behaviors

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// Input is a value that each listener fills in; its form is drawn from this.
type Input struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"` // text, number, boolean, choice, secret, json, list, email, url
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

// inputTypes and what an expression sees of them.
var inputTypes = map[string]expression.Type{
	"text": text, "email": text, "url": text, "choice": text,
	"number":  {Kind: expression.Number},
	"boolean": {Kind: expression.Bool},
	"secret":  {Kind: expression.SecretValue},
	"json":    {},
	"list":    {Kind: expression.List, Elem: &expression.Type{Kind: expression.Text}},
}

func (c *compiler) inputs(n *node) {
	fields := map[string]expression.Type{}
	if n != nil && n.kind != mapNode {
		if !c.cutShort(n, "inputs") {
			c.wrong(n.span, "inputs", "a map", n.describe())
		}
	} else if n != nil {
		for _, p := range n.pairs {
			if !identifier.MatchString(p.key.text) {
				c.report(badName, p.key.span, cut(p.key.text, 40)).suggest("choose a name such as `signing_key`")
				continue
			}
			in, at := c.input(p.key.text, p.value)
			c.p.inputs = append(c.p.inputs, in)
			c.p.inputLines = append(c.p.inputLines, at)
			fields[in.Name] = inputTypes[in.Type]
		}
	}
	c.scope.names["inputs"] = expression.Name{Slot: slotInputs, Type: record(fields)}
}

func (c *compiler) input(name string, n *node) (Input, span) {
	in := Input{Name: name, Type: "text", Options: []string{}, Hosts: []string{}}
	in.Label = strings.ReplaceAll(name, "_", " ")
	nodes := map[string]*node{}
	for _, p := range c.keys("an input", n, "type", "label", "help", "required", "default", "options", "generate", "hosts") {
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
	if _, known := inputTypes[name]; known || !ok {
		return orElse(name, "text")
	}
	if slices.Contains(laterInputs, name) {
		c.report(notYet, n.span, name).suggest("use an input of type `text` for now")
		return "text"
	}
	types := slices.Sorted(maps.Keys(inputTypes))
	c.report(unknownOption, n.span, cut(name, 40), "type").suggest(orElse(meant(name, types), "choose one of "+quoted(types)))
	return "text"
}

func (c *compiler) inputDefault(in Input, n *node) any {
	v := c.value(n, wanted{label: "default"})
	if !v.isConstant() {
		c.report(literalOnly, n.span, "default").suggest("write the value out")
		return nil
	}
	raw := v.constant
	if _, isText := inputText[in.Type]; isText && n.kind == scalarNode && isNumber(raw) {
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

// inputText are the types whose value is a text.
var inputText = map[string]bool{"text": true, "email": true, "url": true, "choice": true}

// BindInputs checks a listener's values against the declarations, fills in
// defaults, and converts them (a number from JSON to int64 or float64, a secret
// to an expression.Secret, which it must be already). Errors name the input. The
// result has every declared name; what is not set is nil.
func (p *Program) BindInputs(values map[string]any) (map[string]any, []InputError) {
	bound := make(map[string]any, len(p.inputs))
	var problems []InputError
	for _, in := range p.inputs {
		v := values[in.Name]
		if v == nil || v == "" {
			v = in.Default
		}
		bound[in.Name] = nil
		if v == nil {
			if in.Required {
				problems = append(problems, InputError{in.Name, "required", "is required"})
			}
			continue
		}
		b, problem := in.bind(v)
		if problem != "" {
			code := "type"
			if in.Type == "choice" && kindOf(v) == expression.Text {
				code = "option"
			}
			problems = append(problems, InputError{in.Name, code, problem})
			continue
		}
		bound[in.Name] = b
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if _, declared := bound[name]; !declared && !slices.ContainsFunc(p.inputs, func(in Input) bool { return in.Name == name }) {
			problems = append(problems, InputError{name, "unknown", "is not an input of this behavior"})
		}
	}
	return bound, problems
}

// bind converts a value that is not nil, or says what is wrong with it. It
// never prints the value.
func (in Input) bind(v any) (any, string) {
	switch in.Type {
	case "secret":
		if s, ok := v.(expression.Secret); ok {
			return s, ""
		}
		return nil, "must be a secret"
	case "boolean":
		if b, ok := v.(bool); ok {
			return b, ""
		}
		return nil, "must be true or false"
	case "number":
		if n := number(v); n != nil {
			return n, ""
		}
		return nil, "must be a number"
	case "list":
		return textList(v)
	case "json":
		return plain(v), ""
	}
	s, ok := v.(string)
	if !ok {
		return nil, "must be text"
	}
	return s, in.textProblem(s)
}

func (in Input) textProblem(s string) string {
	switch in.Type {
	case "choice":
		if !slices.Contains(in.Options, s) {
			return "must be one of " + quoted(in.Options)
		}
	case "email":
		if local, domain, ok := strings.Cut(s, "@"); !ok || local == "" || domain == "" || strings.ContainsAny(s, " \t\r\n<>,") {
			return "must be an e-mail address"
		}
	case "url":
		if u, err := url.Parse(s); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return "must be a URL that begins with https:// or http://"
		}
	}
	return ""
}

// number converts what decoders make of a number to int64 or float64, or gives
// nil where it is none.
func number(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case int64:
		return v
	case float64:
		// Above 2^53 a float64 no longer says which integer was meant.
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return nil
		}
		return v
	case json.Number:
		if i, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return i
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
	}
	return nil
}

func textList(v any) (any, string) {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			if _, ok := item.(string); !ok {
				return nil, fmt.Sprintf("must be a list of texts; item %d is none", i+1)
			}
		}
		return v, ""
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list, ""
	}
	return nil, "must be a list of texts"
}

// plain converts the numbers within a JSON value.
func plain(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = plain(item)
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, item := range v {
			m[k] = plain(item)
		}
		return m
	}
	if n := number(v); n != nil {
		return n
	}
	return v
}
