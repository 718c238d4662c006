// Package handlers is the plugin's HTTP side: the public way in, the admin API
// and the shell of the admin pages.
//
// receive.go is the public way in. It is thin: it finds the listener, reads the
// body once under a limit, hands the request to the runner, and sends what the
// runner has committed. answer.go holds what a behavior may not answer, because
// answers live on the host's origin.
//
// routes.go is the admin API's route table, the only place where a method, a
// path, a permission and a handler are put together; one file a resource holds
// the handlers. problem.go is the only place that writes an error.
//
// Each changing call carries a trail in its context: the store writes its row of
// the audit trail with the change, and what changes nothing there gets its row
// before the answer of success (call.go).
//
// Echo is named in mount.go alone.
package handlers
