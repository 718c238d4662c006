package behaviors

// Simulation is a dry run: nothing is touched.
type Simulation struct {
	Diagnostics Diagnostics     `json:"diagnostics"`
	Outcome     Outcome         `json:"outcome"`
	Cause       string          `json:"cause"`
	Response    *Response       `json:"response"`
	Steps       []SimulatedStep `json:"steps"`
	Trace       []TraceValue    `json:"trace"`
}

// SimulatedStep is a step with its parameters as they would be, secrets masked.
type SimulatedStep struct {
	Path    string         `json:"path"`
	Line    int            `json:"line"`
	Action  string         `json:"action"`
	State   StepState      `json:"state"`
	Params  map[string]any `json:"params"`
	Assumed bool           `json:"assumed"` // the output was the action's example
}

// TraceValue is a value of a sub-expression.
type TraceValue struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Kind   string `json:"kind"`
	Value  any    `json:"value"`
	N      int    `json:"n"`
}

// Simulate compiles and runs a behavior against one delivery. outputs gives a
// step's output by its `as` name or its path, a value or {error: text}; a
// missing one is the action's example.
func Simulate(source string, c *Catalog, d *Delivery, outputs map[string]any) *Simulation {
	panic("contract")
}
