package behaviors_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
)

// While a step of the branch that was taken waits, so does the choose; a choose
// that failed or ended the run tells of it.
func TestStateOfAChooseIsItsBranchs(t *testing.T) {
	p := compile(t, `behavior: 1
steps:
  - name: which
    choose:
      - when: payload.no
        steps: []
      - when: payload.yes
        steps:
          - message.note: {message: "1", text: a}
            name: the note
      - steps:
          - stop: never
`)
	choose := behaviors.Step{
		Path: "steps[0]", Line: 3, Name: "which", Action: "choose", State: behaviors.StepPending, Params: map[string]any{"branch": int64(1)},
	}
	note := behaviors.Step{
		Path: "steps[0].choose[1].steps[0]", Line: 9, Name: "the note", Action: "message.note", State: behaviors.StepPending,
		Params: map[string]any{"message": "1", "text": "a", "sticky": false},
	}
	path := note.Path
	tests := []struct {
		name  string
		entry *behaviors.Entry
		state behaviors.StepState
		err   string
	}{
		{"nothing is known", nil, behaviors.StepPending, ""},
		{"done", &behaviors.Entry{}, behaviors.StepDone, ""},
		{"failed", &behaviors.Entry{Failed: &behaviors.StepError{Message: "no", Attempts: 1}}, behaviors.StepFailed, "no"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			journal := behaviors.Journal{Steps: map[string]behaviors.Entry{}}
			if test.entry != nil {
				journal.Steps[path] = *test.entry
			}
			got := behaviors.Advance(p, delivery(`{"yes": true}`), journal)
			choose, note := choose, note
			choose.State, note.State, note.Error = test.state, test.state, test.err
			if want := []behaviors.Step{choose, note}; !reflect.DeepEqual(got.Steps, want) {
				t.Errorf("got  %+v\nwant %+v", got.Steps, want)
			}
			if asked := len(got.Effects) == 1 && got.Effects[0].Path == path && got.Effects[0].Line == 9; asked != (test.entry == nil) {
				t.Errorf("got the effects %+v", got.Effects)
			}
		})
	}
}

// What a log, a fail and a stop say is kept up to 4 KiB, cut between characters.
func TestLongTextsAreCut(t *testing.T) {
	whole := strings.Repeat("a", 4<<10)
	tests := []struct{ name, text, want string }{
		{"what fits", whole, whole},
		{"a byte too much", whole + "a", whole[:4<<10-3] + "…"},
		{"characters of two bytes", strings.Repeat("ü", 2049), strings.Repeat("ü", 2046) + "…"},
	}
	for _, test := range tests {
		for verb, param := range map[string]string{"log": "text", "fail": "reason", "stop": "reason"} {
			t.Run(test.name+": "+verb, func(t *testing.T) {
				p := compile(t, "behavior: 1\nsteps:\n  - "+verb+": ${{ payload.text }}\n")
				got := behaviors.Advance(p, delivery(`{"text": "`+test.text+`"}`), behaviors.Journal{})
				if text := got.Steps[0].Params[param]; text != test.want {
					t.Errorf("got %q, want %q", text, test.want)
				}
			})
		}
	}
}
