package expression

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	theirs "github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/vm/runtime"
)

// model is expr with the rules: operators, members and functions are replaced by
// calls that do as expr does but where a rule says otherwise.
type model struct {
	fired    map[string]bool
	failedBy string // the rule that made it fail
}

// options make expr evaluate by the rules.
func (m *model) options() []expr.Option {
	m.fired, m.failedBy = map[string]bool{}, ""
	options := []expr.Option{expr.Optimize(false), expr.Patch(m)}
	for name, do := range m.calls() {
		options = append(options, expr.Function(name, func(args ...any) (any, error) {
			return do(args)
		}))
	}
	return options
}

// by notes that a rule made the value.
func (m *model) by(rule string, v any) (any, error) {
	m.fired[rule] = true
	return v, nil
}

func (m *model) fail(rule string) (any, error) {
	m.fired[rule], m.failedBy = true, rule
	return nil, errors.New(rule)
}

func calling(name string, args ...ast.Node) ast.Node {
	return &ast.CallNode{Callee: &ast.IdentifierNode{Value: "ours_" + name}, Arguments: args}
}

// conditions are the functions whose predicate is true or false.
var conditions = []string{"all", "any", "none", "one", "count", "filter", "find", "findIndex", "findLast", "findLastIndex"}

// Visit replaces a node.
func (m *model) Visit(node *ast.Node) {
	truth := func(n ast.Node) ast.Node { return calling("truth", n) }
	switch n := (*node).(type) {
	case *ast.UnaryNode:
		if n.Operator == "-" || n.Operator == "+" {
			ast.Patch(node, calling("sign", &ast.StringNode{Value: n.Operator}, n.Node))
		} else {
			n.Node = truth(n.Node)
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "??", "|":
		case "and", "&&", "or", "||":
			n.Left, n.Right = truth(n.Left), truth(n.Right)
		default:
			ast.Patch(node, calling("binary", &ast.StringNode{Value: n.Operator}, n.Left, n.Right))
		}
	case *ast.ConditionalNode:
		n.Cond = truth(n.Cond)
	case *ast.MemberNode:
		ast.Patch(node, calling("get", n.Node, n.Property))
	case *ast.SliceNode:
		from, to := n.From, n.To
		if from == nil {
			from = &ast.IntegerNode{}
		}
		if to == nil {
			to = &ast.IntegerNode{Value: math.MaxInt}
		}
		ast.Patch(node, calling("slice", n.Node, from, to))
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok && !strings.HasPrefix(callee.Value, "ours_") {
			ast.Patch(node, calling("call", append([]ast.Node{callee}, n.Arguments...)...))
		}
	case *ast.BuiltinNode:
		m.builtin(node, n)
	}
}

func (m *model) builtin(node *ast.Node, n *ast.BuiltinNode) {
	if !theirs.Builtins[theirs.Index[n.Name]].Predicate {
		ast.Patch(node, calling("builtin", append([]ast.Node{&ast.StringNode{Value: n.Name}}, n.Arguments...)...))
		return
	}
	n.Arguments[0] = calling("list", n.Arguments[0])
	if len(n.Arguments) > 2 {
		n.Arguments[2] = calling("value", n.Arguments[2]) // of any kind until it is known
	}
	if len(n.Arguments) < 2 && n.Name == "sum" {
		n.Arguments = append(n.Arguments, &ast.PredicateNode{Node: &ast.PointerNode{}})
	}
	if len(n.Arguments) < 2 {
		return
	}
	p, ok := n.Arguments[1].(*ast.PredicateNode)
	switch {
	case !ok:
	case slices.Contains(conditions, n.Name):
		p.Node = calling("truth", p.Node)
	case n.Name == "groupBy":
		p.Node = calling("key", p.Node)
	case n.Name == "sum":
		p.Node = calling("summand", p.Node)
	}
	item := map[string]string{"findLast": "", "findLastIndex": "index"}
	if name, ok := item[n.Name]; ok {
		m.fired[ruleStack] = true
		last := &ast.ConditionalNode{Cond: p.Node, Exp1: &ast.PointerNode{Name: name}, Exp2: &ast.PointerNode{Name: "acc"}}
		ast.Patch(node, &ast.BuiltinNode{Name: "reduce", Arguments: []ast.Node{n.Arguments[0], &ast.PredicateNode{Node: last}, &ast.NilNode{}}})
	}
}

// calls are what the nodes are replaced by.
func (m *model) calls() map[string]func(args []any) (any, error) {
	return map[string]func(args []any) (any, error){
		"ours_truth": func(a []any) (any, error) {
			switch v := a[0].(type) {
			case bool:
				return v, nil
			case nil:
				return m.by(ruleNil, false)
			}
			return m.fail(ruleKind)
		},
		"ours_sign": func(a []any) (any, error) {
			switch {
			case a[1] == nil:
				return m.by(ruleNil, nil)
			case a[0] == "-" && isZero(a[1]):
				return m.by(ruleZero, a[1])
			case a[0] == "-":
				return runtime.Negate(a[1]), nil
			}
			return a[1], nil
		},
		"ours_value":  func(a []any) (any, error) { return a[0], nil },
		"ours_binary": func(a []any) (any, error) { return m.binary(a[0].(string), a[1], a[2]) },
		"ours_get":    func(a []any) (any, error) { return m.get(a[0], a[1]) },
		"ours_slice":  func(a []any) (any, error) { return m.slice(a[0], a[1], a[2]) },
		"ours_list": func(a []any) (any, error) {
			switch {
			case a[0] == nil:
				return m.by(ruleNil, []any{})
			case reflect.ValueOf(a[0]).Kind() != reflect.Slice:
				return m.fail(ruleKind)
			}
			return a[0], nil
		},
		"ours_key": func(a []any) (any, error) {
			switch v := a[0].(type) {
			case string:
				return v, nil
			case nil:
				return m.by(ruleKeys, "")
			case bool, int, float64:
				return m.by(ruleKeys, compact(v))
			}
			return m.fail(ruleKind)
		},
		"ours_summand": func(a []any) (any, error) {
			if _, ok := number(a[0]); !ok && a[0] != nil {
				return m.fail(ruleKind)
			}
			return a[0], nil
		},
		"ours_call": func(a []any) (any, error) {
			if slices.Contains(a[1:], nil) {
				return m.by(ruleNil, nil)
			}
			args := make([]reflect.Value, len(a)-1)
			for i := range args {
				args[i] = reflect.ValueOf(a[i+1])
			}
			return reflect.ValueOf(a[0]).Call(args)[0].Interface(), nil
		},
		"ours_builtin": func(a []any) (any, error) { return m.function(a[0].(string), a[1:]) },
	}
}
