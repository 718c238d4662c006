// Package payload is what arrived: a Request, and one pass over its body.
//
// [Scan] checks a body once (grammar, UTF-8, caps of depth and number), whether
// or not anybody reads it. What is malformed is no error: the payload is nil, and
// [Body.Problem] says why.
//
//   - JSON: the pass notes where the values lie that a program reads, its [Paths].
//     A value is decoded when it is first asked for, and kept: most requests are
//     decided on five fields of a hundred.
//   - A form, or the query where there is no body: a map of texts; a name that is
//     repeated has the list of its texts.
//   - multipart/form-data: its texts are a map as a form's are; a part with a file
//     name is a [File], in [Body.Files] and not in the map. The bytes of a file
//     are those of the body.
//   - XML: a map by the names of the elements on top, decoded as a whole when it
//     is first read. An element is its text; or a map of its attributes (`@name`),
//     its elements and its text (`#text`); several of one name are a list. Names
//     keep their prefixes as they are written. A document type is refused.
//
// Values are nil, bool, int64, *big.Int (integers beyond 64 bits), float64,
// string, []any and map[string]any, and nothing else.
//
// The package is pure: it never changes the bytes that it is given, since
// signatures are computed over them, and it does no I/O.
package payload
