// Package runner is the imperative shell: it executes what behaviors decide,
// and journals it. The decision is behaviors.Advance, a pure function of the
// program, the delivery and the journal; a run's state is its journal and
// nothing else. To resume is to call it again from the top.
//
// # States of a run
//
//	                  ┌────────────────────── claimed when due ──────────────────────┐
//	                  ▼                                                              │
//	Accept ───────► open ──── retry │ paused │ ask │ a secret is missing ────────► waiting
//	                │ ▲ │
//	 all steps done │ │ ├── before the answer: an error that nothing takes ► failed ─┐
//	(or stop)       │ │ │   (answered 500), an error of an expression, or a fail     │
//	                ▼ │ └── behind it: attempts spent, a permanent error, or       ► dead ─┐
//	              done │     three claims that left no record                             │
//	                   └──────── a repeat with the same key (failed), ◄───────────────────┘
//	                             a person's retry (failed, dead)
//
// An error of an expression, or a fail, behind the answer makes a run failed, too.
// done and canceled are final. A run is open while a node executes it and while
// it is due; between the two there is no state to repair: a claim moves due_at
// to the end of its lease, and a lease that ran out is simply due again.
//
// # States of a step
//
//	pending ──► done                its output is in the journal
//	   │ ▲ │
//	   │ │ ├──► failed              on_error took the failure, which is in the journal;
//	   │ │ │                        or it ended the run, and a retry continues here
//	   │ └─┤    (a passing failure of a background step: the run waits)
//	   │   └──► unknown             a crash left open whether a call happened, and the
//	   │                            step asks (retry.ask)
//	   └──────► skipped             its when does not hold
//
// # What is promised, and by what
//
//   - An answer leaves after its commit: with the delivery (Store.Accept) or
//     with the journal (Store.SetAnswer). What cannot be stored is
//     ErrUnavailable, and nothing is acknowledged.
//   - A step on the host or the store takes effect exactly once: Store.Step runs
//     it and writes its row in one transaction, behind the fence (the run's
//     token). An error of that transaction means that nobody knows; then the run
//     is given back and taken up from the journal, never tried again blindly.
//   - A step outside takes effect at least once, with one Idempotency-Key, of
//     delivery and step: Store.StartAttempt is committed before the call and
//     Store.EndAttempt after it. An attempt without an end perhaps happened; it
//     is made again, or a person is asked.
//   - A node that has lost its lease writes nothing: ErrLeaseLost ends the
//     execution silently. Leases are renewed each third, also during a call.
//   - A run that stops its worker is dead after three claims without a record. A
//     panic ends an execution, never the process; one of an action is a failed
//     attempt.
//   - What a node cannot do (an action it does not know, a version that does not
//     compile) it leaves to others, and fails nothing.
//   - What is no effect (a log's line, the branch of a choose, a skipped step) is
//     decided again whenever a run is taken up, and the same each time. Its row is
//     written when the run ends or comes to rest, over the one that is there: a
//     log's line is in the journal once, and in no other log.
//   - A secret is read at the moment of the effect. One that is missing or
//     unreadable makes a background step wait, without counting attempts.
//
// While a listener is paused its deliveries are answered and held: what would
// need a step to find its answer gets the deadline's.
//
// # Metrics
//
// OpenTelemetry instruments (in Prometheus' spelling), and what to alert on:
//
//	webhooks_deliveries_total{outcome}        outcome="unavailable" above 0 for 5 minutes: the
//	                                          database is away, or we are over a limit
//	webhooks_receive_duration_seconds{outcome} p99 of "accepted" above 2 s for 5 minutes: a slow
//	                                          database; above 8 s callers get the deadline's answer
//	webhooks_runs_ended_total{state}          state="dead" increases: dead letters wait for a person
//	webhooks_attempts_total{action,blame}     blame="remote" or "network" above half of an action's
//	                                          attempts for 15 minutes: a remote is down; blame="us"
//	                                          increases: a fault of ours; blame="" is an attempt
//	                                          that did its work
//	webhooks_runs_executing                   at the number of workers for 15 minutes: backlog
package runner
