package behaviors

import (
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"github.com/deskhook/deskhook/behaviors/signatures"
)

// provider finds whose signature an expression checks: the rejection and the
// empty answer are that provider's. nil where it is none, or more than one.
func (c *Catalog) provider(source string) *signatures.Provider {
	tree, err := parser.Parse(source)
	if err != nil {
		return nil
	}
	v := &signers{catalog: c}
	ast.Walk(&tree.Node, v)
	if len(v.found) != 1 {
		return nil
	}
	for p := range v.found {
		return p
	}
	return nil
}

// signers collects the namespaces of which `signed` is called.
type signers struct {
	catalog *Catalog
	found   map[*signatures.Provider]bool
}

// Visit implements ast.Visitor.
func (s *signers) Visit(n *ast.Node) {
	call, ok := (*n).(*ast.CallNode)
	if !ok {
		return
	}
	member, ok := call.Callee.(*ast.MemberNode)
	if !ok {
		return
	}
	namespace, isName := member.Node.(*ast.IdentifierNode)
	name, isText := member.Property.(*ast.StringNode)
	if !isName || !isText || name.Value != "signed" {
		return
	}
	if p := s.catalog.Providers[namespace.Value]; p != nil {
		if s.found == nil {
			s.found = map[*signatures.Provider]bool{}
		}
		s.found[p] = true
	}
}
