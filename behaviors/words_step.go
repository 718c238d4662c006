package behaviors

import "strings"

// verbWords are what a step can do beside actions.
var verbWords = []Word{
	{"respond", "map", "The HTTP response: status, headers, and one of json, text, html, xml, base64 and redirect. The first that runs is sent; steps behind it run in the background.", `
- respond: {status: 404, text: "There is no order ${{ payload.order.id }}"}
  when: payload.order.total == nil
- respond: {headers: {X-Order: "${{ payload.order.id }}"}, json: {total: "${{ payload.order.total }}"}}`},
	{"stop", aText, "Ends the run, well. The text says why.", `
- stop: not a permanent failure
  when: payload.severity != "permanent"`},
	{"fail", aText, "Ends the run, badly: it is failed for the reason that the text gives. A caller who still waits gets 500.", `
- fail: "the order ${{ payload.order.id }} has no customer"
  when: payload.order.customer == nil`},
	{"let", someNames, "More names for expressions, which see everything above.", `
- let:
    total: sum(payload.lines, .amount)
    large: total > 1000`},
	{"steps", someSteps, "A group of steps, usually with a when.", `
- when: payload.severity == "permanent"
  steps:
    - log: "${{ payload.recipient }} bounced"
    - address.defunct: {email: "${{ payload.recipient }}"}`},
	{"choose", "list of maps", "A list of branches, each with when and steps: the first that holds runs. The last may be without when.", `
- choose:
    - when: payload.action == "opened"
      steps:
        - log: opened
    - steps:
        - log: "something else: ${{ payload.action }}"`},
	{"each", "map", "The steps for each item of a list, at most " + count(maxItems) + ": in, as, index, once and steps. One that waits for a retry does not hold the others.", `
- each:
    in: payload.lines
    as: line
    index: i
    steps:
      - log: "line ${{ i + 1 }}: ${{ line.name }}"`},
	{"wait", "duration, or map", "A pause, for a duration such as 5m or until a time, which a restart does not end. Only where nobody waits for a respond. At most " + days(maxWait) + ".", `
- wait: 5m
- log: five minutes later`},
	{"log", "text, or map", "A line in the run's log: a text, or level (" + strings.Join(logLevel.Options, ", ") + ") and text.", `
- log: "${{ payload.recipient }} bounced"
- log: {level: warn, text: "no reason given"}
  when: payload.reason == nil`},
}

// modifierWords are what may stand beside a step's verb or action.
var modifierWords = []Word{
	{"when", anExpression, "An expression: the step is skipped unless it is true. Nil counts as false.", `
- slack.post: {webhook: "${{ inputs.slack }}", text: "A large order"}
  when: payload.order.total > 1000`},
	{"name", aText, "The step's label in the log.", `
- slack.post: {webhook: "${{ inputs.slack }}", text: "A large order"}
  name: tell the team`},
	{"as", aName, "The name under which later steps see the output of an action. It is nil where the step was skipped.", `
- ticket.find: {external_id: "${{ payload.order.id }}"}
  as: ticket
- ticket.note: {ticket: "${{ ticket.id }}", text: "The order was paid"}
  when: ticket != nil`},
	{"retry", "map", "How often an action in the background is tried again: attempts, backoff, max, ask. Default: " + count(retryAlone.Attempts) + " attempts over a day, or " + count(retryHandled.Attempts) + " within a minute where there is an on_error.", `
- slack.post: {webhook: "${{ inputs.slack }}", text: "A large order"}
  retry: {attempts: 8, backoff: 5s, max: 1h, ask: false}`},
	{"timeout", aDuration, "How long one attempt of an action may take.", `
- http.request: {url: "https://api.example.com/v1/orders/${{ payload.order.id }}"}
  timeout: 3s`},
	{"on_error", "list of steps, or continue", "Steps that handle the final failure of the step, or of one within it, which they see as error; or continue.", `
- http.request: {url: "https://api.example.com/v1/orders/${{ payload.order.id }}"}
  as: order
  on_error:
    - log: {level: error, text: "no order: ${{ error.message }}"}
- slack.post: {webhook: "${{ inputs.slack }}", text: "A large order"}
  on_error: continue`},
}
