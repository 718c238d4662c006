package behaviors

import (
	"maps"
	"slices"
	"strings"
)

// keyWords are the keys of a document.
var keyWords = []Word{
	{"behavior", "1", "The version of the language.", "behavior: 1"},
	{"name", aText, "The name that lists show.", "name: Bounced and dropped mail"},
	{"description", aText, "What the behavior is for, in a sentence.", "description: Notes the message that bounced, and tells Slack."},
	{"on", "name of an event", "An event of the helpdesk instead of requests: " + strings.Join(slices.Sorted(maps.Keys(events)), ", ") + ". payload is its record.",
		"on: ticket.replied"},
	{"inputs", "map of names to maps", "What each listener fills in: a map of names to type, label and more. An expression reads it as inputs.NAME.", `
inputs:
  signing_key: {type: secret, label: Signing key, help: It stands on the provider's page of webhooks., required: true}
  api_key: {type: secret, generate: true, hosts: [api.example.com]}
  channel: {type: choice, options: ["#support", "#billing"], default: "#support"}`},
	{"timezone", "IANA name", "The time zone of dates in this behavior. Default: the listener's, then the plugin's setting, then the host's.", "timezone: Europe/Berlin"},
	{"limit", "map", "How many runs of a listener go on at once: running. The others wait.", "limit: {running: 2}"},
	{"accept", "map", "The methods, types and size of body that are accepted; others get 405, 415 and 413. Default: POST, of any type.",
		"accept: {methods: [POST, PUT], types: [json, form], max_body: 256 KiB}"},
	{"cors", "map", "Which pages of other origins may call from a browser: origins (or *), headers, max_age. Preflights are answered, and every answer can be read.",
		"cors: {origins: [\"https://www.example.com\"], headers: [Content-Type, X-Form], max_age: 10m}"},
	{"handshake", "list of maps", "A list of when, keep, respond and steps, for set-up calls that carry no signature. The first whose when holds answers, before accept and verify, whatever the method.", `
handshake:
  - when: request.method == "GET" and equal_secure(request.query["hub.verify_token"], inputs.token)
    respond: {text: "${{ request.query['hub.challenge'] }}"}`},
	{"verify", "expression, or map", "An expression that must be true, or check and reject. Otherwise the request is refused, as the provider wants it or with 401.",
		"verify: mailgun.signed(request, inputs.signing_key)"},
	{"dedupe", anExpression, "An expression to a text or a number: the same key again, within 7 days, is answered as the first time, and no step runs. Nil is no key.",
		"dedupe: payload.signature.token"},
	{"deadline", "duration, or map", "How long a caller waits for a respond, or after and respond. Default: " + defaultDeadline.String() + ". What is left then goes on in the background.",
		"deadline: {after: 3s, respond: {text: \"Working on it\"}}"},
	{"order_by", anExpression, "An expression: runs with the same key go on one after another, in order of arrival.", "order_by: payload.order.id"},
	{"let", someNames, "Names for expressions over the delivery, each of which sees those above it. Each is evaluated once, when it is first needed.", `
let:
  event: payload["event-data"]
  permanent: event.event == "failed" and event.severity == "permanent"`},
	{"steps", someSteps, "What is done, in this order.", `
steps:
  - stop: not a permanent failure
    when: payload.severity != "permanent"
  - slack.post: {webhook: "${{ inputs.slack }}", text: "Mail to ${{ payload.recipient }} bounced"}`},
}
