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
	tree, err := parser.Parse(x.compiled.Source())
	if err != nil {
		return nil
	}
	return c.secretInputs(tree.Node)
}

func (c *compiler) secretInputs(n ast.Node) []Input {
	switch n := n.(type) {
	case *ast.ConditionalNode:
		return append(c.secretInputs(n.Exp1), c.secretInputs(n.Exp2)...)
	case *ast.BinaryNode:
		if n.Operator == "??" {
			return append(c.secretInputs(n.Left), c.secretInputs(n.Right)...)
		}
	case *ast.IdentifierNode:
		if let, ok := c.scope.lets[n.Value]; ok && let.expr != nil && c.scope.names[n.Value].Slot == let.slot {
			return c.secretsOf(let.expr)
		}
	case *ast.MemberNode:
		base, isName := n.Node.(*ast.IdentifierNode)
		name, isText := n.Property.(*ast.StringNode)
		if isName && isText && base.Value == "inputs" {
			i := slices.IndexFunc(c.p.inputs, func(in Input) bool { return in.Name == name.Value && in.Type == "secret" })
			if i >= 0 {
				return c.p.inputs[i : i+1 : i+1]
			}
		}
	}
	return nil
}
