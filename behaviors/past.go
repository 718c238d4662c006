package behaviors

// past is what is certain of every way that leads past a place of the steps.
// Where steps run only under a condition it is put back behind them.
type past struct {
	verb  string // what has answered: a respond, or a choose whose every branch does
	line  int    // of it; 0: an answer is not certain
	ended bool   // nobody comes past: the run has ended
}

// answers notes a respond, which is never sent where an answer is certain before it.
func (c *compiler) answers(verb pair) {
	switch {
	case c.past.line == 0:
		c.past.verb = "respond"
		c.past.line, _ = c.src.position(verb.key.from)
	case c.past.verb == "choose":
		c.report(secondRespond, verb.key.span, c.past.verb, c.past.line).suggest("remove it, or leave a branch of the `choose` without an answer")
	default:
		c.report(secondRespond, verb.key.span, c.past.verb, c.past.line).suggest("remove it, or give the first one a `when`")
	}
}

// join is what is certain behind branches of a choose in the given line, of
// which one is taken.
func join(before past, branches []past, line int) past {
	answered, ended := true, true
	for _, b := range branches {
		answered = answered && (b.line > 0 || b.ended)
		ended = ended && b.ended
	}
	after := before
	after.ended = ended
	if answered && !ended && before.line == 0 {
		after.verb, after.line = "choose", line
	}
	return after
}
