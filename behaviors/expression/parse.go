package expression

import (
	"errors"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// maxSource caps the source of one expression, in bytes.
const maxSource = 64 << 10

// parse gives the tree, or the one problem that the parser stops at.
func parse(source string) (ast.Node, *Problem) {
	if len(source) > maxSource {
		return nil, &Problem{To: 1, Code: "too-long", Message: "the expression is longer than 64 KiB"}
	}
	if strings.TrimSpace(source) == "" {
		return nil, &Problem{To: len([]rune(source)), Code: "syntax", Message: "there is no expression here"}
	}
	tree, err := parser.Parse(source)
	if err == nil {
		return tree.Node, nil
	}
	var e *file.Error
	if !errors.As(err, &e) {
		return nil, &Problem{To: 1, Code: "syntax", Message: "the expression cannot be read"}
	}
	p := syntaxProblem([]rune(source), e)
	return nil, &p
}

var tokenValue = regexp.MustCompile(`unexpected token ([A-Za-z]+)\((.*)\)$`)

// syntaxProblem says in plain words what the parser met.
func syntaxProblem(source []rune, e *file.Error) Problem {
	from, to := clampSpan(source, e.From, e.To)
	p := Problem{From: from, To: to, Code: "syntax"}
	before := strings.TrimRight(string(source[:min(max(e.From, 0), len(source))]), " \t\r\n")
	switch {
	case from < len(source) && source[from] == '#' && !strings.Contains(e.Message, "unrecognized"):
		p.Message = "`#` stands for the item inside of a predicate such as `any(list, # > 1)`; it begins no comment"
		p.Suggestion = "write a comment as `/* … */`"
	case (strings.Contains(e.Message, "token EOF") || strings.Contains(e.Message, "unexpected end")) && !assigns(source):
		p.From, p.To = max(len(source)-1, 0), len(source)
		p.Message = "the expression stops too early"
		if last := lastWord(string(source)); last != "" {
			p.Message = "the expression stops after `" + last + "`"
		}
	case strings.HasSuffix(before, "=") && !endsInComparison(before),
		e.From < len(source) && source[from] == '=' && !doubled(source, from):
		p.Message = "`=` assigns, and nothing can be assigned here"
		p.Suggestion = "compare with `==`"
		at := from
		if source[min(from, len(source)-1)] != '=' {
			at = len([]rune(before)) - 1
		}
		p.From, p.To = at, at+1
		p.Fixes = []Fix{{Title: "Compare with ==", From: at, To: at + 1, Text: "=="}}
	case strings.Contains(e.Message, "literal not terminated"):
		p.Message = "a text begins here and does not end"
		p.Suggestion = "close it with the quotation mark that it begins with"
	case strings.Contains(e.Message, "cannot be mixed"):
		p.Message = "`??` and another operator stand side by side without parentheses"
		p.Suggestion = "put parentheses around one of them"
	case strings.Contains(e.Message, "integer literal"), strings.Contains(e.Message, "number syntax"), strings.Contains(e.Message, "float literal"):
		p.Message = "this is no number that can be written here"
	case strings.Contains(e.Message, "unrecognized character"):
		p.Message = "`" + string(source[from:to]) + "` means nothing in an expression"
	case strings.Contains(e.Message, "expected name"):
		p.Message = "the name of a field is missing behind the dot"
	case strings.Contains(e.Message, "wrap predicate"):
		p.Message = "several expressions in a predicate need braces around them"
		p.Suggestion = "write `{ … }`"
	case strings.Contains(e.Message, "maximum allowed nodes"):
		p.Code, p.Message = "too-long", "the expression has too many parts"
	default:
		p.Message = "this does not fit here"
		if m := tokenValue.FindStringSubmatch(e.Message); m != nil {
			p.Message = "`" + strings.Trim(m[2], `"`) + "` does not fit here"
		}
	}
	return p
}

// assigns tells whether the source ends in a lone `=`.
func assigns(source []rune) bool {
	s := strings.TrimSpace(string(source))
	return strings.HasSuffix(s, "=") && !endsInComparison(s)
}

func doubled(source []rune, at int) bool {
	return at+1 < len(source) && source[at+1] == '=' || at > 0 && strings.ContainsRune("=!<>", source[at-1])
}

func endsInComparison(s string) bool {
	for _, op := range []string{"==", "!=", "<=", ">="} {
		if strings.HasSuffix(s, op) {
			return true
		}
	}
	return false
}

func lastWord(s string) string {
	fields := strings.Fields(s)
	if len(fields) == 0 {
		return ""
	}
	last := []rune(fields[len(fields)-1])
	if len(last) > 20 {
		last = last[len(last)-20:]
	}
	return string(last)
}

func clampSpan(source []rune, from, to int) (int, int) {
	from = min(max(from, 0), max(len(source)-1, 0))
	to = min(max(to, from+1), max(len(source), 1))
	return from, to
}
