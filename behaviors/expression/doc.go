// Package expression evaluates the expressions of behaviors: expr-lang's syntax
// and parser, with a checker and an evaluator of our own.
//
// Compile parses an expression and walks its tree once. The walk finds every
// problem, follows secrets, collects the payload paths that are read, and
// yields a closure a node. Eval runs the closures against a Frame, within a
// budget of operations, memory and time that the evaluator counts by itself.
//
// Missing is nil and nil propagates; an integer within 64 bits never wraps; a
// value is plain data (nil, bool, int64, *big.Int, float64, string, []byte,
// time.Time, time.Duration, []any, map[string]any, Secret, Object). Results may
// share structure, so that whoever walks one does so with a Walker, which has a
// budget too.
//
// The package is pure: no I/O, no clock, no randomness.
package expression
