package expression

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	theirs "github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/parser/operator"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// notAdmitted are the functions of expr that there are not here, with the code
// that says so.
var notAdmitted = map[string]string{
	"now":      "unknown-function", // the name `now`: there is one moment of receipt
	"timezone": "unknown-function", // "Local" is the machine's
}

// Every function that expr has is admitted, or refused by name: what a later
// version adds fails here first.
func TestFunctionsOfExpr(t *testing.T) {
	ours := Functions(Builtins())
	if len(theirs.Names) < 70 {
		t.Fatalf("expr has %d functions", len(theirs.Names))
	}
	for _, name := range theirs.Names {
		want := notAdmitted[name]
		if (ours[name] == nil) != (want != "") {
			t.Errorf("%s: admitted is %v", name, ours[name] != nil)
		}
		if want == "" {
			continue
		}
		_, problems := Compile(name+"()", testConfig(new(payload.Paths)))
		if len(problems) == 0 || problems[0].Code != want {
			t.Errorf("%s(): got %+v, want %s", name, problems, want)
		}
	}
}

// Every operator of expr compiles and is documented; operatorCases show what each
// gives.
func TestOperatorsOfExpr(t *testing.T) {
	told := map[string]bool{}
	for _, n := range Notations() {
		for _, op := range n.Operators {
			told[op] = true
		}
	}
	if all := len(operator.Binary) + len(operator.Unary); len(told) != all {
		t.Errorf("%d operators are documented, and there are %d", len(told), all)
	}
	for op := range operator.Binary {
		source := "plain " + op + " plain"
		if op == "|" {
			source = "plain | len()"
		}
		if c, problems := Compile(source, testConfig(new(payload.Paths))); c == nil {
			t.Errorf("%s: %+v", source, problems)
		}
		if operatorCases[op] == nil {
			t.Errorf("no case shows %s", op)
		}
		if !told[op] {
			t.Errorf("no notation has %s", op)
		}
	}
	for op := range operator.Unary {
		source := op + " plain"
		if c, problems := Compile(source, testConfig(new(payload.Paths))); c == nil {
			t.Errorf("%s: %+v", source, problems)
		}
		if operatorCases["unary "+op] == nil {
			t.Errorf("no case shows the unary %s", op)
		}
		if !told["unary "+op] {
			t.Errorf("no notation has the unary %s", op)
		}
	}
}

// Every kind of node that expr's parser makes is understood. The kinds are read
// from the module's source.
func TestNodesOfExpr(t *testing.T) {
	sources := map[string]string{
		"NilNode": `nil`, "BoolNode": `true`, "IntegerNode": `1`, "FloatNode": `1.5`, "StringNode": `"a"`, "BytesNode": `b"a"`,
		"IdentifierNode": `plain`, "PointerNode": `map(plain, #)`, "ChainNode": `plain?.a`, "MemberNode": `plain.a`, "SliceNode": `plain[1:2]`,
		"UnaryNode": `-plain`, "BinaryNode": `plain + 1`, "ConditionalNode": `plain ? 1 : 2`, "VariableDeclaratorNode": `let x = 1; x`,
		"SequenceNode": `1; 2`, "ArrayNode": `[plain]`, "MapNode": `{a: 1}`, "PairNode": `{a: 1}`, "BuiltinNode": `len(plain)`,
		"CallNode": `uuid()`, "PredicateNode": `map(plain, .a)`,
		"ConstantNode": ``, // made by the optimizer, which is not used
	}
	files, err := filepath.Glob(filepath.Join(exprDirectory(t), "ast", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			kind, ok := n.(*ast.TypeSpec)
			if !ok || !strings.HasSuffix(kind.Name.Name, "Node") || kind.Name.Name == "Node" {
				return true
			}
			found++
			source, known := sources[kind.Name.Name]
			if !known {
				t.Errorf("%s: no expression shows it", kind.Name.Name)
			}
			if source != "" {
				if c, problems := Compile(source, testConfig(new(payload.Paths))); c == nil {
					t.Errorf("%s: %+v", source, problems)
				}
			}
			return true
		})
	}
	if found != len(sources) {
		t.Errorf("expr has %d kinds of nodes, and %d are listed", found, len(sources))
	}
}
