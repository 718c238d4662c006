package behaviors

import (
	"fmt"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// maxText is how much of the text of a log, a stop or a fail is kept, in bytes.
const maxText = 4 << 10

// logLevel is declared as an action's parameter is, so that it is checked alike.
var logLevel = ParamSpec{Name: "level", Type: text, Options: []string{"debug", "info", "warn", "error"}, Default: "info"}

// phrase compiles a text that must be there.
func (c *compiler) phrase(key string, n *node) value {
	if n.null() && n.tag == "" && !c.cutShort(n, key) {
		c.wrong(n.span, key, "text", n.describe()).suggest("write a text")
	}
	return c.value(n, wanted{label: key, kind: expression.Text})
}

// log is a text, or {level, text}. Without a level it is info.
func (c *compiler) log(s *step, verb pair) {
	n := verb.value
	if n.kind != mapNode {
		s.text = c.phrase("log", n)
		return
	}
	given := false
	for _, p := range c.keys("`log`", n, partNames["log"]...) {
		if p.key.text == "level" {
			s.level = c.value(p.value, wanted{label: "level", kind: expression.Text, options: logLevel.Options})
			continue
		}
		given = true
		s.text = c.phrase("text", p.value)
	}
	if !given {
		c.report(missingKey, verb.key.span, "text", "`log`").suggest("add it")
	}
}

// log gives a line of the run's log as the step's params. It stays there: a
// text may hold what only those may see who may see payloads.
func (e *Evaluation) log(s *step) (map[string]any, error) {
	w := expression.NewWalker(expression.Limits{})
	level, err := e.value(&s.level, w)
	if err == nil {
		level, err = logLevel.convert(level, w)
	}
	if err != nil {
		return nil, fmt.Errorf("level: %w", err)
	}
	if level == nil {
		level = logLevel.Default
	}
	line, err := e.phrase(&s.text, w)
	if err != nil {
		return nil, err
	}
	return map[string]any{"level": level, "text": line}, nil
}

// phrase evaluates a text as interpolation prints it, cut to what is kept of it.
func (e *Evaluation) phrase(v *value, w *expression.Walker) (string, error) {
	x, err := e.value(v, w)
	if err != nil {
		return "", err
	}
	text, err := w.Text(x)
	if err != nil {
		return "", err
	}
	if len(text) > maxText {
		text = cutBytes(text, maxText-len("…")) + "…"
	}
	return text, e.frame.Hold(len(text))
}
