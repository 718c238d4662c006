package behaviors

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// sentSecret is an expression whose value, a secret, goes along with an action's
// call.
type sentSecret struct {
	expr *expr
	at   span
}

// secretHosts reports secrets that are sent to a host which is not theirs, as
// far as it can be told: the host is written out, and the input declares hosts.
// The rest is decided when a secret is about to be sent.
func (c *compiler) secretHosts(s *step) {
	url, ok := s.action.url()
	i := slices.IndexFunc(s.params, func(p param) bool { return ok && p.spec.Name == url.Name })
	if i < 0 {
		return
	}
	origin := literalOrigin(&s.params[i].value)
	if origin == "" {
		return
	}
	to, err := parseURLHost(origin)
	for _, sent := range c.sent {
		for _, in := range c.secretsOf(sent.expr) {
			why := ""
			switch {
			case err != nil:
				why = err.Error()
			case len(in.Hosts) > 0 && !includes(in.Hosts, to):
				why = "it may be sent to " + strings.Join(in.Hosts, ", ") + ", and not to " + to.String()
			default:
				continue
			}
			c.report(secretHost, sent.at, in.Name, why).suggest("send it to one of its hosts, or add this one to `hosts` of the input")
		}
	}
}

// literalOrigin is the beginning of a URL up to the end of its host, where that
// is written out, or "".
func literalOrigin(v *value) string {
	text, _ := v.constant.(string)
	if len(v.parts) > 0 {
		text = v.parts[0].literal
	}
	return originOf(text, v.parts == nil)
}

// secretsOf are the secret inputs whose value an expression may be.
func (c *compiler) secretsOf(x *expr) []Input {
	o := c.secretSearch(nil)
	o.ofSource(x.compiled.Source())
	return o.inputs
}

// secretSearch finds which secrets the value of an expression may be.
type secretSearch struct {
	c      *compiler
	own    map[string]ast.Node // what the expression's own names stand for
	seen   map[any]bool        // nodes, and names of the document's let: what they double is looked at once
	inputs []Input
	secret bool // there is one, be it by a name that a step has bound
}

// secretSearch begins one; own may be nil.
func (c *compiler) secretSearch(own map[string]ast.Node) *secretSearch {
	if own == nil {
		own = map[string]ast.Node{}
	}
	return &secretSearch{c: c, own: own, seen: map[any]bool{}}
}

func (s *secretSearch) ofSource(source string) {
	if tree, err := parser.Parse(source); err == nil {
		s.of(tree.Node)
	}
}

func (s *secretSearch) of(n ast.Node) {
	if s.seen[n] {
		return
	}
	s.seen[n] = true
	switch n := n.(type) {
	case *ast.ChainNode:
		s.of(n.Node)
	case *ast.ConditionalNode:
		s.of(n.Exp1)
		s.of(n.Exp2)
	case *ast.BinaryNode:
		if n.Operator == "??" {
			s.of(n.Left)
			s.of(n.Right)
		}
	case *ast.SequenceNode:
		s.of(n.Nodes[len(n.Nodes)-1])
	case *ast.VariableDeclaratorNode:
		s.own[n.Name] = n.Value
		s.of(n.Expr)
	case *ast.IdentifierNode:
		s.name(n.Value)
	case *ast.MemberNode:
		if name, isText := n.Property.(*ast.StringNode); isText && s.isInputs(n.Node) {
			s.input(name.Value)
		}
	}
}

func (s *secretSearch) name(name string) {
	if value := s.own[name]; value != nil {
		s.of(value)
		return
	}
	if known, bound := s.c.scope.Lookup(name); bound && isSecret(known.Type) {
		s.secret = true
	}
	let, ok := s.c.scope.lets[name]
	if !ok || let.expr == nil || s.c.scope.names[name].Slot != let.slot || s.seen[name] {
		return
	}
	s.seen[name] = true
	own := s.own
	s.own = map[string]ast.Node{}
	s.ofSource(let.expr.compiled.Source())
	s.own = own
}

// isInputs tells whether a node is the inputs as a whole, which only a name of
// the expression's own can stand for.
func (s *secretSearch) isInputs(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ChainNode:
		return s.isInputs(n.Node)
	case *ast.VariableDeclaratorNode:
		s.own[n.Name] = n.Value
		return s.isInputs(n.Expr)
	case *ast.IdentifierNode:
		if value := s.own[n.Value]; value != nil {
			return s.isInputs(value)
		}
		return n.Value == "inputs"
	}
	return false
}

func (s *secretSearch) input(name string) {
	i := slices.IndexFunc(s.c.p.inputs, func(in Input) bool { return in.Name == name && in.Type == "secret" })
	if i < 0 {
		return
	}
	s.secret = true
	if !slices.ContainsFunc(s.inputs, func(in Input) bool { return in.Name == name }) {
		s.inputs = append(s.inputs, s.c.p.inputs[i])
	}
}
