package payload

import "fmt"

// Limits bound what a body may cost to decode.
type Limits struct {
	Depth      int // nesting of lists and maps
	Values     int // scalars, lists and maps together; names are not counted. Of XML: elements and attributes
	FormFields int // of a form, or of the query where there is no body; texts of a multipart body
	Files      int // of a multipart body. Its texts are form fields: a mail has one for each of its header lines
}

// DefaultLimits are the language's.
var DefaultLimits = Limits{Depth: 100, Values: 100_000, FormFields: 1_000, Files: 100}

// LimitError is a body that is beyond a limit. The caller gets 400, too_complex.
type LimitError struct {
	What string // "depth", "values", "form fields", "files", "parts", "bytes in the header of a part"
	Max  int
}

// Error says which limit.
func (e *LimitError) Error() string {
	if e.What == "depth" {
		return fmt.Sprintf("body is nested deeper than %d levels", e.Max)
	}
	return fmt.Sprintf("body has more than %d %s", e.Max, e.What)
}
