package expression

// The differences that are meant, each with its reason. corpusCounts says how
// many expressions of the corpus show it.
const (
	ruleNil      = "a function or an operator with nil gives nil, and a condition reads it as false: payloads vary"
	ruleText     = "the text form of a list or a map is compact JSON, as in interpolation"
	ruleZero     = "a sign makes no negative zero, which would print as -0"
	ruleKeys     = "keys of a map are texts, as in JSON, and stand in their order"
	ruleRange    = "a slice that begins beyond the end is nil, as an index is"
	ruleFraction = "a fraction is no position: there is no item 2.5"
	ruleInteger  = "an integer is rounded to itself and stays an integer"
	ruleKind     = "a wrong kind that is not nil is an error, and no other value"
	ruleFinite   = "what JSON cannot hold is an error: dividing by zero, overflow"
	ruleUnequal  = "values of different kinds are not equal, which is a warning and no error"
	ruleUTF8     = "bytes that are no UTF-8 are no text"
	ruleJSON     = "an integer of a JSON text is an integer, as in a payload"
	ruleMissing  = "a member that is not there is nil, and no empty list"
	ruleStatic   = "expr refuses by its types what it would not come to evaluate, or what is false there: here that is at most a warning"
	ruleStack    = "expr's findLast and findLastIndex leave the predicate's value on the stack, where others take it for theirs"
)

// errorsOfRules are the rules that make an error, with the codes that it may have here.
var errorsOfRules = map[string][]string{
	ruleKind:     {"type"},
	ruleFraction: {"type"},
	ruleUTF8:     {"type"},
	ruleFinite:   {"division-by-zero", "not-finite", "overflow"},
}

// corpusLines is how many expressions expr 1.17.8 ships.
const corpusLines = 43_689

// corpusCounts are the expressions that give the same, that fail on both sides,
// and that show each of the rules; one may show several.
var corpusCounts = map[string]int{
	"same":                          25338,
	"both fail":                     6116,
	ruleNil:                         315,
	ruleText:                        445,
	ruleZero:                        15,
	ruleKeys:                        1119,
	ruleRange:                       6,
	ruleFraction:                    6,
	ruleInteger:                     469,
	ruleKind:                        681,
	ruleFinite:                      112,
	ruleUnequal:                     702,
	ruleUTF8:                        7,
	ruleJSON:                        9,
	ruleMissing:                     379,
	ruleStatic:                      1785,
	ruleStack:                       92,
	refusals["$env"]:                16389,
	refusals["unknown-name"]:        2,
	refusals["function-not-called"]: 3329,
	refusals["method-call"]:         1002,
	refusals["duplicate-key"]:       3075,
	refusals["unknown-field"]:       3335,
	refusals["unknown-function"]:    2,
	refusals["argument-count"]:      3,
	refusals["type-mismatch"]:       84,
}
