package plugin

import (
	"context"
	"errors"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGate(t *testing.T) {
	var g gate
	if g.enter() {
		t.Fatal("a gate is shut at first")
	}
	if err := g.drain(t.Context()); err != nil {
		t.Fatal("nobody is inside:", err)
	}
	g.set(true)
	for range 2 {
		if !g.enter() {
			t.Fatal("an open gate lets everybody in")
		}
	}
	g.set(false)
	if g.enter() || g.isOpen() {
		t.Fatal("a shut gate lets somebody in")
	}
	gaveUp := errors.New("gave up")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gaveUp)
	if err := g.drain(ctx); !errors.Is(err, gaveUp) {
		t.Errorf("two are inside: got %v, want the reason why nobody waits", err)
	}
	var waiting sync.WaitGroup
	for range 3 {
		waiting.Go(func() {
			if err := g.drain(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	g.leave()
	g.leave()
	waiting.Wait()
}

// TestGateUnderLoad wants every one who entered counted, whoever switches.
func TestGateUnderLoad(t *testing.T) {
	var g gate
	var load sync.WaitGroup
	for range 8 {
		load.Go(func() {
			for range 1000 {
				if g.enter() {
					g.leave()
				}
			}
		})
	}
	for range 100 {
		g.set(true)
		g.set(false)
		if err := g.drain(t.Context()); err != nil {
			t.Error(err)
		}
	}
	load.Wait()
	if g.inside != 0 {
		t.Errorf("%d are inside, want 0", g.inside)
	}
}
