package behaviors

import "slices"

// Word is a word of the language that stands as a key: of the document, a verb,
// or a modifier of a step.
type Word struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
}

// The words that the compiler takes; what it takes of a key is read from here.
var (
	keyWords = []Word{
		{"behavior", "The version of the language: 1."},
		{"name", "The name that lists show."},
		{"description", "What the behavior is for, in a sentence."},
		{"inputs", "What each listener fills in: a map of names to type, label and more."},
		{"timezone", "The IANA time zone of dates in this behavior. Default: the listener's, then the host's."},
		{"accept", "The methods, types and size of body that are accepted. Default: POST, of any type."},
		{"cors", "Which pages of other origins may call from a browser: origins (or *), headers, max_age."},
		{"handshake", "A list of when, keep, respond and steps, for set-up calls that carry no signature. The first whose when holds answers, before accept and verify."},
		{"verify", "An expression that must be true, or check and reject. Otherwise the request is refused."},
		{"dedupe", "An expression: the same key again is answered as the first time, and no step runs. Nil is no key."},
		{"on", "An event of the helpdesk instead of requests: ticket.created, ticket.replied or ticket.closed. payload is its record."},
		{"limit", "How many runs of a listener go on at once: running. The others wait."},
		{"order_by", "An expression: runs with the same key go on one after another, in order of arrival."},
		{"deadline", "How long a caller waits for a respond, or after and respond. Default: 8s."},
		{"let", "Names for expressions over the delivery. Each is evaluated once, when it is first needed."},
		{"steps", "What is done, in this order."},
	}
	verbWords = []Word{
		{"respond", "The HTTP response: status, headers, and one of json, text, html, xml, base64 and redirect. The first that runs is sent."},
		{"stop", "Ends the run, well. The text says why."},
		{"fail", "Ends the run, badly: it is failed for the reason that the text gives. A caller who still waits gets 500."},
		{"let", "More names for expressions, which see everything above."},
		{"steps", "A group of steps, usually with a when."},
		{"choose", "A list of branches, each with when and steps: the first that holds runs. The last may be without when."},
		{"each", "The steps for each item of a list, at most 1,000: in, as, index, once and steps. One that waits does not hold the others."},
		{"wait", "A pause, for a duration such as 5m or until a time, which a restart does not end. Only where nobody waits for a respond."},
		{"log", "A line in the run's log: a text, or level (debug, info, warn, error) and text."},
	}
	modifierWords = []Word{
		{"when", "An expression: the step is skipped unless it is true."},
		{"name", "The step's label in the log."},
		{"as", "The name under which later steps see the output of an action."},
		{"retry", "How often an action is tried again: attempts, backoff, max, ask. Default: 18 attempts over a day."},
		{"timeout", "How long one attempt of an action may take."},
		{"on_error", "Steps that handle the final failure of the step, or of one within it, which they see as error; or continue."},
	}
	documentKeys, verbNames, modifierNames = names(keyWords), names(verbWords), names(modifierWords)
)

func names(words []Word) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = w.Name
	}
	return list
}

// Keys are the keys of a document, in the order in which one writes them.
func Keys() []Word { return slices.Clone(keyWords) }

// Verbs are what a step can do beside actions.
func Verbs() []Word { return slices.Clone(verbWords) }

// Modifiers are what may stand beside a step's verb or action.
func Modifiers() []Word { return slices.Clone(modifierWords) }
