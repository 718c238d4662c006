package behaviors

import (
	"errors"
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"
	nodes "text/template/parse"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// htmlText is HTML with interpolations, each of which html/template escapes by
// its place. It is immutable once made.
type htmlText struct{ template *template.Template }

// htmlProblem is why an interpolation cannot be made safe, or, with a part of
// -1, the HTML as a whole: a phrase.
type htmlProblem struct {
	part int
	why  string
}

// escapers of html/template that tell of a place where what is interpolated
// would be code, or a name: none of it can be made safe and still mean something.
var unsafePlaces = []struct{ escaper, place string }{
	{"_js", "in a script"},
	{"_css", "in a style"},
	{"_htmlnamefilter", "as the name of a tag or of an attribute"},
	{"_comment", "in a comment"},
}

// inSrcdoc is HTML that leaves off in the value of an attribute which is HTML
// itself, and would have to be escaped twice.
var inSrcdoc = regexp.MustCompile(`(?i)[\s"'/]srcdoc\s*=\s*("[^"]*|'[^']*|[^\s"'>]*)$`)

// newHTML prepares a text. The interpolations of the parts are escaped, but for
// those that are raw.
func newHTML(parts []part) (*htmlText, []htmlProblem) {
	list := &nodes.ListNode{NodeType: nodes.NodeList}
	var actions []*nodes.ActionNode
	numbers := map[nodes.Node]int{}
	for i, p := range parts {
		if p.literal != "" {
			list.Nodes = append(list.Nodes, &nodes.TextNode{NodeType: nodes.NodeText, Text: []byte(p.literal)})
			continue
		}
		value := &nodes.FieldNode{NodeType: nodes.NodeField, Ident: []string{htmlValue(len(actions))}}
		action := &nodes.ActionNode{NodeType: nodes.NodeAction, Pipe: &nodes.PipeNode{
			NodeType: nodes.NodePipe, Cmds: []*nodes.CommandNode{{NodeType: nodes.NodeCommand, Args: []nodes.Node{value}}},
		}}
		numbers[action] = i
		actions = append(actions, action)
		list.Nodes = append(list.Nodes, action)
	}
	t, err := template.New("").AddParseTree("html", &nodes.Tree{Name: "html", Root: list})
	if err == nil {
		_, err = (&htmlText{t}).fill(make([]string, len(actions))) // which is when it is escaped
	}
	if err != nil {
		return nil, []htmlProblem{htmlFailure(err, numbers)}
	}
	problems := unsafe(parts, actions, numbers)
	for _, action := range actions {
		if parts[numbers[action]].raw {
			action.Pipe.Cmds = action.Pipe.Cmds[:1]
		}
	}
	return &htmlText{t}, problems
}

func htmlValue(i int) string { return "V" + strconv.Itoa(i) }

// htmlFailure says in our words what html/template cannot make safe.
func htmlFailure(err error, numbers map[nodes.Node]int) htmlProblem {
	var failed *template.Error
	if !errors.As(err, &failed) {
		return htmlProblem{-1, "cannot be read: " + err.Error()}
	}
	if i, ok := numbers[failed.Node]; ok {
		return htmlProblem{i, "where it is not certain what it would be part of"}
	}
	if failed.ErrorCode == template.ErrEndContext {
		return htmlProblem{-1, "ends within a tag, an attribute, a comment, a script or a style"}
	}
	return htmlProblem{-1, "cannot be read: " + failed.Description}
}

// unsafe finds the interpolations in places where escaping does not help.
func unsafe(parts []part, actions []*nodes.ActionNode, numbers map[nodes.Node]int) (problems []htmlProblem) {
	for _, action := range actions {
		var escapers []string
		for _, command := range action.Pipe.Cmds[1:] {
			escapers = append(escapers, strings.TrimPrefix(command.String(), "_html_template"))
		}
		if place := unsafePlace(escapers); place != "" {
			problems = append(problems, htmlProblem{numbers[action], place})
		} else if inSrcdoc.MatchString(literalBefore(parts, numbers[action])) {
			problems = append(problems, htmlProblem{numbers[action], "in the page of a `srcdoc`"})
		}
	}
	return problems
}

func unsafePlace(escapers []string) string {
	if len(escapers) == 0 {
		return "here"
	}
	for _, p := range unsafePlaces {
		if slices.ContainsFunc(escapers, func(e string) bool { return strings.HasPrefix(e, p.escaper) }) {
			return p.place
		}
	}
	if last := escapers[len(escapers)-1]; strings.HasPrefix(last, "_url") {
		return "in a style" // a url( ) there: in an attribute the quotes are escaped last
	}
	return ""
}

// literalBefore is what is written before a part, with a letter for what is
// interpolated.
func literalBefore(parts []part, i int) string {
	var b strings.Builder
	for _, p := range parts[:i] {
		if p.literal != "" {
			b.WriteString(p.literal)
		} else {
			b.WriteString("x")
		}
	}
	return b.String()
}

// fill writes the text with values for its interpolations, in their order.
func (h *htmlText) fill(values []string) (string, error) {
	data := make(map[string]string, len(values))
	for i, v := range values {
		data[htmlValue(i)] = v
	}
	var b limited
	if err := h.template.Execute(&b, data); err != nil {
		return "", err
	}
	return b.String(), nil
}

// limited is a text of at most 8 MiB.
type limited struct{ strings.Builder }

var errTextSize = errors.New("the text is larger than 8 MiB")

func (b *limited) Write(p []byte) (int, error) {
	if b.Len()+len(p) > expression.DefaultLimits.Memory {
		return 0, errTextSize
	}
	return b.Builder.Write(p)
}
