package expression

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tree "github.com/expr-lang/expr/ast"
	reader "github.com/expr-lang/expr/parser"
)

// Over expr's own corpus: whatever node is evaluated is in the trace, whatever
// is not is absent, nothing else is there, and a part that stands for itself has
// the value that it has alone. An error stands once, in the innermost node that
// it kept from having a value.
func TestTraceIsWhole(t *testing.T) {
	f, err := os.Open(filepath.Join(exprDirectory(t), "testdata", "generated.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := wholeness{T: t, corpus: newCorpus(t)}
	const every = 4
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); n++ {
		if n%every == 0 {
			w.check(s.Text())
		}
	}
	// Not vacuous: the corpus has that many, more or less.
	if w.values < 5000 || w.failures < 100 || w.absent < 100 || w.alone < 10_000 {
		t.Errorf("%d values, %d failures, %d absent sides, %d parts alone were checked", w.values, w.failures, w.absent, w.alone)
	}
}

type wholeness struct {
	*testing.T
	corpus  *corpus
	source  []rune
	entries map[string]TraceEntry

	values, failures, absent, alone int
}

func (w *wholeness) check(source string) {
	compiled, _ := Compile(source, w.corpus.config)
	if compiled == nil {
		return
	}
	parsed, err := reader.Parse(source)
	if err != nil {
		w.Fatal(err)
	}
	trace := &Trace{}
	value, err := compiled.Eval(&Frame{Slots: w.corpus.slots, Trace: trace})
	w.source, w.entries = []rune(source), map[string]TraceEntry{}
	failed := 0
	for _, e := range trace.Entries {
		key := fmt.Sprint(e.Offset, " ", e.Kind)
		if _, twice := w.entries[key]; !twice {
			w.entries[key] = e
		}
		if e.Error != "" {
			failed++
		}
	}
	known := map[string]bool{}
	walk(parsed.Node, func(n tree.Node) {
		if key := w.key(n); key != "" {
			known[key] = true
		}
	})
	for key := range w.entries {
		if !known[key] {
			w.Errorf("%s: the trace has %s, and there is no such node", source, key)
		}
	}
	if err != nil {
		w.failures++
		if failed != 1 {
			w.Errorf("%s: %d errors are in the trace of %v", source, failed, err)
		}
		return
	}
	w.values++
	if failed > 0 {
		w.Errorf("%s: an error in the trace of what has none", source)
	}
	if e, ok := w.entries[w.key(parsed.Node)]; ok && string(e.Value) != printed(value) {
		w.Errorf("%s: its value is %s, want %s", source, e.Value, printed(value))
	}
	w.evaluated(parsed.Node, false)
}

func printed(v any) string { return string(new(printer).print(v, false)) }

// key is where a trace has a node: its kind, and where the parser says that it
// is. "": it is in none.
func (w *wholeness) key(n tree.Node) string {
	at := n.Location().From
	kind := ""
	switch n := n.(type) {
	case *tree.IdentifierNode:
		kind = "Identifier"
	case *tree.PointerNode:
		kind = "Pointer"
	case *tree.MemberNode:
		kind = "Member"
		if w.source[at] == '[' {
			kind = "Index"
		}
	case *tree.SliceNode:
		kind = "Slice"
	case *tree.UnaryNode:
		kind = "Unary"
		if isInteger(n) {
			return ""
		}
		if negated(n) != nil {
			kind = "Binary"
		}
	case *tree.BinaryNode:
		kind = "Binary"
	case *tree.ConditionalNode:
		kind, at = "Conditional", w.decides(n)
	case *tree.ArrayNode:
		kind = "Array"
	case *tree.MapNode:
		kind = "Map"
	case *tree.BuiltinNode, *tree.CallNode:
		kind = "Call"
	default:
		return ""
	}
	return fmt.Sprint(at, " ", kind)
}

// isInteger tells whether a node is a literal, with signs before it.
func isInteger(n tree.Node) bool {
	if sign, ok := n.(*tree.UnaryNode); ok {
		return sign.Operator == "-" && isInteger(sign.Node)
	}
	_, ok := n.(*tree.IntegerNode)
	return ok
}

// negated is what an operator such as `not in` negates, or nil.
func negated(n *tree.UnaryNode) *tree.BinaryNode {
	if inner, ok := n.Node.(*tree.BinaryNode); ok && inner.Location() == n.Location() {
		return inner
	}
	return nil
}

// decides is the `?` behind all of a condition, or the `if` before it: the parser
// does not say where they are. None in the corpus has another in a text.
func (w *wholeness) decides(n *tree.ConditionalNode) int {
	first, last := len(w.source), 0
	walk(n.Cond, func(n tree.Node) {
		first, last = min(first, n.Location().From), max(last, n.Location().To)
	})
	if n.Ternary {
		return last + strings.IndexRune(string(w.source[last:]), '?')
	}
	return strings.LastIndex(string(w.source[:first]), "if")
}

// evaluated holds the trace to a node that surely was evaluated. within: perhaps
// several times, with a name of its own.
func (w *wholeness) evaluated(n tree.Node, within bool) {
	if key := w.key(n); key != "" {
		e, ok := w.entries[key]
		if !ok {
			w.Errorf("%s: the trace lacks %s", string(w.source), key)
			return
		}
		if !within && e.N == 1 {
			w.compareAlone(n, e)
		}
	}
	switch n := n.(type) {
	case *tree.ChainNode:
		w.evaluated(n.Node, within)
	case *tree.MemberNode:
		w.all(within, n.Node, n.Property)
	case *tree.SliceNode:
		w.all(within, n.Node, n.From, n.To)
	case *tree.UnaryNode:
		if inner := negated(n); inner != nil {
			w.all(within, inner.Left, inner.Right)
		} else {
			w.evaluated(n.Node, within)
		}
	case *tree.BinaryNode:
		w.binary(n, within)
	case *tree.ConditionalNode:
		w.evaluated(n.Cond, within)
		w.either(n.Cond, "true", n.Exp1, n.Exp2, within)
	case *tree.VariableDeclaratorNode:
		w.evaluated(n.Value, within)
		w.evaluated(n.Expr, true)
	case *tree.SequenceNode:
		w.all(within, n.Nodes...)
	case *tree.ArrayNode:
		w.all(within, n.Nodes...)
	case *tree.MapNode:
		w.all(within, n.Pairs...)
	case *tree.PairNode:
		w.all(within, n.Key, n.Value)
	case *tree.CallNode:
		w.all(within, n.Arguments...)
	case *tree.BuiltinNode:
		w.builtin(n, within)
	}
}

func (w *wholeness) all(within bool, nodes ...tree.Node) {
	for _, n := range nodes {
		if n != nil {
			w.evaluated(n, within)
		}
	}
}

func (w *wholeness) binary(n *tree.BinaryNode, within bool) {
	w.evaluated(n.Left, within)
	switch n.Operator {
	case "and", "&&":
		if n.Location() == n.Right.Location() {
			return // `1 < x < 3` has one operator twice
		}
		w.either(n.Left, "true", n.Right, nil, within)
	case "or", "||":
		w.either(n.Left, "true", nil, n.Right, within)
	case "??":
		w.either(n.Left, "null", n.Right, nil, within)
	default:
		w.evaluated(n.Right, within)
	}
}

// either: a value decides which of two nodes is evaluated, and the other is not.
func (w *wholeness) either(decides tree.Node, value string, yes, no tree.Node, within bool) {
	if c, isChain := decides.(*tree.ChainNode); isChain {
		decides = c.Node
	}
	e, ok := w.entries[w.key(decides)]
	if !ok || e.N > 1 || within {
		return // a literal, or now this and now that
	}
	if string(e.Value) != value {
		yes, no = no, yes
	}
	if yes != nil {
		w.evaluated(yes, within)
	}
	if no != nil {
		w.absent++
		walk(no, func(n tree.Node) {
			if key := w.key(n); key != "" && w.entries[key].N > 0 && yes == nil {
				w.Errorf("%s: the trace has %s, which is not evaluated", string(w.source), key)
			}
		})
	}
}

func (w *wholeness) builtin(n *tree.BuiltinNode, within bool) {
	for i, a := range n.Arguments {
		p, isPredicate := a.(*tree.PredicateNode)
		if !isPredicate {
			w.evaluated(a, within)
			continue
		}
		list, ok := w.entries[w.key(n.Arguments[0])]
		if i == 1 && ok && list.N == 1 && strings.HasPrefix(string(list.Value), "[") && string(list.Value) != "[]" && n.Name != "reduce" {
			w.evaluated(p.Node, true)
		}
	}
}

// compareAlone evaluates a part by itself.
func (w *wholeness) compareAlone(n tree.Node, e TraceEntry) {
	free := true
	walk(n, func(n tree.Node) {
		if name, ok := n.(*tree.IdentifierNode); ok {
			_, bound := w.corpus.config.Scope.Lookup(name.Value)
			free = free && bound
		}
		_, isPointer := n.(*tree.PointerNode)
		_, isFloat := n.(*tree.FloatNode) // which String writes as an integer
		free = free && !isPointer && !isFloat
	})
	if !free {
		return
	}
	compiled, _ := Compile(n.String(), w.corpus.config)
	if compiled == nil {
		return
	}
	v, err := compiled.Eval(&Frame{Slots: w.corpus.slots})
	if err != nil || printed(v) != string(e.Value) {
		w.Errorf("%s: the trace has %s for %s, want %s, %v", string(w.source), e.Value, n, printed(v), err)
	}
	w.alone++
}
