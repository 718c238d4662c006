package runner

import "sync"

// slots bound how many runs are executed at once in the background. A run that
// finds none is left to the database, due for whoever has one.
type slots struct {
	mu      sync.Mutex
	all     int
	free    int           // below 0 while more are taken than there are any more
	backlog bool          // there may be due runs that nobody has taken
	wake    chan struct{} // the claim loop's
}

func newSlots(n int) *slots { return &slots{all: n, free: n, wake: make(chan struct{}, 1)} }

// resize changes how many there are. Runs that hold one too many keep it until
// they are over.
func (s *slots) resize(n int) {
	s.mu.Lock()
	s.free += n - s.all
	s.all = n
	s.mu.Unlock()
	s.poke()
}

// take gives one, if there is one.
func (s *slots) take() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free <= 0 {
		return false
	}
	s.free--
	return true
}

// takeForClaim gives slots for claiming, at most n, and leaves half of what is
// free to the runs that come meanwhile. Whether there is a backlog is to be
// found out anew.
func (s *slots) takeForClaim(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n = min(n, (max(0, s.free)+1)/2)
	s.free -= n
	s.backlog = n == 0
	return n
}

func (s *slots) put(n int) {
	s.mu.Lock()
	s.free += n
	backlog := s.backlog
	s.mu.Unlock()
	if backlog {
		s.poke()
	}
}

// expectMore notes that there may be runs to claim. A slot that becomes free
// then wakes the claim loop.
func (s *slots) expectMore() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.backlog = true
}

func (s *slots) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Limits of what callers wait for.
const (
	maxInline         = 64
	maxInlineListener = 16 // so that one slow listener leaves room for the others
)

// inlineLimit bounds how many callers wait for steps at once.
type inlineLimit struct {
	mu         sync.Mutex
	all        int
	byListener map[int64]int
}

func newInlineLimit() *inlineLimit { return &inlineLimit{byListener: map[int64]int{}} }

func (l *inlineLimit) enter(listener int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= maxInline || l.byListener[listener] >= maxInlineListener {
		return false
	}
	l.all++
	l.byListener[listener]++
	return true
}

func (l *inlineLimit) leave(listener int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.byListener[listener]--; l.byListener[listener] == 0 {
		delete(l.byListener, listener)
	}
}

// live are the runs that this node is executing.
type live struct {
	mu    sync.Mutex
	byRun map[int64]*execution
}

func newLive() *live { return &live{byRun: map[int64]*execution{}} }

func (l *live) add(x *execution) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.byRun[x.id] = x
}

// remove takes out x, unless the run has been taken up anew meanwhile.
func (l *live) remove(x *execution) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byRun[x.id] == x {
		delete(l.byRun, x.id)
	}
}

func (l *live) get(run int64) *execution {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.byRun[run]
}

func (l *live) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.byRun)
}
