package expression

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Nearest is the name most like the one that was written, or "" where none is
// near enough to be meant.
func Nearest(name string, names []string) string {
	best, nearest := utf8.RuneCountInString(name)/3+1, ""
	if len(name) < 2 || len(name) > maxSuggested {
		best = 0
	}
	for _, n := range slices.Sorted(slices.Values(names)) {
		if n == name {
			continue
		}
		if same := folded(name); same != "" && same == folded(n) {
			return n
		}
		if d := distance(strings.ToLower(name), strings.ToLower(n), best); d > 0 && (d < best || d == best && nearest == "") {
			best, nearest = d, n
		}
	}
	return nearest
}

// maxSuggested bounds the names that are compared, whose cost is their product.
const maxSuggested = 100

// folded is a name without what people write it differently by.
func folded(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
}

// distance counts edits (insert, delete, replace, swap of neighbours); anything
// above limit may come back as limit+1.
func distance(a, b string, limit int) int {
	ra, rb := []rune(a), []rune(b)
	if len(ra)-len(rb) > limit || len(rb)-len(ra) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(rb)+1), make([]int, len(rb)+1), make([]int, len(rb)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(ra); i++ {
		row[0] = i
		for j := 1; j <= len(rb); j++ {
			cost := 1
			if ra[i-1] == rb[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && ra[i-1] == rb[j-2] && ra[i-2] == rb[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(rb)]
}
