package behaviors

import (
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"github.com/deskhook/deskhook/behaviors/signatures"
)

// Signature is the provider whose signature verify asks for, and the inputs
// that hold its secrets, in the order in which they are written. nil where
// there is none, or more than one.
func (p *Program) Signature() (provider *signatures.Provider, secrets []string) {
	return p.provider, slices.Clone(p.signedWith)
}

// signature finds whose signature an expression checks, and with which inputs:
// the rejection and the empty answer are that provider's. nil where it is none,
// or more than one.
func (c *compiler) signature(source string) (*signatures.Provider, []string) {
	s := &signers{compiler: c}
	visit(source, s)
	if len(s.found) != 1 {
		return nil, nil
	}
	return s.found[0], s.secrets
}

func visit(source string, v ast.Visitor) {
	if tree, err := parser.Parse(source); err == nil {
		ast.Walk(&tree.Node, v)
	}
}

// signers collects the namespaces of which `signed` is called, also behind names
// of let, and the inputs that the calls are given.
type signers struct {
	*compiler
	found   []*signatures.Provider
	secrets []string
	seen    []string // names of let that were looked behind for inputs
	calls   []string // and for calls
}

// Visit implements ast.Visitor.
func (s *signers) Visit(n *ast.Node) {
	if id, ok := (*n).(*ast.IdentifierNode); ok {
		if let, ok := s.scope.lets[id.Value]; ok && !slices.Contains(s.calls, id.Value) {
			s.calls = append(s.calls, id.Value)
			visit(let.expr.compiled.Source(), s)
		}
		return
	}
	call, ok := (*n).(*ast.CallNode)
	if !ok {
		return
	}
	namespace, name := member(call.Callee)
	p := s.catalog.Providers[namespace]
	if name != "signed" || p == nil {
		return
	}
	if !slices.Contains(s.found, p) {
		s.found = append(s.found, p)
	}
	for i := range call.Arguments {
		ast.Walk(&call.Arguments[i], (*inputNames)(s))
	}
}

// inputNames collects the inputs in an expression, also behind names of let.
type inputNames signers

// Visit implements ast.Visitor.
func (s *inputNames) Visit(n *ast.Node) {
	if id, ok := (*n).(*ast.IdentifierNode); ok {
		if let, ok := s.scope.lets[id.Value]; ok && !slices.Contains(s.seen, id.Value) {
			s.seen = append(s.seen, id.Value)
			visit(let.expr.compiled.Source(), s)
		}
		return
	}
	if of, name := member(*n); of == "inputs" && !slices.Contains(s.secrets, name) {
		s.secrets = append(s.secrets, name)
	}
}

// member takes `name.property` apart.
func member(n ast.Node) (name, property string) {
	m, ok := n.(*ast.MemberNode)
	if !ok {
		return "", ""
	}
	of, isName := m.Node.(*ast.IdentifierNode)
	text, isText := m.Property.(*ast.StringNode)
	if !isName || !isText {
		return "", ""
	}
	return of.Value, text.Value
}
