package behaviors

import (
	"slices"
	"strings"
)

// maxRepairs is how many syntax errors of a document are looked behind.
const maxRepairs = 20

// behindSyntax finds what else is wrong with a document that is no YAML. Most
// such documents lack quotes somewhere, and the finding knows the edit: so it is
// made on a copy, and what that copy's compiler says of other lines holds for
// the document as well, as the edit adds no line.
func behindSyntax(c *Catalog, o Options, found *findings) Diagnostics {
	all := found.diagnostics()
	last := found
	repaired := map[int]bool{}
	for range maxRepairs {
		copied, line, ok := last.repair()
		if !ok || repaired[line] {
			break
		}
		repaired[line] = true
		root, next := parse(copied)
		if root != nil {
			_, next = compileSource(copied, c, o)
		}
		all = append(all, slices.DeleteFunc(next.diagnostics(), func(d Diagnostic) bool {
			return repaired[d.Line] || repaired[d.EndLine]
		})...)
		if root != nil {
			break
		}
		last = next
	}
	all.sort()
	return all[:min(len(all), maxDiagnostics)]
}

// repair makes the edit of the only finding, if it stays within a line.
func (f *findings) repair() (text string, line int, ok bool) {
	if len(f.found) != 1 || len(f.found[0].fixes) != 1 {
		return "", 0, false
	}
	edits := f.found[0].fixes[0].edits
	if len(edits) != 1 {
		return "", 0, false
	}
	r := edits[0]
	line, _ = f.src.position(r.at.from)
	end, _ := f.src.position(r.at.to)
	if end != line || strings.ContainsAny(r.text, "\r\n") || r.text == "" {
		return "", 0, false
	}
	runes := f.src.runes
	return string(runes[:r.at.from]) + r.text + string(runes[r.at.to:]), line, true
}
