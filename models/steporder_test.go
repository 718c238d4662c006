package models

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestStepsInOrder(t *testing.T) {
	want := []string{
		"handshake[0].steps[0]", "steps[0]", "steps[0].choose[1].steps[0]", "steps[1]", "steps[1].each[0].once", "steps[1].each[0].steps[0]",
		"steps[1].each[0].steps[1]", "steps[1].each[2].steps[0]", "steps[1].each[10].steps[0]", "steps[1].on_error[0]",
		"steps[2]", "steps[2].steps[0]", "steps[2].on_error[0]", "steps[2].on_error[1]", "steps[10]",
	}
	steps := make([]*StepRow, len(want))
	for i, at := range rand.New(rand.NewPCG(1, 2)).Perm(len(want)) {
		steps[i] = &StepRow{Path: want[at]}
	}
	inOrder(steps)
	got := make([]string, len(steps))
	for i, s := range steps {
		got[i] = s.Path
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
