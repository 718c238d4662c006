package behaviors

import (
	"fmt"
	"strconv"
	"time"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// Limit is a bound of the language, in words.
type Limit struct {
	What, Value string
	Past        string // what happens beyond it
}

// Limits are the bounds of the language. What the plugin's settings say is not
// among them.
func Limits() []Limit {
	e, p := expression.DefaultLimits, payload.DefaultLimits
	const tooComplex = "400, `too_complex`"
	return []Limit{
		{"document", size(maxSource), "`too-large`"},
		{"nesting of the document", count(maxDepth), "`too-deep`"},
		{"findings of a check", count(maxDiagnostics), "`more-findings`"},
		{"samples of a check", count(MaxSamples), "the others are not read"},
		{"nesting of the body", count(p.Depth), tooComplex},
		{"values in the body", count(p.Values), tooComplex},
		{"fields of a form", count(p.FormFields), tooComplex},
		{"files of a multipart body", count(p.Files), tooComplex},
		{"operations of an expression", count(e.Operations), "`budget-operations`"},
		{"memory of an expression", size(e.Memory), "`budget-memory`"},
		{"memory of the values of a delivery", size(e.Held), "`budget-memory`"},
		{"nesting of a value", count(e.Depth), "`budget-depth`"},
		{"time of an expression", e.Time.String(), "`budget-time`"},
		{"items of an `each`", count(maxItems), "the step fails"},
		{"`wait`", days(maxWait), "`bad-duration`, or the step fails"},
		{"`limit.running`", count(maxRunning), "`bad-count`"},
		{"`retry.attempts`", count(maxAttempts), "`bad-count`"},
		{"text of a `log`, `stop` or `fail`", size(maxText), "it is cut"},
		{"headers of a `respond`", size(MaxAnswerHeader), "the step fails"},
		{"body of a `respond`", size(e.Memory), "the step fails"},
		{"value of a `keep`", size(maxKept), "the handshake fails"},
		{"rules of a policy", count(maxRules), "it is refused"},
	}
}

// count is a number as people write it.
func count(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// size is a number of bytes that is a round one.
func size(n int) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}

func days(d time.Duration) string { return fmt.Sprintf("%d days", d/(24*time.Hour)) }
