package behaviors

import (
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// carried is what the value of an expression has in it.
type carried struct {
	caller bool // a text that the caller chose
	proof  bool // an hmac of such a text, by a secret
}

func (a carried) and(b carried) carried { return carried{a.caller || b.caller, a.proof || b.proof} }

// oracle warns where a value leaves for the caller or for another service that
// is an hmac of the caller's own text: whoever may ask for that can sign
// whatever they like, and post it back.
func (c *compiler) oracle(text string, at span) {
	if c.reveals != "" && c.carries(text).proof {
		c.report(signingOracle, at, c.reveals).suggest("compare it with equal_secure instead; where a provider's set-up call needs it, use a secret that nothing else is signed with")
	}
}

// revealing says what becomes of the values that are compiled until its result
// is called.
func (c *compiler) revealing(how string) (done func()) {
	before := c.reveals
	c.reveals = how
	return func() { c.reveals = before }
}

// carryOn notes what a name carries that an expression gives.
func (c *compiler) carryOn(name string, x *expr) {
	delete(c.carry, name)
	if x != nil {
		c.carry[name] = c.carries(x.compiled.Source())
	}
}

// carries tells what the value of an expression has in it, by how it is made:
// what is only compared or asked about is not in it.
func (c *compiler) carries(source string) carried {
	tree, err := parser.Parse(source)
	if err != nil {
		return carried{}
	}
	f := flowing{c: c, names: map[string]carried{}, own: map[string]ast.Node{}}
	return f.of(tree.Node)
}

// flowing walks an expression with what its own names carry.
type flowing struct {
	c     *compiler
	names map[string]carried
	own   map[string]ast.Node // what these names stand for
	items []carried           // of the lists around a predicate
}

// ownOfServer are members of the request that no caller chooses freely.
var ownOfServer = map[string]bool{"received_at": true, "client_ip": true, "test": true, "problem": true}

func (f *flowing) of(n ast.Node) carried {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return f.name(n.Value)
	case *ast.PointerNode:
		if len(f.items) > 0 {
			return f.items[len(f.items)-1]
		}
	case *ast.MemberNode:
		if base, ok := n.Node.(*ast.IdentifierNode); ok && base.Value == "request" {
			if name, ok := n.Property.(*ast.StringNode); ok && ownOfServer[name.Value] {
				return carried{}
			}
		}
		return f.of(n.Node)
	case *ast.ChainNode:
		return f.of(n.Node)
	case *ast.SliceNode:
		return f.of(n.Node)
	case *ast.UnaryNode:
		return f.of(n.Node)
	case *ast.PredicateNode:
		return f.of(n.Node)
	case *ast.PairNode:
		return f.of(n.Key).and(f.of(n.Value))
	case *ast.BinaryNode:
		if n.Operator == "??" || n.Operator == "+" {
			return f.of(n.Left).and(f.of(n.Right))
		}
	case *ast.ConditionalNode:
		return f.of(n.Exp1).and(f.of(n.Exp2))
	case *ast.VariableDeclaratorNode:
		f.names[n.Name] = f.of(n.Value)
		f.own[n.Name] = n.Value
		return f.of(n.Expr)
	case *ast.SequenceNode:
		return f.of(n.Nodes[len(n.Nodes)-1])
	case *ast.ArrayNode:
		return f.all(n.Nodes)
	case *ast.MapNode:
		return f.all(n.Pairs)
	case *ast.BuiltinNode:
		return f.call(n.Name, n.Arguments)
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			return f.call(callee.Value, n.Arguments)
		}
		return f.all(n.Arguments)
	}
	return carried{}
}

func (f *flowing) all(nodes []ast.Node) (sum carried) {
	for _, n := range nodes {
		sum = sum.and(f.of(n))
	}
	return sum
}

func (f *flowing) name(name string) carried {
	if own, ok := f.names[name]; ok {
		return own
	}
	if name == "payload" || name == "request" {
		return carried{caller: true}
	}
	return f.c.carry[name]
}

// call tells what a call's result has in it: that of its arguments, unless it
// is a number, a moment or a yes or no.
func (f *flowing) call(name string, arguments []ast.Node) carried {
	fn := f.c.catalog.Functions[name]
	if fn == nil || len(arguments) == 0 {
		return carried{}
	}
	switch fn.Result.Kind {
	case expression.Bool, expression.Int, expression.Float, expression.Number, expression.Time, expression.Duration:
		return carried{}
	}
	if name == "hmac" && len(arguments) == 3 {
		text := f.of(arguments[2])
		return carried{proof: text.proof || text.caller && f.isSecret(arguments[1])}
	}
	sum := f.of(arguments[0])
	f.items = append(f.items, sum)
	for _, a := range arguments[1:] {
		if _, isPredicate := a.(*ast.PredicateNode); !isPredicate || name == "map" || name == "reduce" || name == "groupBy" {
			sum = sum.and(f.of(a)) // another predicate chooses among the items
		}
	}
	f.items = f.items[:len(f.items)-1]
	return sum
}

// isSecret tells whether a key is a secret: one that stands in the document, or
// comes with the request, is known to the caller anyway.
func (f *flowing) isSecret(key ast.Node) bool {
	o := f.c.secretSearch(f.own)
	o.of(key)
	return o.secret
}
