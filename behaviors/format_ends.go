package behaviors

import "regexp"

// ends takes away blanks at the ends of lines, and blank lines at the beginning,
// at the end, and behind another; it gives the last line a break.
func (f *formatter) ends() {
	last := len(f.lines) - 1
	for last > 0 && f.lines[last].blank && !f.lines[last].within {
		last--
	}
	isBehindBlank := true
	for n := 1; n < len(f.lines); n++ {
		l := f.lines[n]
		isBlank := l.blank && !l.within
		switch {
		case isBlank && (isBehindBlank || n > last) && n+1 < len(f.lines):
			f.replace(span{l.from, f.lines[n+1].from}, "")
		case !l.kept:
			f.trim(l.span)
		}
		isBehindBlank = isBlank
	}
	if l := f.lines[last]; last == len(f.lines)-1 && !l.kept {
		f.replace(span{l.span.to, l.span.to}, f.lineBreak())
	}
}

func (f *formatter) trim(line span) {
	from := line.to
	for from > line.from && isBlank(f.src.at(from-1)) {
		from--
	}
	f.replace(span{from, line.to}, "")
}

// lineBreak is the document's own, or a line feed.
func (f *formatter) lineBreak() string {
	first := f.lines[1].span.to
	if len(f.lines) == 2 {
		return "\n"
	}
	return f.src.slice(span{first, f.lines[2].from})
}

// words that need no quotes: nowhere can they be read otherwise.
var plainWords = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$`)

// otherReadings are words that some YAML takes for null, true or false.
var otherReadings = regexp.MustCompile(`(?i)^(null|true|false|yes|no|on|off|y|n)$`)

// quotes takes them away around plain words that nothing follows.
func (f *formatter) quotes(n *node) {
	if n.style != '"' && n.style != '\'' || !plainWords.MatchString(n.text) || otherReadings.MatchString(n.text) {
		return
	}
	if n.to-n.from != len(n.text)+2 || f.src.skipBlanks(n.to) != f.src.line(f.lineOf(n.from)).to {
		return // an escape, a folded line, a comment
	}
	f.replace(span{n.from, n.from + 1}, "")
	f.replace(span{n.to - 1, n.to}, "")
}
