package behaviors

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

const (
	maxSource     = 64 << 10
	maxDepth      = 100
	byteOrderMark = "\ufeff"
)

// reader turns a document's text into nodes and refuses what behaviors do not
// use of YAML.
type reader struct {
	*findings
}

// parse reads a document. The node is nil where the text is no YAML; findings
// say why.
func parse(text string) (*node, *findings) {
	text = strings.TrimPrefix(text, byteOrderMark)
	r := reader{&findings{src: newSource("")}}
	if len(text) > maxSource {
		r.report(tooLarge, span{}, len(text), maxSource).suggest("make several behaviors of it")
		return nil, r.findings
	}
	r.src = newSource(text)
	if at, c, found := badRune(text); found {
		r.report(badCharacter, span{at, at + 1}, c).suggest("delete it; most editors do not show it")
		return nil, r.findings
	}
	if r.directives() {
		return nil, r.findings
	}
	var documents []yaml.Node
	err := yaml.Load([]byte(text), &documents, yaml.WithAllDocuments(),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		r.noYAML = true
		r.syntaxError(err)
		return nil, r.findings
	}
	if len(documents) == 0 || len(documents[0].Content) == 0 {
		r.report(emptyDocument, span{}).suggest("begin with `behavior: 1`")
		return nil, r.findings
	}
	if len(documents) > 1 {
		at := r.src.offset(documents[1].Line, documents[1].Column)
		r.report(severalDocuments, span{at, at}).suggest("make it a behavior of its own")
	}
	return r.node(documents[0].Content[0]), r.findings
}

// directives refuses lines such as %YAML 1.1, which stand before everything.
func (r reader) directives() bool {
	for n := range r.src.lines {
		at := r.src.line(n + 1)
		switch first := r.src.at(r.src.skipBlanks(at.from)); {
		case r.src.at(at.from) == '%':
			r.report(directive, at).suggest("remove the line").fix("Remove the line", at, "")
			return true
		case first != '#' && first != 0 && !isBreak(first):
			return false
		}
	}
	return false
}

func (r reader) node(y *yaml.Node) *node {
	at := r.src.offset(y.Line, y.Column)
	n := &node{span: span{at, at}}
	if y.Anchor != "" {
		r.report(yamlAnchor, span{at, at + 1 + len([]rune(y.Anchor))}, y.Anchor).suggest("write the value where it is needed, or use a `let` name")
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.kind = mapNode
		r.mapping(n, y)
	case yaml.SequenceNode:
		n.kind = listNode
		r.list(n, y)
	case yaml.AliasNode:
		n.to = at + 1 + len([]rune(y.Value))
		r.report(yamlAlias, n.span, y.Value).suggest("write the value out, or use a `let` name")
	default:
		r.scalar(n, y)
	}
	if y.Style&yaml.TaggedStyle != 0 {
		n.tag = y.Tag
	}
	return n
}

func (r reader) list(n *node, y *yaml.Node) {
	if y.Style&yaml.FlowStyle != 0 {
		n.style = '['
	}
	n.to = n.from
	for _, c := range y.Content {
		item := r.node(c)
		n.items = append(n.items, item)
		n.to = max(n.to, item.to)
	}
	r.closing(n, ']')
}

func (r reader) mapping(n *node, y *yaml.Node) {
	if y.Style&yaml.FlowStyle != 0 {
		n.style = '{'
	}
	n.to = n.from
	seen := map[string]*node{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := r.node(y.Content[i]), r.node(y.Content[i+1])
		for _, part := range []*node{key, value} {
			if n.style == 0 || !part.missing() { // what is not there may be said to stand behind the bracket
				n.to = max(n.to, part.to)
			}
		}
		if n.style == '{' && len(n.pairs) > 0 && value.missing() && r.cutOff(n.pairs[len(n.pairs)-1].value, key) {
			continue
		}
		if !r.key(key, y.Content[i]) {
			continue
		}
		if first := seen[key.text]; first != nil {
			line, _ := r.src.position(first.from)
			r.report(duplicateKey, key.span, key.text, line).suggest("keep one of them")
			continue
		}
		seen[key.text] = key
		n.pairs = append(n.pairs, pair{key, value})
	}
	r.closing(n, '}')
}

// key tells whether a key can be used.
func (r reader) key(n *node, y *yaml.Node) bool {
	_, isText := n.value().(string)
	switch {
	case n.kind == scalarNode && n.style == 0 && n.text == "<<":
		r.report(mergeKey, n.span).suggest("write the keys out")
	case n.kind != scalarNode || y.Kind == yaml.AliasNode || !isText:
		r.report(keyNotText, n.span).suggest("quote the key")
	case n.tag != "":
		r.report(yamlTag, n.span, n.tag).suggest("remove the tag")
	case strings.Contains(n.text, "${{"):
		r.report(templateInKey, n.span).suggest("write the key out, or build the map in an expression")
	default:
		return true
	}
	return false
}

// cutOff recognises what stands behind a comma that belongs to the value
// before it: `{when: f(a, b)}` is read as a value `f(a` and a key `b)`.
func (r reader) cutOff(value, key *node) bool {
	if value.kind != scalarNode || value.style != 0 {
		return false
	}
	end := value.to
	if value.comma != (span{}) {
		end = value.comma.to
	}
	if openBrackets(r.src.slice(span{value.from, end})) <= 0 {
		return false
	}
	value.comma = span{value.from, key.to}
	return true
}

// openBrackets counts brackets that are opened and not closed, outside quotes.
func openBrackets(text string) int {
	open, quote := 0, rune(0)
	for _, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case strings.ContainsRune("\"'`", c):
			quote = c
		case strings.ContainsRune("([{", c):
			open++
		case strings.ContainsRune(")]}", c):
			open--
		}
	}
	return open
}

// closing extends a list or map in brackets to its closing one. The map of
// `[a: b]` is one in brackets that has none of its own.
func (r reader) closing(n *node, bracket rune) {
	if n.style == 0 || !strings.ContainsRune("[{&!", r.src.at(n.from)) {
		return
	}
	for i := max(n.to, n.from+1); i < len(r.src.runes); i++ {
		switch c := r.src.at(i); {
		case c == bracket:
			n.to = i + 1
			return
		case c == '#' && (isBlank(r.src.at(i-1)) || isBreak(r.src.at(i-1))):
			line, _ := r.src.position(i)
			i = r.src.line(line).to - 1
		}
	}
}

func (r reader) scalar(n *node, y *yaml.Node) {
	n.text, n.resolved = y.Value, y.Tag
	value := []rune(y.Value)
	s := scalarReader{src: r.src, pos: n.from, value: make([]rune, 0, len(value))}
	if y.Style&yaml.TaggedStyle != 0 {
		s.tag(len(value))
	}
	switch {
	case y.Style&yaml.SingleQuotedStyle != 0:
		n.style = '\''
		s.single()
	case y.Style&yaml.DoubleQuotedStyle != 0:
		n.style = '"'
		s.double()
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		n.style = '|'
		if y.Style&yaml.FoldedStyle != 0 {
			n.style = '>'
		}
		s.block(value)
	default:
		if y.Anchor != "" {
			return
		}
		s.plain(len(value))
	}
	n.trusted = string(s.value) == y.Value && len(s.marks) > 0
	n.to = s.pos
	if n.trusted {
		n.marks = s.marks
		return
	}
	// The scalar's beginning is all that is certain.
	n.to = min(n.from+1, r.src.line(y.Line).to)
}

func (r reader) syntaxError(err error) {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		r.report(yamlSyntax, span{}, "the text is no YAML")
		return
	}
	if !strings.Contains(load.ContextMsg, "block") { // which may begin anywhere above
		r.begun = load.ContextMark.Line
	}
	at, line := r.src.offset(load.Mark.Line, load.Mark.Column), load.Mark.Line
	if strings.Contains(load.Message, "end of stream") && load.ContextMark.Line > 0 {
		at, line = r.src.offset(load.ContextMark.Line, load.ContextMark.Column), load.ContextMark.Line
	}
	switch {
	case strings.Contains(load.Message, "max depth"):
		r.report(tooDeep, span{at, at}, maxDepth)
	case strings.Contains(load.Message, "unknown anchor"):
		name := strings.Split(load.Message, "'")
		r.report(yamlAlias, span{at, at + 1}, name[min(1, len(name)-1)]).suggest("quote the value, if it is no alias")
	default:
		t := trap{findings: r.findings, at: at, message: load.Message, line: line}
		t.explain()
	}
}
