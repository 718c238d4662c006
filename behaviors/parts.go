package behaviors

import (
	"maps"
	"slices"
)

// partWords are the keys of the maps within a document and a step, by the key
// that such a map is the value of: those of `choose` and `inputs` are of what is
// listed there, those of `respond` also of `reject`.
var partWords = map[string][]Word{
	"inputs": {
		{"type", "What is filled in: text, number, boolean, choice, secret, json, list, email, url, or one of the host's pickers."},
		{"label", "What the listener's form calls it."},
		{"help", "A sentence below the field."},
		{"required", "Whether a listener must have a value."},
		{"default", "The value where the listener gives none."},
		{"options", "What can be chosen, of type choice."},
		{"generate", "Of a secret: whether a random one is made where none is given."},
		{"hosts", "Where a secret may be sent: a list of host names."},
	},
	"accept": {
		{"methods", "The HTTP methods that are accepted. Default: POST."},
		{"types", "The kinds of body: json, form, multipart, xml, text, binary. Default: any."},
		{"max_body", "The largest body, such as 64 KiB. Default: the plugin's limit."},
	},
	"verify": {
		{"check", "An expression that must be true."},
		{"reject", "The response to a request that is refused. Default: the provider's own, else 401."},
	},
	"deadline": {
		{"after", "How long a caller waits for a respond, such as 3s."},
		{"respond", "What is answered then. Default: the empty answer."},
	},
	"respond": {
		{"status", "The HTTP status. Default: 200."},
		{"headers", "A map of headers."},
		{"json", "A body of JSON: any value."},
		{"text", "A body of plain text."},
		{"html", "A body of HTML: what is interpolated is escaped by where it stands."},
		{"xml", "A body of XML: what is interpolated is escaped."},
		{"base64", "A body of bytes, in base64."},
		{"redirect", "A URL that the caller is sent to. Status: 303."},
	},
	"choose": {
		{"when", "An expression: the branch is taken where it is the first that holds. The last branch may be without."},
		{"steps", "What runs where the branch is taken."},
	},
	"log": {
		{"level", "debug, info, warn or error. Default: info."},
		{"text", "What the line says."},
	},
	"retry": {
		{"attempts", "How often an action is tried in all."},
		{"backoff", "The pause before the second attempt, such as 5s; it doubles from one to the next."},
		{"max", "The longest pause between two attempts."},
		{"ask", "Whether a person is asked, where a crash leaves open whether the call happened."},
	},
}

// Parts are the keys of the maps within a document and a step, by the key that
// such a map is the value of.
func Parts() map[string][]Word {
	parts := maps.Clone(partWords)
	for name, words := range parts {
		parts[name] = slices.Clone(words)
	}
	return parts
}
