package expression

// Severity of a problem or diagnostic.
type Severity string

// Severities.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Problem is one finding in an expression. From and To are rune offsets into
// its source, To exclusive.
type Problem struct {
	From, To int
	Severity Severity
	// Code is kebab-case and stable for ever: argument-count, bad-argument,
	// bad-pattern, duplicate-key, function-not-called, internal, method-call,
	// never-equal, secret-leak, shadowed-name, syntax, too-long, type-mismatch,
	// unclosed-template, unknown-field, unknown-function, unknown-name.
	Code       string
	Message    string
	Suggestion string
	Fixes      []Fix
}

// Fix is an edit of the expression's source that mends a problem.
type Fix struct {
	Title    string
	From, To int
	Text     string
}

// Error is a failure while an expression runs. It names a place and never
// prints a value.
type Error struct {
	// At is not 0 where the failure happened inside a let: the Lazy.At of it.
	// From and To are runes of that expression then.
	At       int
	From, To int
	// Code is stable for ever: budget-depth, budget-memory, budget-operations,
	// budget-time, bad-key (of jwt), division-by-zero, function (a host's function failed),
	// internal, not-finite, not-json, overflow, pattern, secret-leak,
	// secret-missing, type, unchecked (a signature, just now).
	Code    string
	Message string

	beyondHeld bool // a frame held too much
}

// Error is the message.
func (e *Error) Error() string { return e.Message }
