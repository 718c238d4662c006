package expression

import (
	"errors"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// maxSource caps the source of one expression, in bytes.
const maxSource = 64 << 10

// parse gives the tree, or the one problem that the parser stops at.
func (c *compiler) parse(source string) (ast.Node, *Problem) {
	if len(source) > maxSource {
		return nil, &Problem{To: len(c.source), Code: "too-long", Message: "the expression is longer than 64 KiB", Suggestion: "split it with let"}
	}
	if strings.TrimSpace(source) == "" {
		return nil, &Problem{To: len(c.source), Code: "syntax", Message: "there is no expression here"}
	}
	tree, err := parser.Parse(source)
	if err == nil {
		return tree.Node, nil
	}
	var e *file.Error
	if !errors.As(err, &e) {
		return nil, &Problem{To: len(c.source), Code: "syntax", Message: "the expression cannot be read"}
	}
	p := c.syntaxProblem(e)
	return nil, &p
}

func clampSpan(source []rune, from, to int) (int, int) {
	from = min(max(from, 0), max(len(source)-1, 0))
	to = min(max(to, from+1), max(len(source), 1))
	return from, to
}
