package payload

// Key is one step of a path into a payload: a name of a map, or a position in
// a list.
type Key struct {
	Name  string
	Index int  // from 0
	List  bool // true: Index counts, not Name
}

// Limits bound what a body may cost to decode.
type Limits struct {
	Depth      int // nesting
	Values     int // scalars, lists and maps together
	FormFields int
}

// DefaultLimits are the language's.
var DefaultLimits = Limits{Depth: 100, Values: 100_000, FormFields: 1_000}

// LimitError is a body that is beyond a limit. The caller gets 400, too_complex.
type LimitError struct {
	What string // "depth", "values", "form fields"
	Max  int
}

// Error says which limit.
func (e *LimitError) Error() string { panic("contract") }
