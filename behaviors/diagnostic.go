package behaviors

import "github.com/deskhook/deskhook/behaviors/expression"

// Diagnostic is a finding in a behavior. Lines and columns count runes of the
// source text from 1; the end is exclusive.
type Diagnostic struct {
	Line       int                 `json:"line"`
	Column     int                 `json:"column"`
	EndLine    int                 `json:"end_line"`
	EndColumn  int                 `json:"end_column"`
	Severity   expression.Severity `json:"severity"`
	Code       string              `json:"code"`
	Message    string              `json:"message"`
	Suggestion string              `json:"suggestion"`
	Fixes      []Fix               `json:"fixes"`
}

// Fix is a mechanical repair of a diagnostic.
type Fix struct {
	Title string `json:"title"`
	Edits []Edit `json:"edits"`
}

// Edit replaces a range of the source.
type Edit struct {
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
	Text      string `json:"text"`
}

// Diagnostics are sorted by position, then severity.
type Diagnostics []Diagnostic

// HasErrors tells whether the source cannot be published.
func (ds Diagnostics) HasErrors() bool {
	for _, d := range ds {
		if d.Severity == expression.SeverityError {
			return true
		}
	}
	return false
}
