package behaviors

import "strings"

// layOut decides where each line begins, from the top. Comments wait for the line
// below them.
func (f *formatter) layOut() {
	if len(f.keys)+len(f.leaves) == 0 { // one value in brackets or quotes
		return
	}
	var comments []*lineLayout
	for n := 1; n < len(f.lines); n++ {
		l := &f.lines[n]
		switch {
		case l.within || l.blank || f.isMark(l):
		case l.comment:
			comments = append(comments, l)
		default:
			if !f.below[l.first] { // nothing ends between a key and the value below it
				f.comments(comments, l)
			}
			f.line(l)
			for _, c := range comments {
				if c.to < 0 {
					c.to = l.to
				}
			}
			comments = nil
		}
	}
	f.comments(comments, &lineLayout{})
}

// comments places those that stand further right than the line below them: they
// are the end of the list or map that they stand in.
func (f *formatter) comments(above []*lineLayout, below *lineLayout) {
	for _, c := range above {
		column := c.first - c.from
		if column <= below.first-below.from {
			continue
		}
		c.to = 0
		for _, l := range f.levels {
			if l.old <= column {
				c.to = l.to
			}
		}
	}
}

// isMark is true for `---` and `...`, which begin and end a document.
func (f *formatter) isMark(l *lineLayout) bool {
	mark, _, _ := strings.Cut(f.src.slice(l.span), " ")
	return mark == "---" || mark == "..."
}

// line lays out a line that begins with dashes, a key, or a value that stands
// below its key or dash.
func (f *formatter) line(l *lineLayout) {
	at := l.first
	begins := func(to int) {
		if at == l.first {
			l.to = to
		}
	}
	for f.isDash(at) {
		begins(f.level(listNode, f.column(at)))
		next := f.src.skipBlanks(at + 1)
		if next == l.span.to || f.src.at(next) == '#' {
			return
		}
		f.replace(span{at + 1, next}, " ")
		at = next
	}
	if p, ok := f.keys[at]; ok {
		to := f.level(mapNode, f.column(at))
		begins(to)
		f.pair(p, to)
		return
	}
	n := f.leaves[at]
	if n == nil || len(f.levels) == 0 {
		f.refuse(at, "what stands here", "write `key: value`")
		return
	}
	to := f.levels[len(f.levels)-1].to + indentBy
	begins(to)
	f.leaf(n, to)
}

func (f *formatter) isDash(at int) bool {
	next := f.src.at(at + 1)
	return f.src.at(at) == '-' && (isBlank(next) || isBreak(next) || at+1 == len(f.src.runes))
}

// level finds the list or map whose dashes or keys stand in a column of the
// source, and gives the column in which they go. A list may begin in the column
// of the key that it belongs to.
func (f *formatter) level(kind nodeKind, column int) int {
	last := len(f.levels) - 1
	for ; last >= 0; last-- {
		if l := f.levels[last]; l.old < column || l.old == column && (l.kind == kind || kind == listNode) {
			break
		}
	}
	f.levels = f.levels[:last+1]
	if last >= 0 && f.levels[last].old == column && f.levels[last].kind == kind {
		return f.levels[last].to
	}
	to := 0
	if last >= 0 {
		to = f.levels[last].to + indentBy
	}
	f.levels = append(f.levels, level{kind, column, to})
	return to
}

// pair lays out what stands in the line of a key.
func (f *formatter) pair(p pair, to int) {
	colon := f.src.skipBlanks(p.key.to)
	if f.src.at(colon) != ':' {
		f.refuse(p.key.from, "this key", "write `key: value`")
		return
	}
	f.replace(span{p.key.to, colon}, "")
	if !f.isBeside(p) {
		return
	}
	n, gap := p.value, f.gaps[p.key.from]
	f.replace(span{colon + 1, n.from}, spaces(gap))
	f.leaf(n, to+p.key.to-p.key.from+len(":")+gap)
}

// leaf lays out a value that begins in a column of the tidy form. The lines with
// which it goes on move with it where they stand behind its beginning, else with
// what it belongs to.
func (f *formatter) leaf(n *node, to int) {
	f.quotes(n)
	if n.style == '|' || n.style == '>' {
		f.text(n)
		return
	}
	owner, column := f.levels[len(f.levels)-1], f.column(n.from)
	first, last := f.extent(n)
	for line := first + 1; line <= last; line++ {
		l := &f.lines[line]
		if l.blank {
			continue
		}
		moved, least := owner.to-owner.old, owner.to+indentBy
		if l.first-l.from >= column {
			moved = to - column
		}
		if n.kind != scalarNode && strings.ContainsRune("]}", f.src.at(l.first)) {
			least = owner.to
		}
		l.to = max(l.first-l.from+moved, least)
	}
}

// text lays out the lines of a block scalar. One that says in a number how far
// they are indented keeps that.
func (f *formatter) text(n *node) {
	owner := f.levels[len(f.levels)-1]
	first, last := f.extent(n)
	lines := f.lines[first+1 : last+1]
	indent := maxSource // of the text; where there is none, blanks are no text
	for _, l := range lines {
		if l.first < l.span.to {
			indent = l.first - l.from - leadingSpaces([]rune(n.text))
			break
		}
	}
	by := indentBy
	header, _, _ := strings.Cut(f.src.slice(span{n.from, f.lines[first].span.to}), "#")
	if strings.ContainsAny(header, "123456789") {
		by = indent - owner.old
	}
	for i := range lines {
		l := &lines[i]
		if l.first == l.span.to && l.first-l.from <= indent {
			l.to = 0
		} else {
			l.to = l.first - l.from + owner.to + by - indent
		}
	}
}
