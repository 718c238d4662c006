// Package payload is what arrived: a Request, and one pass over its body.
//
// [Scan] checks a JSON body once (grammar, UTF-8, caps of depth and number) and
// notes where the values lie that a program reads, its [Paths]. A value is
// decoded when it is first asked for, and kept: most requests are decided on
// five fields of a hundred. A form, or the query where there is no body, is a
// map of texts.
//
// Values are nil, bool, int64, *big.Int (integers beyond 64 bits), float64,
// string, []any and map[string]any, and nothing else.
//
// The package is pure: it never changes the bytes that it is given, since
// signatures are computed over them, and it does no I/O.
package payload
