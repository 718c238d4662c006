package runner

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

const (
	followEvery = time.Second
	// askEvery is how often, at most, unknown GUIDs make us ask the database.
	askEvery  = 100 * time.Millisecond
	maxMisses = 10_000
)

// Listener is an entry of the in-memory snapshot.
type Listener struct {
	ID, BehaviorID, VersionID int64
	Name, GUID, URL           string
	Paused                    bool

	row *models.Listener // inputs and zone; never changed
}

// snapshot is what this node knows of listeners, and of what is published. It
// follows the change number: one indexed query where nothing has changed.
type snapshot struct {
	store *models.Store
	clock Clock

	mu        sync.RWMutex
	number    int64
	byGUID    map[string]*models.Listener
	byID      map[int64]*models.Listener
	published map[int64]int64 // version's row by behavior
	policies  map[int64]behaviors.Policy
	settings  Settings
	misses    map[string]struct{} // GUIDs that nobody has, as of missesAt
	missesAt  time.Time

	asking sync.Mutex // one question at a time
	asked  time.Time
	queue  sync.Mutex
	next   *question
}

// question is one look at what has changed, which serves all who came before
// it began.
type question struct {
	done chan struct{}
	err  error
}

// change is what a refresh found.
type change struct {
	any      bool
	settings bool
	unpaused []int64 // listeners
}

func newSnapshot(store *models.Store, clock Clock) *snapshot {
	return &snapshot{
		store: store, clock: clock,
		byGUID: map[string]*models.Listener{}, byID: map[int64]*models.Listener{}, published: map[int64]int64{}, policies: map[int64]behaviors.Policy{},
		misses: map[string]struct{}{},
	}
}

// guid finds an enabled listener, and the version's row that is published for
// it. known: the GUID is some listener's, or was nobody's within the last second.
func (s *snapshot) guid(guid string) (l *models.Listener, version int64, known bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if l := s.byGUID[guid]; l != nil {
		if !l.Enabled {
			return nil, 0, true
		}
		return l, s.published[l.BehaviorID], true
	}
	_, missed := s.misses[guid]
	return nil, 0, missed && s.clock.Now().Sub(s.missesAt) < time.Second
}

func (s *snapshot) id(id int64) *models.Listener {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byID[id]
}

// policy of a behavior, nil for the null policy.
func (s *snapshot) policy(behavior int64) (p behaviors.Policy, known bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, known = s.policies[behavior]
	return p, known
}

func (s *snapshot) paused(id int64) bool {
	l := s.id(id)
	return l != nil && l.Paused
}

func (s *snapshot) missed(guid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	if len(s.misses) >= maxMisses || now.Sub(s.missesAt) >= time.Second {
		s.misses, s.missesAt = map[string]struct{}{}, now
	}
	s.misses[guid] = struct{}{}
}

// refresh asks the database what has changed, and calls then with it. Whoever
// calls while another waits to ask shares the question, but none that has begun
// already: what was committed before the call is always seen. paced: not sooner
// than askEvery after the last one.
func (s *snapshot) refresh(ctx context.Context, paced bool, then func(change)) error {
	s.queue.Lock()
	if q := s.next; q != nil {
		s.queue.Unlock()
		select {
		case <-q.done:
			return q.err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	q := &question{done: make(chan struct{})}
	s.next = q
	s.queue.Unlock()
	defer close(q.done)

	s.asking.Lock()
	defer s.asking.Unlock()
	if wait := s.asked.Add(askEvery).Sub(s.clock.Now()); paced && wait > 0 {
		passed, stop := s.clock.After(wait)
		<-passed // short, and others may wait for this question
		stop()
	}
	s.queue.Lock()
	s.next = nil
	s.queue.Unlock()
	s.asked = s.clock.Now()
	c, err := s.ask(ctx)
	if q.err = err; err == nil && c.any {
		then(c)
	}
	return err
}

func (s *snapshot) ask(ctx context.Context) (change, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	s.mu.RLock()
	number := s.number
	s.mu.RUnlock()
	changes, err := s.store.ChangedSince(ctx, number)
	if err != nil {
		return change{}, fmt.Errorf("refresh listeners: %w", err)
	}
	if changes.Number == number {
		return change{}, nil
	}
	return change{any: true, settings: changes.Settings != nil, unpaused: s.apply(changes)}, nil
}

// apply returns the listeners that were paused and are no more.
func (s *snapshot) apply(c *models.Changes) (unpaused []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number = c.Number
	for _, l := range c.Listeners {
		if old := s.forget(l.ID); old != nil && old.Paused && !l.Paused {
			unpaused = append(unpaused, l.ID)
		}
		s.byGUID[l.GUID], s.byID[l.ID] = l, l
	}
	for _, id := range c.DeletedListeners {
		if old := s.forget(id); old != nil && old.Paused {
			unpaused = append(unpaused, id) // nobody can do it any more
		}
	}
	for _, b := range c.Behaviors {
		s.published[b.ID], s.policies[b.ID] = b.PublishedID, behaviors.StoredPolicy(b.Policy)
	}
	if c.Settings != nil {
		s.settings = readSettings(c.Settings.Values)
	}
	return unpaused
}

func (s *snapshot) forget(id int64) *models.Listener {
	old := s.byID[id]
	if old != nil {
		delete(s.byGUID, old.GUID)
		delete(s.byID, id)
	}
	return old
}

// Listener finds an enabled listener by GUID: in the snapshot, or for a GUID
// unknown to it in the database (rate-limited), so that a listener made on one
// node works at once on all. nil: 404.
func (r *Runner) Listener(ctx context.Context, guid string) (*Listener, error) {
	row, version, known := r.listeners.guid(guid)
	if !known {
		if err := r.follow(ctx, true); err != nil {
			return nil, unavailable(err)
		}
		if row, version, known = r.listeners.guid(guid); !known {
			r.listeners.missed(guid)
		}
	}
	if row == nil {
		return nil, nil
	}
	return &Listener{
		ID: row.ID, BehaviorID: row.BehaviorID, VersionID: version,
		Name: row.Name, GUID: row.GUID, URL: r.listenerURL(row), Paused: row.Paused, row: row,
	}, nil
}

func (r *Runner) listenerURL(l *models.Listener) string {
	if l.URLOverride != "" {
		return l.URLOverride
	}
	return r.baseURL() + "/" + l.GUID
}

// Refresh follows configuration changes at once (it happens each second anyway).
func (r *Runner) Refresh(ctx context.Context) error { return r.follow(ctx, false) }

func (r *Runner) follow(ctx context.Context, paced bool) error {
	return r.listeners.refresh(ctx, paced, func(c change) {
		r.secrets.forget()
		if c.settings {
			r.slots.resize(cmp.Or(r.Settings().Concurrency, r.workers))
		}
		for _, id := range c.unpaused {
			if err := r.releaseHeld(ctx, id); err != nil {
				// They are due by themselves, only later.
				r.log.WarnContext(ctx, "held runs not released", "listener", id, "error", err)
			}
		}
	})
}
