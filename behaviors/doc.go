// Package behaviors is the language: a YAML document becomes a program, and a
// program, a delivery and a journal become a decision. It is pure: no I/O, no
// clock, no randomness.
//
// [Compile] reads the document (node.go, yaml.go), checks and compiles it in
// one walk (document.go, steps.go, template.go) and reports every finding with
// its place in the source (diagnostic.go, codes.go; mapping.go knows where the
// runes of a scalar stand). A [Program] is immutable.
//
// For editors, [FormatSource] lays a document out anew by edits between its
// values, so that comments stay, and [Outline] says what it consists of.
//
// An [Evaluation] decides about one [Delivery]. [Evaluation.Admit] is what
// comes before anything is stored: preflights of cors, handshakes, accept, the
// caps, verify, dedupe. [Evaluation.CORS] is for every answer, whatever it is.
// [Evaluation.Advance] walks the steps from the top, takes from the [Journal]
// the outputs that are known, and stops at the first effect that is not: the
// runner executes it, journals its output, and asks again. So resuming after a
// crash, retrying, simulating and tracing are one function called again. A [Run]
// decides the same and goes on where it stopped.
//
// Three rules decide about the answer. While a respond can still be reached,
// the caller waits, and effects are inline. The first respond that runs is the
// answer. As soon as none can be reached and none ran, the empty answer goes
// out, and what remains is background. A run that fails before anything was asked
// for is in time to make it a 500.
//
// A step is known by its path: steps[2] is the third of the document, and what
// stands within it is steps[2].steps[0] in a group, steps[2].choose[1].steps[0]
// in the second branch of a choose, steps[2].on_error[0] in an on_error. A
// choose tells in its params which branch was taken, by the same number.
package behaviors

//go:generate go test ./reference -run ^TestReference$ -count 1 -update
