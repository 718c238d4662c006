package expression

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	tree "github.com/expr-lang/expr/ast"
	reader "github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/parser/operator"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// tracedCases are what a trace has of each kind of node, a line a value: kind,
// token, value, how many there were.
var tracedCases = []struct {
	source string
	want   []string
}{
	// Literals say their value themselves.
	{`nil`, nil},
	{`-5`, nil},
	{`[1, 1.5, "a", true, nil, b"x"]`, []string{`0 Array [1,1.5,"a",true,null,"eA=="]`}},
	{`payload.a.b`, []string{`0 Identifier {"a":{"b":1}…`, `8 Member {"b":1}`, `10 Member 1`}},
	{`payload["event-data"].list[-1]`, []string{`0 Identifier {"a":{"b":1}…`, `7 Index {"event":"failed","list":["x"]}`, `22 Member ["x"]`, `26 Index "x"`}},
	{`payload?.none?.["x"]`, []string{`0 Identifier {"a":{"b":1}…`, `9 Member null`, `15 Index null`}},
	{`event.event`, []string{`0 Identifier {"event":"failed","list":["x"]}`, `6 Member "failed"`}},
	{`request.headers[plain ?? "authorization"]`, []string{
		`0 Identifier {"body":…`, `8 Member {"authorization":"Bearer abc","content-type":"application/json"}`,
		`16 Identifier null`, `22 Binary "authorization"`, `15 Index "Bearer abc"`,
	}},
	{`payload.l[1:inputs.n]`, []string{
		`0 Identifier {"a":{"b":1}…`, `8 Member [1,2,3]`, `12 Identifier {"channel":"#support"…`, `19 Member 2`, `9 Slice [2]`,
	}},
	{`not (payload.t)`, []string{`5 Identifier {"a":{"b":1}…`, `13 Member true`, `0 Unary false`}},
	{`!(-len("ab") > +1)`, []string{`3 Call 2`, `2 Unary -2`, `15 Unary 1`, `13 Binary false`, `0 Unary true`}},
	// A side that is not evaluated is not there.
	{`plain and len("a") == 1`, []string{`0 Identifier null`, `6 Binary false`}},
	{`len("a") == 1 || plain`, []string{`0 Call 1`, `9 Binary true`, `14 Binary true`}},
	{`len("a") ?? plain`, []string{`0 Call 1`, `9 Binary 1`}},
	{`len("a") == 1 ? len("") : plain`, []string{`0 Call 1`, `9 Binary true`, `16 Call 0`, `14 Conditional 0`}},
	{`(plain ? 1 : 2) == 1 /* ? */ ? 3 : 4`, []string{`1 Identifier null`, `7 Conditional 2`, `16 Binary false`, `29 Conditional 4`}},
	{`plain ?: len("")`, []string{`0 Identifier null`, `9 Call 0`, `6 Conditional 0`}},
	{`if plain {1} else if len("") == 0 {len("abc")} else {2}`, []string{
		`3 Identifier null`, `21 Call 0`, `29 Binary true`, `35 Call 3`, `18 Conditional 3`, `0 Conditional 3`,
	}},
	{`1 not in [2]`, []string{`9 Array [2]`, `6 Binary true`}},
	{`1 < len("ab") < 2`, []string{`4 Call 2 of 2`, `2 Binary true`, `4 Call 2`, `14 Binary false`}},
	{`let x = len("a") + 1; x * x`, []string{`8 Call 1`, `17 Binary 2`, `22 Identifier 2`, `26 Identifier 2`, `24 Binary 4`}},
	{`let x = payload.a; x.b`, []string{`8 Identifier {"a":{"b":1}…`, `16 Member {"b":1}`, `19 Identifier {"b":1}`, `21 Member 1`}},
	{`len("a"); len("")`, []string{`0 Call 1`, `10 Call 0`}},
	{`{a: len("a"), "b": 2, (string(1)): plain}`, []string{`4 Call 1`, `23 Call "1"`, `35 Identifier null`, `0 Map {"1":null,"a":1,"b":2}`}},
	{`payload.s | upper() | len()`, []string{`0 Identifier {"a":{"b":1}…`, `8 Member "text"`, `12 Call "TEXT"`, `22 Call 4`}},
	{`mailgun.signed(request, inputs.key)`, []string{`15 Identifier {"body":…`, `24 Identifier {"channel":"#support"…`, `31 Member "secret"`, `8 Call true`}},
	{`any(payload.items, .id > 1)`, []string{
		`4 Identifier {"a":{"b":1}…`, `12 Member [{"id":1,"name":"one"},{"id":2,"name":"two"}]`,
		`19 Pointer {"id":1,"name":"one"} of 2`, `20 Member 1 of 2`, `23 Binary false of 2`,
		`19 Pointer {"id":2,"name":"two"}`, `20 Member 2`, `23 Binary true`, `0 Call true`,
	}},
	{`map(payload.l, {# + #index})`, []string{
		`4 Identifier {"a":{"b":1}…`, `12 Member [1,2,3]`,
		`16 Pointer 1 of 3`, `20 Pointer 0 of 3`, `18 Binary 1 of 3`, `16 Pointer 2`, `20 Pointer 1`, `18 Binary 3`,
		`16 Pointer 3`, `20 Pointer 2`, `18 Binary 5`, `0 Call [1,3,5]`,
	}},
	{`reduce(1..2, #acc + #, len(""))`, []string{
		`8 Binary [1,2]`, `23 Call 0`, `13 Pointer 0 of 2`, `20 Pointer 1 of 2`, `18 Binary 1 of 2`, `13 Pointer 1`, `20 Pointer 2`, `18 Binary 3`, `0 Call 3`,
	}},
	{`sortBy([2, 1], #, plain ?? "desc")`, []string{
		`7 Array [2,1]`, `18 Identifier null`, `24 Binary "desc"`, `15 Pointer 2 of 2`, `15 Pointer 1`, `0 Call [2,1]`,
	}},
}

func TestTraceOfEveryKindOfNode(t *testing.T) {
	for _, c := range tracedCases {
		t.Run(c.source, func(t *testing.T) {
			_, trace, err := traceOf(t, c.source)
			if err != nil {
				t.Fatal(err)
			}
			compareLines(t, lines(trace), c.want)
		})
	}
}

// The cases have every kind of node and every operator that expr's syntax has: a
// new one that nobody traced is missed here.
func TestTracedCasesAreComplete(t *testing.T) {
	missing := map[string]bool{}
	for _, name := range nodeTypes(t) {
		missing[name] = true
	}
	delete(missing, "ConstantNode") // what expr's own optimizer makes
	operators := []string{}
	for _, c := range tracedCases {
		parsed, err := reader.Parse(c.source)
		if err != nil {
			t.Fatal(err)
		}
		walk(parsed.Node, func(n tree.Node) {
			delete(missing, reflect.TypeOf(n).Elem().Name())
			switch n := n.(type) {
			case *tree.BinaryNode:
				operators = append(operators, n.Operator)
			case *tree.UnaryNode:
				operators = append(operators, n.Operator)
			}
		})
	}
	for name := range missing {
		t.Errorf("no case has a %s", name)
	}
	// Binary operators are one kind of node, whatever they do: the corpus has all
	// of them (TestTraceIsWhole). Those that decide what is evaluated are cases.
	for _, op := range append(slices.Collect(maps.Keys(operator.Unary)), "and", "||", "??", "..", "in", "<") {
		if !slices.Contains(operators, op) {
			t.Errorf("no case has the operator %s", op)
		}
	}
}

// nodeTypes are the kinds of nodes that expr's syntax has, read from its source.
func nodeTypes(t *testing.T) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(exprDirectory(t), "ast", "node.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok && strings.HasSuffix(spec.Name.Name, "Node") && spec.Name.Name != "Node" {
			names = append(names, spec.Name.Name)
		}
		return true
	})
	if len(names) < 20 {
		t.Fatalf("found the kinds %v only", names)
	}
	return names
}

type visitor func(tree.Node)

func (v visitor) Visit(n *tree.Node) { v(*n) }

func walk(n tree.Node, visit func(tree.Node)) { tree.Walk(&n, visitor(visit)) }

// traceOf evaluates with a trace.
func traceOf(t testing.TB, source string) (any, *Trace, error) {
	t.Helper()
	paths := new(payload.Paths)
	c, problems := Compile(source, testConfig(paths))
	if c == nil {
		t.Fatal(problems)
	}
	f := testFrame(t, paths, testBody)
	f.Trace = testTrace(t)
	v, err := c.Eval(f)
	return v, f.Trace, err
}

// testTrace decodes the payload whole, as a behavior's does.
func testTrace(t testing.TB) *Trace {
	paths := new(payload.Paths)
	whole := paths.Add(nil)
	return &Trace{Payload: func() any { return testFrame(t, paths, testBody).Body.Value(whole) }}
}

// lines shows a trace: where a value that is long begins is enough.
func lines(trace *Trace) (all []string) {
	for _, e := range trace.Entries {
		line := fmt.Sprintf("%d %s %s", e.Offset, e.Kind, e.Value)
		if e.N > 1 {
			line += fmt.Sprintf(" of %d", e.N)
		}
		if e.Error != "" {
			line += " error: " + e.Error
		}
		all = append(all, line)
	}
	return all
}

// compareLines takes a line of want that ends with … for any that begins so.
func compareLines(t *testing.T, got, want []string) {
	t.Helper()
	same := slices.EqualFunc(got, want, func(g, w string) bool {
		start, cut := strings.CutSuffix(w, "…")
		return g == w || cut && strings.HasPrefix(g, start)
	})
	if !same {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func clip(s string) string { return s[:min(len(s), 20)] }
