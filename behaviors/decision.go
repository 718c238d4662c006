package behaviors

import (
	"time"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// Listener is what an expression sees of the listener.
type Listener struct {
	ID, Name, URL string
}

// Delivery is all that a decision is made from.
type Delivery struct {
	ID       string // seeds uuid(); the Idempotency-Key's first half
	Request  *payload.Request
	Inputs   map[string]any // bound; a secret is an expression.Secret
	Listener Listener
	Zone     *time.Location // the listener's or the host's; the document's wins
	// Secrets gives the value behind a reference, at the moment of its use.
	Secrets func(expression.Secret) (string, error)
	// Clock bounds each expression to 100 ms; nil: only operations and memory do.
	Clock func() time.Time
}

// Outcome of a delivery.
type Outcome string

// Outcomes.
const (
	Accepted  Outcome = "accepted"
	Refused   Outcome = "refused"
	Duplicate Outcome = "duplicate"
	Handshake Outcome = "handshake"
	// Preflight is a browser's question about cors. It is never stored.
	Preflight Outcome = "preflight"
)

// Causes of a refusal.
const (
	CauseMethod        = "method"
	CauseType          = "type"
	CauseTooComplex    = "too_complex"
	CauseSignature     = "signature"
	CauseSecretMissing = "secret_missing"
	// CauseSecretUnreadable: a secret's value could not be had just now: 503.
	CauseSecretUnreadable = "secret_unreadable"
	// CauseUnchecked: what verify asks could not be checked just now: 503.
	CauseUnchecked = "unchecked"
	// CauseBehavior: cors, a handshake, verify or dedupe failed to evaluate: 500.
	CauseBehavior = "behavior"
)

// Admission is what is decided before anything is stored.
type Admission struct {
	Outcome   Outcome // Preflight, Handshake, Accepted or Refused
	Cause     string  // of a refusal: one of the causes above
	Detail    string  // why, for the log: "the timestamp is 400 s old"
	Response  *Response
	Handshake *HandshakeMatch // of the outcome Handshake
	// Key is the dedupe key in the form that is hashed (it tells 1 from "1");
	// HasKey is false for nil and where no dedupe is written.
	Key    string
	HasKey bool
	// Order is the key of order_by in the same form; HasOrder is false for nil and
	// where there is none.
	Order    string
	HasOrder bool
}

// Entry is what the journal knows of a step.
type Entry struct {
	Output any
	Failed *StepError // an error that was taken by on_error, or that ended the run
}

// StepError is a step's final failure.
type StepError struct {
	Message  string
	Status   int // an outside answer's, or 0
	Attempts int
}

// Journal is what is known of a run: outputs by path of step. A wait that is
// over has an entry without an output; a claim's output is true or false.
type Journal struct {
	Steps map[string]Entry
	// Answered: an answer has been sent already (by a respond, or because the
	// deadline passed), so every further step is a background step.
	Answered bool
}

// RetryPolicy of a background step.
type RetryPolicy struct {
	Attempts int
	Backoff  time.Duration
	Max      time.Duration
	Ask      bool
}

// Effect is a step for the runner to execute now.
type Effect struct {
	Path    string // "steps[2].steps[0]", "steps[2].choose[0].steps[1]" by the branch, "steps[2].each[0].steps[1]" by the iteration
	Line    int
	Name    string // label: the document's name, or ""
	Action  string
	Params  map[string]any // final values; a secret is an expression.Secret
	Retry   RetryPolicy
	Timeout time.Duration // of one attempt; 0: the runner's
	// Inline: a caller waits, so it gets one attempt.
	Inline bool
	// Handled: an on_error of the step, or around it, takes the final failure, which then goes into the
	// journal. Where nothing does, a background step stays open instead.
	Handled bool
}

// Wait is a step that waits, for a time from now on or until a moment.
type Wait struct {
	Path  string
	Line  int
	Name  string
	For   time.Duration // 0: Until says
	Until time.Time
}

// Claim asks whether an item of an each is this run's: of all runs of a listener
// the first one to ask has it. The journal's output is true or false.
type Claim struct {
	Path string // "steps[2].each[0].once"
	Line int
	Key  string // in the form that is hashed, as a dedupe key
}

// StepState as the log shows it.
type StepState string

// States of a step.
const (
	StepPending StepState = "pending"
	StepDone    StepState = "done"
	StepSkipped StepState = "skipped"
	StepFailed  StepState = "failed"
	StepUnknown StepState = "unknown"
)

// Step is a step that was reached, in order. A group stands before its steps.
type Step struct {
	Path   string
	Line   int
	Name   string
	Action string // an action, or the verb: respond, stop, …; `once` for an item's claim
	State  StepState
	Params map[string]any
	Output any
	// Error never shows a value of the delivery: the text of a fail that has
	// interpolations is in Params only, as reason.
	Error string
}

// RunState is the state of a run.
type RunState string

// States of a run.
const (
	RunOpen     RunState = "open"
	RunWaiting  RunState = "waiting"
	RunDone     RunState = "done"
	RunFailed   RunState = "failed"
	RunDead     RunState = "dead"
	RunCanceled RunState = "canceled"
)

// Decision is what follows from a delivery and its journal.
type Decision struct {
	// Response is the answer once it is known; nil while the caller still
	// waits, and where the journal says that it has been answered already.
	Response *Response
	// Effects to execute now; the journal gets their outputs. With Waits and Claims
	// they are all that the run waits for, in the order of its steps; none when
	// State is final.
	Effects []Effect
	Waits   []Wait
	Claims  []Claim
	State   RunState // RunOpen, RunDone or RunFailed
	Error   string   // of RunFailed; shows no value of the delivery
	Steps   []Step
}
