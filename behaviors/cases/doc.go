// Package cases reads and runs cases of behaviors that are written as text: a
// txtar archive with a behavior, its inputs, a request and the outputs of its
// steps on top, and what is expected under want/. Tests run them by
// behaviortest, and a command line by plugin.Tools: it is one code.
//
//	A permanent failure notes the message.
//	now: 2026-03-01T09:00:00Z
//	-- behavior.yaml --
//	…
//	-- inputs.yaml --
//	signing_key: test-signing-key
//	-- request.http --
//	POST / HTTP/1.1
//	Content-Type: application/json
//
//	{"event": "failed"}
//	-- outputs.yaml --
//	message: {id: "41"}
//	-- want/steps.yaml --
//	- message.find: {message_id: "20260301@example.com"}
//	-- want/response.http --
//	HTTP/1.1 200 OK
//
// The comment on top is prose but for `now:`, the moment of receipt, and
// `body: keep-newline`: one final newline is no part of a body otherwise.
// Without a behavior.yaml the file beside the case is used. Outputs stand by
// `as` name or path; {error: text} is a failure, and one that is missing is the
// action's example. policy.json is the behavior's policy; without it the policy
// is null. samples/NAME.http are sample requests that the diagnostics go by.
//
// Update rewrites what stands under want/, and nothing else.
package cases
