package expression

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// What a class such as \pL costs: operations to merge it with others, and bytes.
const (
	classCost  = 5_000
	classBytes = 16 << 10
)

// classes counts those of Unicode's in a pattern.
func classes(text string) int { return strings.Count(text, `\p`) + strings.Count(text, `\P`) }

// patternCost is what it may cost at most to read a pattern, in operations. Three
// things in it take more time than its length says: classes of Unicode, and
// ranges in which each character is looked up in the other case. (Repetitions
// are counted once it is read.)
func patternCost(text string) int {
	cost := 10*len(text) + classes(text)*classCost
	if !ignoresCase(text) {
		return cost
	}
	for i := strings.IndexByte(text, '-'); i >= 0; {
		cost += 3 * foldedRange(text[i+1:])
		next := strings.IndexByte(text[i+1:], '-')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return cost
}

// ignoresCase tells whether a pattern may have the flag i somewhere.
func ignoresCase(text string) bool {
	for {
		_, rest, found := strings.Cut(text, "(?")
		if !found {
			return false
		}
		flags := len(rest) - len(strings.TrimLeft(rest, "imsU"))
		if strings.Contains(rest[:flags], "i") {
			return true
		}
		text = rest
	}
}

// lastFolded is the last character that has another case.
const lastFolded = 0x1e943

// foldedRange is how many characters a range may have that ends with what stands
// in front of a text.
func foldedRange(end string) int {
	if strings.HasPrefix(end, `\x{`) {
		return lastFolded
	}
	r, _ := utf8.DecodeRuneInString(end)
	return min(int(r), lastFolded)
}

// leastInstructions is how many a pattern has at least once its repetitions are
// written out.
func leastInstructions(re *syntax.Regexp) int {
	n := 0
	for _, sub := range re.Sub {
		n = min(n+leastInstructions(sub), maxInstructions+1)
	}
	switch re.Op {
	case syntax.OpLiteral:
		n = len(re.Rune)
	case syntax.OpRepeat:
		n *= max(re.Max, re.Min)
	case syntax.OpConcat:
	default:
		n++
	}
	return min(n, maxInstructions+1)
}
