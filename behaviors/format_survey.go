package behaviors

// survey notes what stands where, and refuses what is not laid out.
func (f *formatter) survey(root *node) {
	f.keys, f.leaves, f.gaps, f.below = map[int]pair{}, map[int]*node{}, map[int]int{}, map[int]bool{}
	f.lines = make([]lineLayout, len(f.src.lines)+1)
	for n := 1; n < len(f.lines); n++ {
		at := f.src.line(n)
		first := f.src.skipBlanks(at.from)
		f.lines[n] = lineLayout{span: at, first: first, to: -1, blank: first == at.to, comment: f.src.at(first) == '#'}
	}
	f.note(root, root.kind != scalarNode && root.style == 0)
}

// note notes a value; inBlock is false within brackets, where `[a: b]` is a map
// without any of its own.
func (f *formatter) note(n *node, inBlock bool) {
	isLeaf := !inBlock || n.kind == scalarNode || n.style != 0
	switch {
	case n.tag != "":
		f.refuse(n.from, "a value with a tag", "remove the tag, or put the value in quotes")
	case n.missing():
		return
	case n.kind == scalarNode && !n.trusted:
		f.refuse(n.from, "a value whose end cannot be told", "write it in quotes")
	case isLeaf:
		f.noteLines(n)
		if inBlock {
			f.leaves[n.from] = n
		}
	}
	if inBlock && f.lines[f.lineOf(n.from)].first == n.from {
		f.below[n.from] = true
	}
	for _, item := range n.items {
		f.note(item, !isLeaf)
	}
	for _, p := range n.pairs {
		if !isLeaf {
			f.keys[p.key.from] = p
		}
		f.note(p.key, false)
		f.note(p.value, !isLeaf)
	}
	if !isLeaf {
		f.noteGaps(n.pairs)
	}
}

// noteLines notes the lines with which a value goes on.
func (f *formatter) noteLines(n *node) {
	first, last := f.extent(n)
	for line := first + 1; line <= last; line++ {
		l := &f.lines[line]
		l.within = true
		switch n.style {
		case '|', '>':
			l.kept = true
			for l.first = l.from; f.src.at(l.first) == ' '; l.first++ { // a tab is text
			}
		case '"', '\'':
			f.lines[line-1].kept = true
		}
	}
}

// noteGaps finds how many spaces stand between each key's colon and its value.
// Values that begin in the same column, with no blank line between them, go on
// doing so.
func (f *formatter) noteGaps(pairs []pair) {
	gap := func(p pair) int { return p.value.from - p.key.to - len(":") }
	for len(pairs) > 0 {
		end, least := 1, gap(pairs[0])
		for end < len(pairs) && f.isBelow(pairs[end], pairs[end-1]) {
			least = min(least, gap(pairs[end]))
			end++
		}
		for _, p := range pairs[:end] {
			f.gaps[p.key.from] = gap(p) - least + 1
		}
		pairs = pairs[end:]
	}
}

// isBelow tells whether two values stand beside their keys, in the same column.
func (f *formatter) isBelow(p, above pair) bool {
	line := f.lineOf(p.key.from)
	_, end := f.extent(above.value)
	for end++; end < line && f.lines[end].comment; end++ {
	}
	return end == line && f.isBeside(p) && f.isBeside(above) && f.column(p.value.from) == f.column(above.value.from)
}

func (f *formatter) isBeside(p pair) bool {
	return !p.value.missing() && f.lineOf(p.value.from) == f.lineOf(p.key.from)
}

func (f *formatter) refuse(at int, what, suggestion string) {
	f.report(notFormatted, span{at, at + 1}, what+" is not laid out").suggest(suggestion)
}
