// Package behaviors is the language: a YAML document becomes a program, and a
// program, a delivery and a journal become a decision. It is pure: no I/O, no
// clock, no randomness.
//
// [Compile] reads the document (node.go, yaml.go), checks and compiles it in
// one walk (document.go, steps.go, template.go) and reports every finding with
// its place in the source (diagnostic.go, codes.go; mapping.go knows where the
// runes of a scalar stand). A [Program] is immutable.
//
// An [Evaluation] decides about one [Delivery]. [Evaluation.Admit] is what
// comes before anything is stored: accept, the caps, verify, dedupe.
// [Evaluation.Advance] walks the steps from the top, takes from the [Journal]
// the outputs that are known, and stops at the first effect that is not: the
// runner executes it, journals its output, and asks again. So resuming after a
// crash, retrying, simulating and tracing are one function called again.
//
// Three rules decide about the answer. While a respond can still be reached,
// the caller waits, and effects are inline. The first respond that runs is the
// answer. As soon as none can be reached and none ran, the empty answer goes
// out, and what remains is background.
package behaviors
