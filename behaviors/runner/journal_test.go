package runner

import (
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/models"
)

// An output is, while the run goes on, what it reads back as when resumed.
func TestOutputsAreWhatTheJournalSays(t *testing.T) {
	big1, _ := new(big.Int).SetString("12345678901234567890123", 10)
	tests := map[string]struct{ output, want any }{
		"nothing":              {nil, nil},
		"text":                 {"ä <&> \u2028", "ä <&> \u2028"},
		"a Go int":             {7, int64(7)},
		"a whole float":        {7.0, int64(7)},
		"a float":              {0.1, 0.1},
		"beyond 64 bits":       {big1, big1},
		"bytes become base64":  {[]byte("hi"), "aGk="},
		"a list of everything": {[]any{nil, true, int64(1), map[string]any{"a": 1}}, []any{nil, true, int64(1), map[string]any{"a": int64(1)}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			text, got, err := normalize(tt.output)
			must(t, err)
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
			reg := actions.Builtin(world{}.records)
			j, err := readJournal([]*models.StepRow{
				{Path: "steps[0]", Action: "message.find", State: "done", Output: text},
				{Path: "steps[1]", Action: "respond", State: "done"},
				{Path: "steps[2]", Action: "slack.post", State: "failed", Error: "answered 404", Status: 404},
				{Path: "steps[3]", Action: "slack.post", State: "failed", Error: "answered 404", Status: 404, Failed: true,
					Attempts: []*models.Attempt{{N: 1}}},
			}, reg)
			must(t, err)
			want := map[string]behaviors.Entry{
				"steps[0]": {Output: got},
				"steps[3]": {Failed: &behaviors.StepError{Message: "answered 404", Status: 404, Attempts: 1}},
			}
			if !reflect.DeepEqual(j.entries, want) {
				t.Errorf("read back: got %#v, want %#v", j.entries, want)
			}
		})
	}
}

// What an action gives, a host's own too, may share structure: it is refused and
// not printed without end.
func TestOutputsHaveABudget(t *testing.T) {
	doubled := any("x")
	for range 60 {
		doubled = []any{doubled, doubled}
	}
	deep := any("x")
	for range 1000 {
		deep = map[string]any{"a": deep}
	}
	for name, tt := range map[string]struct {
		output any
		code   string
	}{
		"shared": {doubled, "budget-operations"}, "shared in a map": {map[string]any{"a": doubled}, "budget-operations"},
		"deep": {deep, "budget-depth"}, "large": {strings.Repeat("x", 9<<20), "budget-memory"},
	} {
		t.Run(name, func(t *testing.T) {
			var failed *expression.Error
			if _, _, err := normalize(tt.output); !errors.As(err, &failed) || failed.Code != tt.code {
				t.Errorf("got %v, want %s", err, tt.code)
			}
		})
	}
}
