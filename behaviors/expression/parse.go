package expression

import (
	"errors"
	"slices"
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
		return nil, &Problem{To: len(c.source), Code: "syntax", Message: "there is no expression here", Suggestion: "write one"}
	}
	if nestedTooDeep(c.source) {
		return nil, &Problem{To: len(c.source), Code: "too-long", Message: "the expression is nested too deep", Suggestion: "split it with let"}
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

// nestedTooDeep tells whether brackets are open within more than maxDepth others:
// the parser's own stack has no bound. What a text or a comment holds may count,
// where the source is none that can be read.
func nestedTooDeep(source []rune) bool {
	depth := 0
	for i := 0; i < len(source); i++ {
		end := 0
		switch r := source[i]; r {
		case '"', '\'', '`':
			end = textEnd(source, i)
		case '/':
			end = anyCommentEnd(source, i)
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		}
		if depth > maxDepth {
			return true
		}
		if end > 0 {
			i = end - 1
		}
	}
	return false
}

// anyCommentEnd is behind a comment of either kind that begins here, or not above
// 0 where none does.
func anyCommentEnd(source []rune, from int) int {
	if from+1 == len(source) {
		return 0
	}
	switch source[from+1] {
	case '*':
		return commentEnd(source, from)
	case '/':
		if n := slices.Index(source[from:], '\n'); n > 0 {
			return from + n
		}
		return len(source)
	}
	return 0
}

func clampSpan(source []rune, from, to int) (int, int) {
	from = min(max(from, 0), max(len(source)-1, 0))
	to = min(max(to, from+1), max(len(source), 1))
	return from, to
}
