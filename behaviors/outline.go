package behaviors

import (
	"fmt"
	"slices"
	"strings"
)

// OutlineItem is a line of a document's outline: a key of the document, or what
// stands below one. Lines and columns are those of a diagnostic.
type OutlineItem struct {
	// Kind is, at the top, the key itself (inputs, let, verify, steps, …), and below
	// it input, name (of a let), handshake, step, branch (of a choose) or on_error.
	Kind   string `json:"kind"`
	Label  string `json:"label"`  // the key; of a step its name, or else its verb
	Detail string `json:"detail"` // more of it in a few words, or ""
	// Path of a step, such as steps[2].each[].steps[0], or "".
	Path      string        `json:"path"`
	Line      int           `json:"line"`
	Column    int           `json:"column"`
	EndLine   int           `json:"end_line"`
	EndColumn int           `json:"end_column"`
	Children  []OutlineItem `json:"children"`
}

// Outline is the tree of a document, whether or not it compiles. Lines that are
// no YAML are passed over; of a text that is none at all nothing is left.
func Outline(source string) []OutlineItem {
	root, src := readable(source)
	items := []OutlineItem{}
	if root == nil {
		return items
	}
	o := outliner{src, newSource(strings.TrimPrefix(source, byteOrderMark))}
	for _, p := range root.pairs {
		if p.key.text != "" { // "" has no name to show
			items = append(items, o.key(p))
		}
	}
	return items
}

// readable reads a document as far as it can be: what is no YAML is repaired on
// a copy where the finding knows how, or else its line is taken away. No line gets
// another number.
func readable(text string) (*node, *source) {
	repaired := map[int]bool{}
	for range maxRepairs {
		root, found := parse(text)
		if root != nil {
			return root, found.src
		}
		copied, line, ok := found.repair()
		if !ok || repaired[line] || found.begun > 0 && found.begun != line {
			copied, ok = found.withoutLine()
		}
		if !ok {
			break
		}
		repaired[line] = true
		text = copied
	}
	return nil, nil
}

// withoutLine is the text without the line in which what could not be read begins.
func (f *findings) withoutLine() (text string, ok bool) {
	line := f.begun
	if line == 0 {
		line, _ = f.src.position(f.found[0].at.from)
	}
	at := f.src.line(line)
	return f.src.slice(span{0, at.from}) + f.src.slice(span{at.to, len(f.src.runes)}), at.from < at.to
}

// outliner knows the text that was read, and the one that was sent: where a line
// was repaired they differ.
type outliner struct{ src, sent *source }

func (o outliner) item(kind, label, detail string, at span) OutlineItem {
	i := OutlineItem{Kind: kind, Label: cut(label), Detail: detail, Children: []OutlineItem{}}
	i.Line, i.Column = o.position(at.from)
	i.EndLine, i.EndColumn = o.position(max(at.from, at.to))
	return i
}

func (o outliner) position(offset int) (line, column int) {
	line, column = o.src.position(offset)
	at := o.sent.line(line)
	return line, min(column, at.to-at.from+1)
}

// pair is an item for a key with its value.
func (o outliner) pair(kind string, p pair, detail string) OutlineItem {
	return o.item(kind, p.key.text, detail, span{p.key.from, max(p.key.to, p.value.to)})
}

func (o outliner) key(p pair) OutlineItem {
	i := o.pair(p.key.text, p, brief(p.value))
	switch p.key.text {
	case "inputs":
		for _, in := range p.value.pairs {
			i.Children = append(i.Children, o.pair("input", in, brief(in.value.get("type"))))
		}
	case "let":
		for _, name := range p.value.pairs {
			i.Children = append(i.Children, o.pair("name", name, brief(name.value)))
		}
	case "verify":
		i.Detail = brief(orNode(p.value.get("check"), p.value))
	case "deadline":
		i.Detail = brief(orNode(p.value.get("after"), p.value))
	case "handshake":
		for n, entry := range p.value.items {
			child := o.item("handshake", "handshake", brief(entry.get("when")), entry.span)
			child.Children = o.steps("steps", entry.get("steps"), fmt.Sprintf("handshake[%d].", n))
			i.Children = append(i.Children, child)
		}
	case "steps":
		i.Children = o.steps("steps", p.value, "")
	}
	return i
}

func (o outliner) steps(key string, list *node, prefix string) []OutlineItem {
	items := []OutlineItem{}
	if list == nil {
		return items
	}
	for n, step := range list.items {
		items = append(items, o.step(step, fmt.Sprintf("%s%s[%d]", prefix, key, n)))
	}
	return items
}

func (o outliner) step(n *node, path string) OutlineItem {
	verb := doing(n)
	if verb.key == nil {
		i := o.item("step", "step", brief(n.get("when")), n.span)
		i.Path = path
		return i
	}
	i := o.item("step", verb.key.text, o.what(n, verb), n.span)
	i.Path = path
	if name := brief(n.get("name")); name != "" {
		i.Label, i.Detail = name, strings.TrimSpace(verb.key.text+" "+i.Detail)
	}
	switch v := verb.value; verb.key.text {
	case "steps":
		i.Children = o.steps("steps", v, path+".")
	case "each":
		i.Children = o.steps("steps", v.get("steps"), path+".each[].")
	case "choose":
		for b, entry := range v.items {
			label := "when"
			if entry.get("when") == nil {
				label = "otherwise"
			}
			branch := o.item("branch", label, brief(entry.get("when")), entry.span)
			branch.Children = o.steps("steps", entry.get("steps"), fmt.Sprintf("%s.choose[%d].", path, b))
			i.Children = append(i.Children, branch)
		}
	}
	for _, p := range n.pairs {
		if p.key.text == "on_error" {
			handler := o.pair("on_error", p, brief(p.value))
			handler.Children = o.steps("on_error", p.value, path+".")
			i.Children = append(i.Children, handler)
		}
	}
	return i
}

// doing is what a step does, known or not: the first key that is no modifier,
// but for one that certainly is no verb where there is another.
func doing(n *node) (verb pair) {
	for _, p := range n.pairs {
		key := p.key.text
		switch {
		case slices.Contains(modifierNames, key):
		case slices.Contains(verbNames, key) || strings.Contains(key, "."):
			return p
		case verb.key == nil:
			verb = p
		}
	}
	return verb
}

// what tells more of a step: what it says, binds or walks through, or else when
// it is done.
func (o outliner) what(n *node, verb pair) string {
	detail := brief(verb.value)
	switch verb.key.text {
	case "respond":
		detail = brief(verb.value.get("status"))
	case "let":
		names := make([]string, len(verb.value.pairs))
		for i, p := range verb.value.pairs {
			names[i] = p.key.text
		}
		detail = cut(strings.Join(names, ", "))
	case "each":
		detail = brief(verb.value.get("in"))
	case "wait":
		detail = brief(orNode(verb.value.get("until"), verb.value))
	case "log":
		detail = brief(orNode(verb.value.get("text"), verb.value))
	}
	if as := brief(n.get("as")); as != "" {
		return strings.TrimSpace(detail + " as " + as)
	}
	if when := brief(n.get("when")); detail == "" && when != "" {
		return "when " + when
	}
	return detail
}

func orNode(n, otherwise *node) *node {
	if n != nil {
		return n
	}
	return otherwise
}

// brief is the beginning of a scalar's text; of anything else it is empty.
func brief(n *node) string {
	if n == nil || n.kind != scalarNode {
		return ""
	}
	return cut(strings.TrimSpace(n.text))
}
