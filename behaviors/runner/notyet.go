package runner

// NotYet are the parts of the language that programs may have and the runner
// cannot do yet, for behaviors.Vocabulary.
func NotYet() []string {
	return []string{"each.once", "handshake.keep", "handshake.steps", "limit", "on", "order_by", "wait"}
}
