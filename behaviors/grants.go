package behaviors

import (
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// Grants are what a source names, which is what a behavior with a null policy may
// use. Each list is sorted.
type Grants struct {
	Actions []string
	// Hosts that are written out in a URL, or as the hosts of a secret, with
	// their port; those that an action brings are granted with the action.
	Hosts []string
	// Inputs that may hold a host, with their type: "system: url".
	Inputs []string
}

// Grants of the source that the program was compiled from.
func (p *Program) Grants() Grants {
	var g Grants
	for name := range p.actions {
		g.Actions = append(g.Actions, name)
	}
	for _, h := range p.hosts {
		g.Hosts = append(g.Hosts, h.String())
	}
	for _, in := range p.inputs {
		if in.Type == "url" || in.Type == "secret" || in.Type == "account" {
			g.Inputs = append(g.Inputs, in.Name+": "+in.Type)
		}
	}
	for _, list := range [][]string{g.Actions, g.Hosts, g.Inputs} {
		slices.Sort(list)
	}
	return g
}

// Within tells whether all of it is part of other.
func (g Grants) Within(other Grants) bool {
	within := func(list, other []string) bool {
		return !slices.ContainsFunc(list, func(name string) bool { return !slices.Contains(other, name) })
	}
	return within(g.Actions, other.Actions) && within(g.Hosts, other.Hosts) && within(g.Inputs, other.Inputs)
}

// granted decides by the null policy. A secret that is a URL comes from its
// input, so what is left is the URL of a call: its host must be one that is
// written in the source, that an input of type url holds, or the action's own.
func (e *Evaluation) granted(spec *ActionSpec, params map[string]any) error {
	url, ok := spec.url()
	target, isText := params[url.Name].(string)
	if !ok || !isText || spec.Reach != ReachOutside {
		return nil
	}
	to, isURL := placeOf(target)
	if isURL && (slices.ContainsFunc(e.p.hosts, to.fits) || includes(spec.Hosts, to)) {
		return nil
	}
	for _, in := range e.p.inputs {
		value, _ := e.d.Inputs[in.Name].(string)
		if h, holdsURL := placeOf(value); isURL && holdsURL && in.Type == "url" && h == to {
			return nil
		}
	}
	return &DeniedError{Reason: "the host of `" + url.Name + "` is computed; without a policy it must be written in the behavior, or come from an input of type url"}
}

// placeOf is the host that a URL leads to. One that is written in an odd way is
// the same as itself only.
func placeOf(text string) (h host, isURL bool) {
	if h, err := parseURLHost(text); err == nil {
		return h, true
	}
	written, isURL := urlHost(text)
	return host{"as written " + written, ""}, isURL
}

// fits tells whether an entry of a list names a host.
func (h host) fits(entry host) bool {
	return h.name == entry.name && (entry.port == "" || entry.port == h.port)
}

// grantURL grants the host of a text that begins as a URL. Where something
// follows that belongs to the host, the host that comes of it is another one.
func (c *compiler) grantURL(text string) {
	if origin := originOf(text, true); origin != "" {
		if h, isURL := placeOf(origin); isURL && !slices.Contains(c.p.hosts, h) {
			c.p.hosts = append(c.p.hosts, h)
		}
	}
}

// grantAction grants an action, and the host that its URL is written with.
func (c *compiler) grantAction(s *step) {
	if c.p.actions == nil {
		c.p.actions = map[string]*ActionSpec{}
	}
	c.p.actions[s.action.Name] = s.action
	for i := range s.params {
		p := &s.params[i]
		if text, _ := givenValue(&p.value).text(); p.spec.Format == URL {
			c.grantURL(text)
		}
	}
}

// grantTexts grants the hosts of the URLs that are written in an expression.
func (c *compiler) grantTexts(source string) {
	if !strings.Contains(source, "://") && !strings.Contains(source, `\`) {
		return
	}
	if tree, err := parser.Parse(source); err == nil {
		ast.Walk(&tree.Node, textVisitor{c})
	}
}

type textVisitor struct{ c *compiler }

// Visit grants what a text of an expression names.
func (v textVisitor) Visit(n *ast.Node) {
	if text, ok := (*n).(*ast.StringNode); ok {
		v.c.grantURL(text.Value)
	}
}

// grantInput grants the hosts that an input's declaration writes out.
func (c *compiler) grantInput(in Input) {
	for _, entry := range in.Hosts {
		if h, err := parseHost(entry); err == nil && !slices.Contains(c.p.hosts, h) {
			c.p.hosts = append(c.p.hosts, h)
		}
	}
	for _, option := range in.Options {
		c.grantURL(option)
	}
	c.grantDefault(in.Default)
}

func (c *compiler) grantDefault(v any) {
	switch v := v.(type) {
	case string:
		c.grantURL(v)
	case []any:
		for _, item := range v {
			c.grantDefault(item)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			c.grantDefault(v[name])
		}
	}
}
