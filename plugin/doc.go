// Package plugin is the front door of Deskhook, the webhooks plugin of a
// helpdesk: what a host sees of it, and all that it needs to import.
//
// A listener has an unguessable URL. A service posts to it; the listener's
// behavior, written in the browser by an administrator, verifies the request,
// decides what to do, does it in the helpdesk and elsewhere, and shapes the
// answer.
//
// # Lifecycle
//
//  1. The host builds its Echo, its database and its own routes.
//  2. [Register] reads the manifest, mounts the routes behind a gate, and
//     contributes menu entries, permissions and a [Switch]. It does no I/O, and
//     the plugin is off: every URL of it answers 404.
//  3. [Plugin.Enable] checks and migrates the database, starts the runner, and
//     opens the gate. Where it fails, nothing is left running.
//  4. Requests come in; runs go on in the background, on any node.
//  5. [Plugin.Disable] shuts the gate, lets requests and runs under way finish,
//     and stops. What was not finished goes on when the plugin is enabled again.
//  6. [Plugin.Close] is Disable for good, for the shutdown of the process: after
//     the HTTP server has ended, before the database is closed.
//
// The host remembers whether the plugin is enabled and brings every node to
// that state, say once a second. Enable and Disable may be called at any time
// and any number of times.
//
// # The code to copy
//
//	type host struct{ … } // implements plugin.Host over what the helpdesk has
//
//	p, err := plugin.Register(registry, host,
//		plugin.WithSessionCookie("session"))
//	if err != nil {
//		return err // the manifest or the host does not fit: do not start
//	}
//	if err := p.Enable(ctx); err != nil { // where the host's state says so
//		return err
//	}
//	…
//	err = server.Shutdown(ctx)
//	err = errors.Join(err, p.Close(ctx))
//
// A [Host] is its database, logger, base URL and keys, and three small
// interfaces: [Identity] (who is logged in and what they may do), [Shell] (a
// page in the host's look) and [Records] (tickets, messages, addresses). What a
// host may also have is an interface of its own that is found by itself:
// [Metered] takes the plugin's metrics. plugin/devhost is a whole host.
//
// # What the host keeps off
//
// Signatures are over the bytes that were sent, and the sender has no session.
// So nothing that reads or changes a request may stand in front of
// [Registry.Public]:
//
//   - no CSRF, session or log-in middleware
//   - no body limit: the plugin has its own, and counts what is in memory
//   - no decompression of bodies (Echo's Decompress)
//   - no rewriting, no redirect for a slash at the end, no cleaning of paths
//   - no Group.Use on the group: in Echo v4 it adds catch-all routes
//
// A middleware that logs is fine where it logs the route and not the path: a
// listener's path is its secret. The server should set ReadHeaderTimeout, which
// Echo's own servers do not; the plugin sets the deadline for bodies itself.
//
// # The database
//
// MySQL 8.0.1, MariaDB 10.6 or SQLite. For MySQL and MariaDB:
//
//   - innodb_flush_log_at_trx_commit=1, or accepted does not mean stored
//   - leave interpolateParams off: it halves the rate for bodies
//   - parseTime, loc and the character set of the DSN do not matter here
//
// For SQLite: _txlock=immediate, journal_mode(wal), synchronous(full), a
// busy_timeout of seconds, and one process a file.
//
// # Record operations
//
// Each method of [Records] is called inside of the transaction that also writes
// the journal, and works through [Tx].DB alone, also in hooks and callbacks: no
// second connection, no mail, no queue, no goroutine. That is what makes a step
// happen exactly once. What must leave goes into an outbox of the host in that
// transaction; what may be lost goes into [Tx].AfterCommit.
package plugin
