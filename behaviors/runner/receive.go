package runner

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
)

// lateWrite is how long a caller waits for the answer of its deadline to be
// committed; then it gets 503, and nothing is acknowledged.
const lateWrite = 2 * time.Second

// Answer is what the caller is sent, after it was committed.
type Answer struct {
	Response   *behaviors.Response
	Outcome    behaviors.Outcome
	DeliveryID int64 // 0 where nothing was stored, or is not yet
}

// reception is one request on its way in.
type reception struct {
	r       *Runner
	session *session
	started time.Time
	l       *Listener
	row     *models.Listener
	program *behaviors.Program
	eval    *behaviors.Evaluation
	uid     string
	request *payload.Request
	bound   map[string]any
	secrets error // what kept a secret from being read
	counted bool  // among those that wait for steps
}

// Receive takes one request its whole way: admit, store, steps before the
// answer, and hands what remains to the background. req.URL is filled in from
// the listener's URL, and ReceivedAt from the database's clock. Errors are
// ErrUnavailable and ErrUnpublished (wrapped with their reason); any other is a
// fault of ours.
func (r *Runner) Receive(ctx context.Context, l *Listener, req *payload.Request) (answer *Answer, err error) {
	started := r.clock.Now()
	s := r.life.enter()
	if s == nil {
		r.metrics.received(nil, 0)
		return nil, unavailable(errStopped)
	}
	defer s.active.Done()
	defer func() {
		if p := recover(); p != nil {
			// Whoever answers logs it, once, with where it happened.
			answer, err = nil, fmt.Errorf("receive for listener %d: panic: %s\n%s", l.ID, panicText(p), debug.Stack())
		}
		r.metrics.received(answer, r.clock.Now().Sub(started))
	}()
	rc, err := r.newReception(context.WithoutCancel(ctx), s, l, req, started)
	if err != nil {
		return nil, err
	}
	return rc.receive(context.WithoutCancel(ctx))
}

func (r *Runner) newReception(ctx context.Context, s *session, l *Listener, req *payload.Request, started time.Time) (*reception, error) {
	row := l.row
	if row == nil {
		if row = r.listeners.id(l.ID); row == nil {
			return nil, unavailable(fmt.Errorf("listener %d is gone", l.ID))
		}
	}
	p, err := r.Program(ctx, l)
	if err != nil {
		return nil, err
	}
	uid, err := uuid.NewV7()
	if err != nil {
		return nil, unavailable(err)
	}
	if err := r.arrived(ctx, l, req); err != nil {
		return nil, unavailable(err)
	}
	rc := &reception{
		r: r, session: s, started: started, l: l, row: row, program: p, uid: uid.String(), request: req, bound: bind(p, row),
	}
	secret := r.verifySecret(ctx, row)
	rc.eval = behaviors.NewEvaluation(p, &behaviors.Delivery{
		ID: rc.uid, Request: req, Inputs: rc.bound, Listener: r.listenerOf(row.ID, row), Zone: r.zoneOf(row), Clock: r.clock.Now,
		Secrets: func(ref expression.Secret) (string, error) {
			v, err := secret(ref)
			rc.secrets = errors.Join(rc.secrets, err)
			return v, err
		},
	}, nil)
	return rc, nil
}

// CORS gives the headers that every answer to a request carries, from the first
// on that is given before Receive. The body is not read. Errors are as Receive's.
func (r *Runner) CORS(ctx context.Context, l *Listener, req *payload.Request) (payload.Header, error) {
	p, err := r.Program(ctx, l)
	if err != nil || !p.CORS() {
		return nil, err
	}
	row := l.row
	if row == nil {
		if row = r.listeners.id(l.ID); row == nil {
			return nil, unavailable(fmt.Errorf("listener %d is gone", l.ID))
		}
	}
	return behaviors.NewEvaluation(p, &behaviors.Delivery{
		Request: req, Inputs: bind(p, row), Listener: r.listenerOf(row.ID, row), Zone: r.zoneOf(row), Clock: r.clock.Now,
	}, nil).CORS(), nil
}

// arrived fills in what the request does not know of itself.
func (r *Runner) arrived(ctx context.Context, l *Listener, req *payload.Request) error {
	now, err := r.store.Now(ctx)
	if err != nil {
		return err
	}
	req.ReceivedAt = now.Time()
	req.URL = l.URL + req.Path
	if req.RawQuery != "" {
		req.URL += "?" + req.RawQuery
	}
	return nil
}

// errHandshake: see NotYet.
var errHandshake = errors.New("a handshake that keeps something, or has steps, cannot be carried out yet")

func (rc *reception) receive(ctx context.Context) (*Answer, error) {
	a := rc.eval.Admit()
	switch a.Outcome {
	case behaviors.Preflight:
		return &Answer{Response: a.Response, Outcome: a.Outcome}, nil
	case behaviors.Handshake:
		if a.Handshake.Stored {
			return nil, unavailable(errHandshake)
		}
		return &Answer{Response: a.Response, Outcome: a.Outcome}, nil
	case behaviors.Refused:
		// A secret that cannot be read, or not any more, proves nothing either
		// way. It is our trouble, which a refusal would make the sender's.
		if rc.secrets != nil {
			return nil, unavailable(rc.secrets)
		}
		if a.Cause == behaviors.CauseUnchecked {
			return nil, unavailable(errors.New(a.Detail))
		}
		rc.r.store.Record(rc.delivery(a.Outcome, a.Cause, a.Detail, a.Response))
		rc.r.log.DebugContext(ctx, "delivery refused", "listener", rc.l.ID, "cause", a.Cause)
		return &Answer{Response: a.Response, Outcome: a.Outcome}, nil
	}
	d := rc.eval.Advance(behaviors.Journal{})
	switch {
	case final(d):
		return rc.accept(ctx, a, d, &models.NewRun{
			Done: true, State: string(d.State), Error: short(d.Error), Steps: newJournal().others(d),
		}, nil)
	case rc.l.Paused:
		// Born due: the claim holds it. Nothing is done to find an answer.
		if d.Response == nil {
			d.Response = rc.eval.DeadlineResponse()
		}
		return rc.accept(ctx, a, d, &models.NewRun{}, nil)
	case d.Response != nil:
		return rc.acceptBackground(ctx, a, d)
	}
	return rc.acceptInline(ctx, a, d)
}

// acceptBackground answers at once. The run is born claimed by this node and
// goes on from memory; where all slots are taken it is born due.
func (rc *reception) acceptBackground(ctx context.Context, a behaviors.Admission, d behaviors.Decision) (*Answer, error) {
	if !rc.r.slots.take() {
		rc.r.slots.expectMore()
		return rc.accept(ctx, a, d, &models.NewRun{}, nil)
	}
	taken := false
	defer func() {
		if !taken {
			rc.r.slots.put(1)
		}
	}()
	return rc.accept(ctx, a, d, &models.NewRun{Lease: rc.r.lease}, func(run *models.Run) (*Answer, error) {
		x := rc.execution(run)
		x.slot, taken = true, true
		left := d
		left.Response = nil // committed with the delivery
		x.start(left)
		return &Answer{Response: d.Response, Outcome: behaviors.Accepted, DeliveryID: run.ID}, nil
	})
}

// acceptInline executes steps while the caller waits.
func (rc *reception) acceptInline(ctx context.Context, a behaviors.Admission, d behaviors.Decision) (*Answer, error) {
	if !rc.r.inline.enter(rc.l.ID) {
		return nil, unavailable(errOverload)
	}
	rc.counted = true
	defer rc.r.inline.leave(rc.l.ID)
	late := rc.eval.DeadlineResponse()
	return rc.accept(ctx, a, d, &models.NewRun{Lease: rc.r.lease}, func(run *models.Run) (*Answer, error) {
		x := rc.execution(run)
		x.late = late
		x.start(d)
		return rc.await(ctx, x, behaviors.Accepted, run.ID)
	})
}

func (rc *reception) execution(run *models.Run) *execution {
	x := rc.r.newExecution(rc.session, run)
	x.uid, x.eval = rc.uid, rc.eval
	return x
}

// accept stores the delivery, and goes on with then. Without then there is
// nothing to go on with here.
func (rc *reception) accept(ctx context.Context, a behaviors.Admission, d behaviors.Decision, n *models.NewRun, then func(*models.Run) (*Answer, error)) (*Answer, error) {
	stored := rc.delivery(behaviors.Accepted, "", "", d.Response)
	stored.DedupeKey, stored.HasKey = a.Key, a.HasKey
	stored.Inputs = pin(rc.bound, rc.row)
	run, err := rc.r.store.Accept(ctx, stored, n)
	var duplicate *models.DuplicateError
	switch {
	case errors.As(err, &duplicate):
		return rc.duplicate(ctx, duplicate.DeliveryID)
	case err != nil:
		return nil, unavailable(err)
	}
	rc.r.log.DebugContext(ctx, "delivery accepted", "delivery", run.ID, "listener", rc.l.ID, "state", run.State)
	if then != nil {
		return then(run)
	}
	if n.Done {
		rc.r.metrics.ended(d.State)
	} else {
		rc.r.slots.poke()
	}
	return &Answer{Response: d.Response, Outcome: behaviors.Accepted, DeliveryID: run.ID}, nil
}

// delivery is the request as it is stored.
func (rc *reception) delivery(outcome behaviors.Outcome, cause, detail string, response *behaviors.Response) *models.Delivery {
	d := &models.Delivery{
		UID: rc.uid, ListenerID: rc.l.ID, VersionID: rc.l.VersionID, Outcome: string(outcome), Cause: cause, Detail: short(detail),
		ReceivedAt: models.Micros(rc.request.ReceivedAt.UnixMicro()), Request: storedRequest(rc.request),
	}
	if response != nil {
		d.Response = storedResponse(response)
	}
	return d
}

// deadline is what is left of the caller's time.
func (rc *reception) deadline() (<-chan time.Time, func()) {
	return rc.r.clock.After(max(0, rc.program.Deadline()-rc.r.clock.Now().Sub(rc.started)))
}

// await waits for a run's answer, and at the deadline commits the deadline's.
func (rc *reception) await(ctx context.Context, x *execution, outcome behaviors.Outcome, delivery int64) (*Answer, error) {
	deadline, stop := rc.deadline()
	defer stop()
	select {
	case <-x.settled:
	case <-deadline:
		if err := x.answerLate(ctx); err != nil {
			return nil, unavailable(err)
		}
	}
	if answer := x.sent(); answer != nil {
		return &Answer{Response: answer, Outcome: outcome, DeliveryID: delivery}, nil
	}
	return nil, unavailable(fmt.Errorf("run %d was interrupted before its answer", x.id))
}

// answerLate commits the deadline's answer, unless there is one by now. What is
// under way goes on behind it.
func (x *execution) answerLate(ctx context.Context) error {
	tooLate, stop := x.r.clock.After(lateWrite)
	defer stop()
	select {
	case x.lock <- struct{}{}:
	case <-tooLate:
		return fmt.Errorf("run %d: its deadline passed while a step was being written", x.id)
	}
	defer func() { <-x.lock }()
	if x.run.Answered {
		return nil
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	return x.send(ctx, x.late, nil)
}

// sent is the answer that was committed here, or nil.
func (x *execution) sent() *behaviors.Response {
	x.lock <- struct{}{}
	defer func() { <-x.lock }()
	return x.answer
}

// Refuse records a request that was refused before Receive (413).
func (r *Runner) Refuse(l *Listener, req *payload.Request, cause, detail string, resp *behaviors.Response) {
	ctx, cancel := bounded(context.Background())
	defer cancel()
	uid, err := uuid.NewV7()
	if err == nil {
		err = r.arrived(ctx, l, req)
	}
	if err != nil {
		r.log.WarnContext(ctx, "refused delivery not recorded", "listener", l.ID, "cause", cause, "error", err)
		return
	}
	rc := &reception{r: r, l: l, uid: uid.String(), request: req}
	r.store.Record(rc.delivery(behaviors.Refused, cause, detail, resp))
	r.metrics.refused()
}
