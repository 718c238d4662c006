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
	From, To   int
	Severity   Severity
	Code       string // one of Problems
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
	Code     string // one of Failures, or what a function that is given says, such as unchecked
	Message  string

	beyondHeld bool // a frame held too much
}

// Error is the message.
func (e *Error) Error() string { return e.Message }
