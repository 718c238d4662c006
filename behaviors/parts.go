package behaviors

import "strings"

// partWords are the keys of the maps within a document and a step, by the key
// that such a map is the value of: those of `choose`, `handshake` and `inputs` are
// of what is listed there, those of `respond` also of `reject`.
var partWords = map[string][]Word{
	"inputs": {
		{"type", aName, "What is filled in: " + strings.Join(inputTypeNames(), ", ") + ", or one of the host's pickers. Default: text.", ""},
		{"label", aText, "What the listener's form calls it. Default: the name.", ""},
		{"help", aText, "A sentence below the field.", ""},
		{"required", aFlag, "Whether a listener must have a value.", ""},
		{"default", "value", "The value where the listener gives none. A secret has none.", ""},
		{"options", "list of texts", "What can be chosen, of type choice.", ""},
		{"generate", aFlag, "Of a secret: whether a random one is made where none is given.", ""},
		{"hosts", "list of hosts", "Of a secret: where it may be sent, a list of host names.", ""},
	},
	"accept": {
		{"methods", "list of texts", "The HTTP methods that are accepted. Default: POST.", ""},
		{"types", "list of names", "The kinds of body: " + strings.Join(bodyKinds, ", ") + ", by the type that the request declares. Default: any.", ""},
		{"max_body", "size", "The largest body, such as 64 KiB. Default: the plugin's limit.", ""},
	},
	"cors": {
		{"origins", "list of origins", "Scheme, host and port of pages that may call, such as https://www.example.com, or * for all.", ""},
		{"headers", "list of texts", "Headers that such a page may send. Default: Content-Type.", ""},
		{"max_age", aDuration, "How long a browser may keep what a preflight was answered. Default: the browser's own.", ""},
	},
	"handshake": {
		{"when", anExpression, "An expression: the call is a set-up call where it is the first that holds.", ""},
		{"keep", "map of inputs to expressions", "Fills secret inputs that are still empty, and strikes the values from the stored request.", `
handshake:
  - when: request.headers["x-hook-secret"] != nil
    keep:
      token: request.headers["x-hook-secret"]
    respond: {headers: {X-Hook-Secret: "${{ request.headers['x-hook-secret'] }}"}}`},
		{"respond", aResponse, "The answer. Default: the empty answer.", ""},
		{"steps", someSteps, "What is done before it answers: log, and http.request in the name of an account.", `
handshake:
  - when: payload.type == "ping"
    steps:
      - log: "the provider asked whether we are there"
    respond: {text: pong}`},
	},
	"verify": {
		{"check", anExpression, "An expression that must be true.", `
verify:
  check: equal_secure(request.headers["x-token"], inputs.token)
  reject: {status: 403, text: wrong token}`},
		{"reject", aResponse, "The response to a request that is refused. Default: the provider's own, else 401.", ""},
	},
	"limit": {
		{"running", aNumber, "How many runs of a listener go on at once, from 1 to " + count(maxRunning) + ".", ""},
	},
	"deadline": {
		{"after", aDuration, "How long a caller waits for a respond, such as 3s. Default: " + defaultDeadline.String() + ".", ""},
		{"respond", aResponse, "What is answered then. Default: the empty answer.", ""},
	},
	"respond": {
		{"status", aNumber, "The HTTP status, from 200 to 599. Default: 200.", ""},
		{"headers", "map of texts", "A map of headers. Nil leaves one out.", ""},
		{"json", "value", "A body of JSON: any value.", ""},
		{"text", aText, "A body of plain text.", ""},
		{"html", aText, "A body of HTML: what is interpolated is escaped by where it stands.",
			`- respond: {html: "<p>Thank you, ${{ payload.name }}</p>"}`},
		{"xml", aText, "A body of XML: what is interpolated is escaped.",
			`- respond: {xml: "<Response><Message>${{ payload.text }}</Message></Response>"}`},
		{"base64", aText, "A body of bytes, in base64.",
			`- respond: {headers: {Content-Type: image/gif}, base64: R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7}`},
		{"redirect", "URL", "A URL that the caller is sent to. The status is 303, or another of a redirect.",
			`- respond: {redirect: "https://www.example.com/thanks?order=${{ payload.order.id }}"}`},
	},
	"choose": {
		{"when", anExpression, "An expression: the branch is taken where it is the first that holds. The last branch may be without.", ""},
		{"steps", someSteps, "What runs where the branch is taken.", ""},
	},
	"each": {
		{"in", anExpression, "An expression to a list. Nil has no items, and a single value is a list of it.", ""},
		{"as", aName, "The name of the item, within the steps.", ""},
		{"index", aName, "The name of its position, from 0, within the steps.", ""},
		{"once", anExpression, "An expression: the key of an item. An item whose key another run has is skipped.", `
- each:
    in: payload.events
    as: event
    once: event.id
    steps:
      - log: "${{ event.type }}"`},
		{"steps", someSteps, "What runs for each item.", ""},
	},
	"wait": {
		{"until", anExpression, "An expression to a time. Nil does not wait.", `
- wait: {until: date(payload.due)}
- log: it is due`},
	},
	"log": {
		{"level", aName, strings.Join(logLevel.Options, ", ") + ". Default: " + logLevel.Default.(string) + ".", ""},
		{"text", aText, "What the line says.", ""},
	},
	"retry": {
		{"attempts", aNumber, "How often an action is tried in all, at most " + count(maxAttempts) + ".", ""},
		{"backoff", aDuration, "The pause before the second attempt, such as 5s; it doubles from one to the next.", ""},
		{"max", aDuration, "The longest pause between two attempts.", ""},
		{"ask", aFlag, "Whether a person is asked, where a crash leaves open whether the call happened.", ""},
	},
}

// partNames are what the compiler takes.
var partNames = func() map[string][]string {
	all := make(map[string][]string, len(partWords))
	for part, words := range partWords {
		all[part] = names(words)
	}
	return all
}()

// Parts are the keys of the maps within a document and a step, by the key that
// such a map is the value of.
func Parts() map[string][]Word {
	parts := make(map[string][]Word, len(partWords))
	for name, words := range partWords {
		parts[name] = told(words)
	}
	return parts
}
