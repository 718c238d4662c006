package models

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Limits of accepting.
const (
	maxWaiting    = 1024            // deliveries that wait to be written
	maxBatchRows  = 64              // more gain nothing
	maxBatchBytes = 256 << 10       // what counts is bytes
	acceptTimeout = 2 * time.Second // from call to answer
	keepKeys      = 7 * 24 * time.Hour
)

// NewRun tells how a delivery is stored.
type NewRun struct {
	Done  bool   // needs nothing more: no run is left open (a finished row is still written)
	State string // with Done: done or failed
	Error string
	Lease time.Duration // born claimed by the caller for so long; 0: born due, for any node
	Steps []*StepRow    // what is known already (skipped steps)
}

// DuplicateError names the delivery that used the key first.
type DuplicateError struct{ DeliveryID int64 }

func (e *DuplicateError) Error() string { return "models: dedupe key used before" }

// acceptor takes deliveries from their callers to the writers. There is no
// timer: a lone caller waits for nothing, and while one batch is committed the
// next gathers by itself.
type acceptor struct {
	queue   chan *pending
	writers sync.WaitGroup
	timeout time.Duration

	mu     sync.RWMutex // closed, and the queue's end
	closed bool
}

// pending is a delivery on its way; the writer that takes it answers it.
type pending struct {
	row      *deliveryRow
	key      []byte // hash, nil: none
	new      *NewRun
	now      Micros
	deadline time.Time
	state    atomic.Int32 // taken or given up, whichever comes first
	done     chan struct{}

	run *Run
	err error
}

const (
	pendingTaken   = 1
	pendingGivenUp = 2
)

func (s *Store) startAccepting() {
	a := &s.accepts
	a.queue = make(chan *pending, maxWaiting)
	a.timeout = acceptTimeout
	writers := 1
	if s.dialect.mysql {
		writers = 2 // 1.35 times one; more gain nothing
	}
	for range writers {
		a.writers.Go(func() {
			for first := range a.queue {
				s.accept(a.gather(first))
			}
		})
	}
}

func (s *Store) stopAccepting() {
	a := &s.accepts
	a.mu.Lock()
	a.closed = true
	close(a.queue)
	a.mu.Unlock()
	a.writers.Wait()
}

// Accept stores one delivery (and its run) durably, grouped with whatever else
// arrived in the same moment, and returns after the commit. A used dedupe key:
// *DuplicateError. ErrUnavailable where it could not be stored. It ignores
// ctx's cancellation, not its values, and has a deadline of 2 s of its own.
// d.ID is set.
func (s *Store) Accept(ctx context.Context, d *Delivery, r *NewRun) (*Run, error) {
	p := &pending{new: r, deadline: time.Now().Add(s.accepts.timeout), done: make(chan struct{})}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), p.deadline)
	defer cancel()
	var err error
	if p.now, err = s.Now(ctx); err != nil {
		return nil, notStored(err)
	}
	if r.Done && r.State != stateDone && r.State != stateFailed {
		return nil, fmt.Errorf("accept: a finished run is done or failed, not %q", r.State)
	}
	for _, step := range r.Steps {
		if err := step.check(); err != nil {
			return nil, fmt.Errorf("accept: %w", err)
		}
	}
	if p.row, err = s.keys.sealDelivery(d); err != nil {
		return nil, fmt.Errorf("accept: %w", err)
	}
	if d.HasKey {
		p.key = hashOf(d.DedupeKey)
	}
	if err := s.accepts.wait(ctx, p); err != nil {
		return nil, err
	}
	if p.err != nil {
		return nil, p.err
	}
	d.ID = p.run.ID
	s.recorder.count(d.ListenerID, counts{accepted: 1, last: d.ReceivedAt})
	return p.run, nil
}

// wait hands p to the writers and waits for its answer, or gives it up while it
// is still in the queue.
func (a *acceptor) wait(ctx context.Context, p *pending) error {
	if err := a.enqueue(p); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
	}
	if p.state.CompareAndSwap(0, pendingGivenUp) {
		return fmt.Errorf("accept: %w: not written within %s", ErrUnavailable, a.timeout)
	}
	<-p.done // being written, by statements with the same deadline
	return nil
}

func (a *acceptor) enqueue(p *pending) error {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if a.closed {
		return fmt.Errorf("accept: %w: the store is closed", ErrUnavailable)
	}
	select {
	case a.queue <- p:
		return nil
	default:
		return fmt.Errorf("accept: %w: %d deliveries wait to be written", ErrUnavailable, maxWaiting)
	}
}

// gather takes what lies in the queue without waiting.
func (a *acceptor) gather(first *pending) []*pending {
	var batch []*pending
	size := 0
	take := func(p *pending) {
		if p.state.CompareAndSwap(0, pendingTaken) {
			batch = append(batch, p)
			size += p.row.bytes()
		}
	}
	take(first)
	for len(batch) < maxBatchRows && size < maxBatchBytes {
		select {
		case p, ok := <-a.queue:
			if !ok {
				return batch
			}
			take(p)
		default:
			return batch
		}
	}
	return batch
}

func (p *pending) answer(run *Run, err error) {
	p.run, p.err = run, err
	close(p.done)
}

// runRow is the run as it is born.
func (p *pending) runRow(id int64) *runRow {
	row := &runRow{
		ID: id, ListenerID: p.row.ListenerID, VersionID: p.row.VersionID, State: stateOpen, DueAt: p.now.add(p.new.Lease),
		Answered: p.row.Status != 0,
	}
	switch {
	case p.new.Done:
		row.State, row.Error, row.FinishedAt = p.new.State, message(p.new.Error), p.now
	case p.new.Lease > 0:
		row.Token, row.Claims = 1, 1
		fallthrough
	default:
		open := 1
		row.Open = &open
	}
	return row
}

func notStored(err error) error {
	return fmt.Errorf("accept: %w: %w", ErrUnavailable, err)
}
