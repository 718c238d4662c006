package runner

import (
	"container/list"
	"context"
	"fmt"
	"strconv"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

// cacheBytes of compiled programs are kept; a program is compiled again on demand.
const cacheBytes = 64 << 20

// notCompiledError: this node cannot compile a version, perhaps because a newer
// one published it. It is never the run's fault.
type notCompiledError struct {
	version int64
	first   behaviors.Diagnostic
}

func (e *notCompiledError) Error() string {
	return fmt.Sprintf("version %d does not compile on this node: line %d: %s [%s]", e.version, e.first.Line, e.first.Message, e.first.Code)
}

// programs keeps compiled versions, the least recently used ones leaving first.
type programs struct {
	store   *models.Store
	catalog *behaviors.Catalog
	limit   int

	group singleflight.Group

	mu        sync.Mutex
	byVersion map[int64]*list.Element
	recent    *list.List // of *compiled, the last used first
	bytes     int
}

// compiled is a version, or why it is none. Both are for ever: neither a
// version's source nor this node's catalog changes.
type compiled struct {
	version, behavior int64
	program           *behaviors.Program
	err               error
	size              int
}

func newPrograms(store *models.Store, catalog *behaviors.Catalog) *programs {
	return &programs{
		store: store, catalog: catalog, limit: cacheBytes,
		byVersion: map[int64]*list.Element{}, recent: list.New(),
	}
}

// get gives a version by its row. Errors are a *notCompiledError, or the store's.
func (p *programs) get(ctx context.Context, version int64) (*behaviors.Program, error) {
	c, err := p.load(ctx, version)
	if err != nil {
		return nil, err
	}
	return c.program, c.err
}

// behavior is whose version it is. Errors are the store's.
func (p *programs) behavior(ctx context.Context, version int64) (int64, error) {
	c, err := p.load(ctx, version)
	if err != nil {
		return 0, err
	}
	return c.behavior, nil
}

func (p *programs) load(ctx context.Context, version int64) (*compiled, error) {
	if c := p.kept(version); c != nil {
		return c, nil
	}
	v, err, _ := p.group.Do(strconv.FormatInt(version, 10), func() (any, error) {
		if c := p.kept(version); c != nil {
			return c, nil
		}
		ctx, cancel := bounded(ctx)
		defer cancel()
		row, err := p.store.Version(ctx, version)
		if err != nil {
			return nil, fmt.Errorf("load program: %w", err)
		}
		return p.keep(compile(row, p.catalog)), nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*compiled), nil
}

func compile(row *models.Version, catalog *behaviors.Catalog) *compiled {
	c := &compiled{version: row.ID, behavior: row.BehaviorID, size: len(row.Source)}
	program, found := behaviors.Compile(row.Source, catalog)
	if program != nil && !found.HasErrors() {
		c.program = program
		c.size += program.Size()
		return c
	}
	failed := &notCompiledError{version: row.ID}
	for _, d := range found {
		if d.Severity == "error" {
			failed.first = d
			break
		}
	}
	c.err = failed
	return c
}

func (p *programs) kept(version int64) *compiled {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.byVersion[version]
	if e == nil {
		return nil
	}
	p.recent.MoveToFront(e)
	return e.Value.(*compiled)
}

func (p *programs) keep(c *compiled) *compiled {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.byVersion[c.version] = p.recent.PushFront(c)
	p.bytes += c.size
	for p.bytes > p.limit && p.recent.Len() > 1 {
		last := p.recent.Back()
		old := p.recent.Remove(last).(*compiled)
		delete(p.byVersion, old.version)
		p.bytes -= old.size
	}
	return c
}

// Program is the compiled version of a listener, from the cache or compiled.
// ErrUnpublished, ErrUnavailable.
func (r *Runner) Program(ctx context.Context, l *Listener) (*behaviors.Program, error) {
	if l.VersionID == 0 {
		return nil, fmt.Errorf("%w: listener %d", ErrUnpublished, l.ID)
	}
	p, err := r.programs.get(ctx, l.VersionID)
	if err != nil {
		return nil, unavailable(err)
	}
	return p, nil
}
