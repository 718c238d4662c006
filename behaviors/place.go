package behaviors

import "sort"

// place maps the runes of one expression to lines and columns. It stands by
// itself, so that a program need not keep its source.
type place struct {
	at    int // of the expression
	marks []mark
}

// mark: from the expression's rune on, positions run along a line.
type mark struct{ rune, line, column int }

func newPlace(src *source, marks mapping, exact bool) place {
	p := place{at: marks[0].source, marks: make([]mark, 0, len(marks))}
	for _, m := range marks {
		line, column := src.position(m.source)
		p.marks = append(p.marks, mark{m.value, line, column})
		if !exact {
			break
		}
	}
	return p
}

func (p place) position(offset int) (line, column int) {
	i := sort.Search(len(p.marks), func(i int) bool { return p.marks[i].rune > offset }) - 1
	if i < 0 {
		return 0, 0
	}
	m := p.marks[i]
	return m.line, m.column + offset - m.rune
}

// position of a rune of the expression at a place of the document.
func (p *Program) position(at, offset int) (line, column int) {
	i := sort.Search(len(p.places), func(i int) bool { return p.places[i].at >= at })
	if i == len(p.places) || p.places[i].at != at {
		return 0, 0
	}
	return p.places[i].position(offset)
}
