// Package actions holds what a behavior's steps can do: a registry of actions,
// and the built-in ones, one file each.
//
// An action declares itself as data (a [behaviors.ActionSpec]: parameters,
// output with an example, and what it reaches), and does one attempt in Do. It
// knows nothing of journals, retries and leases: the runner calls it, and
// decides by the error what happens next.
//
//   - An action that reaches the host or the store works only through Call.Tx:
//     its effect and the journal's row commit together.
//   - An action that reaches outside calls through Call.HTTP, and sends
//     Call.IdempotencyKey where the other side may heed it.
//   - A failure is an [*Error] that says whose fault it is and whether trying
//     again can help. Any other error is a passing failure of the host's, or of
//     ours.
//
// A host registers its own actions beside the built-in ones.
package actions
