package expression

// Codes are those that a Problem or an Error may have. They are stable for ever.
func Codes() (problems, failures []string) {
	return []string{
			"argument-count", "bad-argument", "bad-pattern", "duplicate-key", "function-not-called", "internal", "method-call",
			"never-equal", "secret-leak", "shadowed-name", "syntax", "too-long", "type-mismatch", "unclosed-template",
			"unknown-field", "unknown-function", "unknown-name",
		}, []string{
			"bad-key", "budget-depth", "budget-memory", "budget-operations", "budget-time", "division-by-zero", "function", "internal",
			"not-finite", "not-json", "overflow", "pattern", "secret-leak", "secret-missing", "type",
		}
}
