package expression

// Code is a kind of Problem or Error, with what it means and what to do. Codes
// are stable for ever.
type Code struct {
	Code, Meaning, Remedy string
}

// Problems are the codes of what is found before anything runs.
func Problems() []Code {
	return []Code{
		{"argument-count", "a function is given too few arguments, or too many", "give it those of its signature"},
		{"bad-argument", "an argument that is written out and cannot be right, such as an order that is not desc", "write one that the function takes"},
		{"bad-pattern", "a regular expression that cannot be read, or is too large", "write it in the syntax of RE2; in a text a backslash is doubled"},
		{"duplicate-key", "the same key twice in a map", "keep one of them"},
		{"function-not-called", "the name of a function or of a namespace without a call", "call it; a field of that name is written as payload[\"name\"]"},
		{"internal", "a mistake of ours", "report it, with the expression"},
		{"method-call", "something else than a function is called", "call a function by its name: upper(x), not x.upper()"},
		{"never-equal", "a comparison that is false whatever arrives", "compare values of one kind"},
		{"secret-leak", "a secret where it could get out", "give it as a whole to a function or a parameter that takes a secret"},
		{"shadowed-name", "a `let` of a name that has a meaning already", "choose another name"},
		{"syntax", "this is no expression", "see Notation; a value that YAML may cut is best in single quotes or behind >-"},
		{"too-long", "the expression is longer than one may be", "divide it by `let`"},
		{"type-mismatch", "a value of the wrong kind", "convert it, by int(), float(), string() or date()"},
		{"unclosed-template", "a `${{` without its `}}`", "close it; $${{ is the text ${{"},
		{"unknown-field", "a field that is not there, or that none of the samples has", "look at a delivery for its name; a warning may be right about a rare field"},
		{"unknown-function", "a function that does not exist", "see Functions"},
		{"unknown-name", "a name that does not exist", "see Names; what arrived is in payload and request"},
	}
}

// Failures are the codes of what fails while an expression runs.
func Failures() []Code {
	return []Code{
		{"bad-key", "the key of `jwt` is of no kind that can be read", "store the text of a secret, or a public key in PEM"},
		{"budget-depth", "a value nests deeper than may be", "build flatter values"},
		{"budget-memory", "an expression, or the values of a delivery together, take more memory than they may", "take less of the payload: filter before map, truncate before +"},
		{"budget-operations", "an expression does more than it may", "go through a list once, not once for each of its items"},
		{"budget-time", "an expression takes longer than it may", "as for budget-operations"},
		{"division-by-zero", "a division by zero", "look first: n == 0 ? nil : sum / n"},
		{"function", "a function of the helpdesk's own failed", "its message says why"},
		{"internal", "a mistake of ours", "report it, with the delivery's id"},
		{"not-finite", "a number that JSON cannot hold", "keep numbers below 1.8e308"},
		{"not-json", "`fromJSON` was given something else than JSON", "use json(), which gives nil then"},
		{"overflow", "an integer beyond 64 bits, or a time or duration beyond what they hold", "calculate with float(); a large id only compares, sorts and prints"},
		{"pattern", "a regular expression that arrived cannot be read, or costs more than it may", "write the pattern out"},
		{"secret-leak", "a secret where it could get out", "give it as a whole to a function or a parameter that takes a secret"},
		{"secret-missing", "the value of a secret cannot be read just now", "set it again under Secrets, or restore the key"},
		{"type", "a value of the wrong kind", "convert it, or compare type(x) first"},
	}
}
