package behaviors

import (
	"time"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// Input is a value that each listener fills in; its form is drawn from this.
type Input struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"` // text, number, boolean, choice, secret, json, list, email, url
	Label    string   `json:"label"`
	Help     string   `json:"help"`
	Required bool     `json:"required"`
	Default  any      `json:"default"`
	Options  []string `json:"options"`
	Generate bool     `json:"generate"`
	Hosts    []string `json:"hosts"`
}

// Program is a compiled behavior: immutable, shared by all listeners of a version.
type Program struct {
	program // the compiled form
}

// Compile checks a behavior and reports everything that is wrong with it. The
// program is nil where there is an error.
func Compile(source string, c *Catalog) (*Program, Diagnostics) { panic("contract") }

// Name and Description are the document's.
func (p *Program) Name() string        { panic("contract") }
func (p *Program) Description() string { panic("contract") }

// Inputs in the order of the document.
func (p *Program) Inputs() []Input { panic("contract") }

// Open is true where nothing is verified.
func (p *Program) Open() bool { panic("contract") }

// MaxBody is accept.max_body in bytes, or 0 for the plugin's limit.
func (p *Program) MaxBody() int64 { panic("contract") }

// Accepts tells whether a method may be used.
func (p *Program) Accepts(method string) bool { panic("contract") }

// Deadline is how long a caller waits, counted from the last byte of the body.
func (p *Program) Deadline() time.Duration { panic("contract") }

// Size is about how many bytes the program keeps, for a cache.
func (p *Program) Size() int { panic("contract") }

// BindInputs checks a listener's values against the declarations, fills in
// defaults, and converts them (a number from JSON to int64 or float64, a secret
// to an expression.Secret, which it must be already). Errors name the input.
func (p *Program) BindInputs(values map[string]any) (map[string]any, []InputError) { panic("contract") }

// InputError is what is wrong with one input.
type InputError struct {
	Name, Code, Message string // code: "required", "type", "unknown", "option"
}

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
}

// Response is an HTTP answer.
type Response struct {
	Status int
	Header payload.Header
	Body   []byte
}

// Outcome of a delivery.
type Outcome string

// Outcomes.
const (
	Accepted  Outcome = "accepted"
	Refused   Outcome = "refused"
	Duplicate Outcome = "duplicate"
	Handshake Outcome = "handshake"
)

// Admission is what is decided before anything is stored.
type Admission struct {
	Outcome  Outcome // Accepted or Refused
	Cause    string  // of a refusal: "method", "type", "too_complex", "signature", "secret_missing", "behavior" (verify or dedupe failed to evaluate)
	Detail   string  // why, for the log: "the timestamp is 400 s old"
	Response *Response
	// Key is the dedupe key in the form that is hashed (it tells 1 from "1");
	// HasKey is false for nil and where no dedupe is written.
	Key    string
	HasKey bool
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

// Journal is what is known of a run: outputs by path of step.
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
	Path    string // "steps[2].steps[0]", with loop indices: "steps[2].each[0].steps[1]"
	Line    int
	Name    string // label: the document's name, or ""
	Action  string
	Params  map[string]any // final values; a secret is an expression.Secret
	Retry   RetryPolicy
	Timeout time.Duration
	// Inline: a caller waits, so it gets one attempt.
	Inline bool
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

// Step is a step that was reached, in order.
type Step struct {
	Path   string
	Line   int
	Name   string
	Action string // an action, or the verb: respond, stop, …
	State  StepState
	Params map[string]any
	Output any
	Error  string
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
	// Response is the answer once it is known; nil while the caller still waits.
	Response *Response
	// Effects to execute now; the journal gets their outputs. Empty when State is final.
	Effects []Effect
	State   RunState // RunOpen, RunDone or RunFailed
	Error   string   // of RunFailed
	Steps   []Step
}

// Evaluation decides about one delivery. It keeps what was decoded and the let
// values, and belongs to one goroutine.
type Evaluation struct {
	evaluation
}

// NewEvaluation prepares a delivery. trace may be nil.
func NewEvaluation(p *Program, d *Delivery, trace *expression.Trace) *Evaluation { panic("contract") }

// Admit runs what comes before the store: accept, the caps, verify, dedupe.
func (e *Evaluation) Admit() Admission { panic("contract") }

// Advance decides what to do next. It is a pure function of the program, the
// delivery and the journal; calling it on a used Evaluation gives the same.
func (e *Evaluation) Advance(j Journal) Decision { panic("contract") }

// Advance starts over, as resuming does.
func Advance(p *Program, d *Delivery, j Journal) Decision {
	return NewEvaluation(p, d, nil).Advance(j)
}

// DeadlineResponse is what is sent when the deadline has passed.
func (e *Evaluation) DeadlineResponse() *Response { panic("contract") }
