package behaviors

// block reads a literal (|) or folded (>) scalar. Its indentation is deduced by
// comparing the first line that is not blank with the value's.
func (r *scalarReader) block(value []rune) {
	folded := r.src.at(r.pos) == '>'
	for r.pos < len(r.src.runes) && !isBreak(r.src.at(r.pos)) {
		r.pos++
	}
	r.lineBreak()
	b := blockReader{scalarReader: r, folded: folded, length: len(value)}
	b.indent = b.indentation() - leadingSpaces(value)
	b.read()
}

func leadingSpaces(value []rune) int {
	n := 0
	for _, c := range value {
		switch c {
		case '\n':
			n = 0
		case ' ':
			n++
		default:
			return n
		}
	}
	return n
}

type blockReader struct {
	*scalarReader
	folded bool
	indent int
	length int   // of the value: blank lines behind it are chomped
	breaks []int // offsets of line breaks that were read and not emitted yet
}

// indentation of the first line that is not blank.
func (b *blockReader) indentation() int {
	n := 0
	for i := b.pos; ; i++ {
		switch {
		case isBreak(b.src.at(i)):
			n = 0
		case b.src.at(i) == ' ':
			n++
		default:
			return n
		}
	}
}

func (b *blockReader) read() {
	first, moreBefore := true, false
	for len(b.value) < b.length && b.pos < len(b.src.runes) {
		stripped := 0
		for stripped < b.indent && b.src.at(b.pos) == ' ' {
			b.pos++
			stripped++
		}
		if isBreak(b.src.at(b.pos)) {
			b.breaks = append(b.breaks, b.pos)
			b.lineBreak()
			continue
		}
		more := isBlank(b.src.at(b.pos))
		joined := b.folded && !first && !moreBefore && !more
		if stripped < b.indent || len(b.value)+b.width(joined) >= b.length {
			break // the scalar is over: what is left of it is line breaks
		}
		b.fold(joined)
		b.flush()
		for b.pos < len(b.src.runes) && !isBreak(b.src.at(b.pos)) {
			b.emit(b.src.at(b.pos), b.pos)
			b.pos++
		}
		if b.pos < len(b.src.runes) {
			b.breaks = append(b.breaks, b.pos)
			b.lineBreak()
		}
		first, moreBefore = false, more
	}
	end := b.pos
	if len(b.breaks) > 0 {
		end = b.breaks[0]
	}
	b.breaks = b.breaks[:max(0, min(len(b.breaks), b.length-len(b.value)))]
	b.flush()
	b.pos = max(end, b.ended()) // and not in the next line's indentation
	b.finish(b.pos)
}

// fold joins two lines of a folded scalar: a single break becomes a space, of
// several the first one goes.
func (b *blockReader) fold(joined bool) {
	switch {
	case joined && len(b.breaks) == 1:
		b.emit(' ', b.breaks[0])
		b.breaks = b.breaks[:0]
	case joined && len(b.breaks) > 1:
		b.breaks[1] = b.breaks[0]
		b.breaks = b.breaks[1:]
	}
}

// width is how many runes the breaks give.
func (b *blockReader) width(joined bool) int {
	if joined && len(b.breaks) > 1 {
		return len(b.breaks) - 1
	}
	return len(b.breaks)
}

// flush emits the breaks that were read.
func (b *blockReader) flush() {
	for _, at := range b.breaks {
		b.emit('\n', at)
	}
	b.breaks = b.breaks[:0]
}

// ended is the offset behind the last rune that was emitted.
func (b *blockReader) ended() int {
	if len(b.value) == 0 {
		return b.pos
	}
	return b.marks.source(len(b.value)-1) + 1
}
