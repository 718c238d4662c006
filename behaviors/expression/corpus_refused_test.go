package expression

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// What the checker refuses although expr evaluates it, by the code of the
// problem, with the reason.
var refusals = map[string]string{
	"$env":                "there is no $env: what a program reads is known before it runs",
	"unknown-name":        "expr does not look at the arguments of what is no function",
	"function-not-called": "a function is no value",
	"method-call":         "values have no methods",
	"duplicate-key":       "a key that stands twice in a map is a mistake",
	"unknown-field":       "a field that a map literal does not have is a mistake",
	"unknown-function":    "there is no timezone(), and values are no functions",
	"argument-count":      "a date's zone is the behavior's, and no third argument",
	"type-mismatch":       "what certainly is of a wrong kind is refused before it runs",
}

// refused names the rules by which the problems are what they should be, or says
// which of them is not.
func (c *corpus) refused(source string, problems []Problem) (rules []string, why error) {
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, err
	}
	var all nodes
	ast.Walk(&tree.Node, &all)
	if slices.ContainsFunc(problems, ofEnvironment(source)) {
		return []string{refusals["$env"]}, nil // what else is wrong with it may come of that
	}
	for _, p := range problems {
		if p.Severity != SeverityError {
			continue
		}
		text := string([]rune(source)[p.From:p.To])
		if !c.meant(p, text, all) {
			return nil, fmt.Errorf("%s at %q: %s", p.Code, text, p.Message)
		}
		if rule := refusals[p.Code]; !slices.Contains(rules, rule) {
			rules = append(rules, rule)
		}
	}
	return rules, nil
}

// ofEnvironment tells whether a problem is a use of $env.
func ofEnvironment(source string) func(Problem) bool {
	return func(p Problem) bool {
		return p.Code == "unknown-name" && string([]rune(source)[p.From:p.To]) == "$env"
	}
}

// nodes are all of a tree.
type nodes []ast.Node

func (ns *nodes) Visit(n *ast.Node) { *ns = append(*ns, *n) }

// some tells whether the tree has a node of a kind of which something holds.
func some[N ast.Node](ns nodes, holds func(N) bool) bool {
	return slices.ContainsFunc(ns, func(n ast.Node) bool {
		x, ok := n.(N)
		return ok && holds(x)
	})
}

// meant tells whether a problem is one of those, seen from expr's tree.
func (c *corpus) meant(p Problem, text string, all nodes) bool {
	switch p.Code {
	case "function-not-called":
		_, isFunction := c.theirs[text].(func(string) string)
		return (isFunction || text == "add") && some(all, func(n *ast.IdentifierNode) bool {
			called := some(all, func(call *ast.CallNode) bool { return call.Callee == ast.Node(n) })
			return n.Value == text && n.Location().From == p.From && !called
		})
	case "method-call":
		return some(all, func(n *ast.CallNode) bool {
			_, isMember := n.Callee.(*ast.MemberNode)
			return isMember
		})
	case "duplicate-key":
		return some(all, func(n *ast.MapNode) bool { return len(keysOf(n)) < len(n.Pairs) })
	case "unknown-field":
		return some(all, func(n *ast.MemberNode) bool {
			m, isMap := literal(n.Node, all).(*ast.MapNode)
			name, isName := n.Property.(*ast.StringNode)
			return isMap && isName && name.Value == text && !slices.Contains(keysOf(m), text)
		})
	case "unknown-name":
		return c.theirs[text] == nil
	case "unknown-function":
		return text == "timezone" || c.theirs[text] != nil
	case "argument-count":
		return some(all, func(n *ast.BuiltinNode) bool { return n.Name == "date" && len(n.Arguments) == 3 })
	case "type-mismatch":
		return c.isOfThatKind(p.Message, text)
	}
	return false
}

// keysOf are the different keys of a map literal.
func keysOf(n *ast.MapNode) []string {
	var keys []string
	for _, p := range n.Pairs {
		if key, ok := p.(*ast.PairNode).Key.(*ast.StringNode); ok && !slices.Contains(keys, key.Value) {
			keys = append(keys, key.Value)
		}
	}
	return keys
}

// literal is what a node is, or the name that it is stands for.
func literal(n ast.Node, all nodes) ast.Node {
	switch n := n.(type) {
	case *ast.ChainNode:
		return literal(n.Node, all)
	case *ast.IdentifierNode:
		for _, x := range all {
			if let, ok := x.(*ast.VariableDeclaratorNode); ok && let.Name == n.Value {
				return literal(let.Value, all)
			}
		}
	}
	return n
}

var butThisIs = regexp.MustCompile(`must be (.*), but this is (.*)$`)

// isOfThatKind evaluates what a mismatch is about by the rules: it has no value,
// or it is of the kind that the message says, and that is not what is needed.
func (c *corpus) isOfThatKind(message, text string) bool {
	words := butThisIs.FindStringSubmatch(message)
	if words == nil {
		return false
	}
	v, err := c.value(text, new(model).options()...)
	if strings.HasPrefix(message, "the predicate of `count`") && strings.Contains(text, "..") {
		return words[2] == Int.String() // of each of the items, and here are none
	}
	wanted, kind := words[1], kindOf(ours(v))
	switch {
	case err != nil:
		return !errors.Is(err, errStatic)
	case kind == Nil:
		return true
	case wanted == Int.String():
		return words[2] == Number.String() && kind == Float // it may be integral, and is refused all the same
	case words[2] == Number.String():
		return kind == Int || kind == Float
	}
	return words[2] == kind.String() && wanted != words[2]
}
