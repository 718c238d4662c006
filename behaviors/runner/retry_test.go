package runner

import (
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors"
)

func TestJudge(t *testing.T) {
	three := behaviors.RetryPolicy{Attempts: 3}
	tests := map[string]struct {
		handled           bool
		n                 int
		inline, permanent bool
		want              verdict
	}{
		"passing, attempts left":                    {n: 2, want: tryAgain},
		"passing, attempts left, handled":           {n: 2, handled: true, want: tryAgain},
		"passing, attempts spent":                   {n: 3, want: buried},
		"passing, attempts more than spent":         {n: 4, want: buried},
		"passing, attempts spent, handled":          {n: 3, handled: true, want: handled},
		"permanent":                                 {n: 1, permanent: true, want: buried},
		"permanent, handled":                        {n: 1, permanent: true, handled: true, want: handled},
		"a caller waits: one attempt":               {n: 1, inline: true, want: answered},
		"a caller waits, permanent":                 {n: 1, inline: true, permanent: true, want: answered},
		"a caller waits, handled: the only attempt": {n: 1, inline: true, handled: true, want: handled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := behaviors.Effect{Retry: three, Handled: tt.handled}
			if got := judge(e, tt.n, tt.inline, tt.permanent); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// The language's default: 18 attempts in 18 to 35 hours.
func TestBackoffOfTheDefaultPolicy(t *testing.T) {
	p := behaviors.RetryPolicy{Attempts: 18, Backoff: 5 * time.Second, Max: 6 * time.Hour}
	nominal := 5 * time.Second
	var all, most time.Duration
	for n := 1; n < p.Attempts; n++ {
		d := backoff(p, "delivery", "steps[0]", n, 0)
		if d < nominal/2 || d > nominal {
			t.Errorf("after attempt %d: %s, want %s to %s", n, d, nominal/2, nominal)
		}
		all, most = all+d, most+nominal
		nominal = min(2*nominal, p.Max)
	}
	if all < most/2 || all > most || most.Round(time.Hour) != 35*time.Hour {
		t.Errorf("in all %s of %s, want 18 to 35 hours", all, most)
	}
}

func TestBackoff(t *testing.T) {
	p := behaviors.RetryPolicy{Attempts: 8, Backoff: 10 * time.Second, Max: time.Minute}
	if a, b := backoff(p, "one", "steps[0]", 1, 0), backoff(p, "one", "steps[0]", 1, 0); a != b {
		t.Errorf("not the same again: %s, %s", a, b)
	}
	if a, b := backoff(p, "one", "steps[0]", 1, 0), backoff(p, "two", "steps[0]", 1, 0); a == b {
		t.Errorf("two runs come back together, after %s", a)
	}
	if got := backoff(p, "one", "steps[0]", 1, 2*time.Minute); got != 2*time.Minute {
		t.Errorf("Retry-After of 2m: got %s", got)
	}
	if got := backoff(p, "one", "steps[0]", 1, 24*time.Hour); got != time.Hour {
		t.Errorf("Retry-After of a day: got %s, want an hour", got)
	}
	if got := backoff(p, "one", "steps[0]", 5, time.Second); got < 30*time.Second {
		t.Errorf("a short Retry-After shortens the pause to %s", got)
	}
	if got := backoff(behaviors.RetryPolicy{Attempts: 100, Backoff: time.Second, Max: 300 * time.Hour}, "one", "steps[0]", 99, 0); got < 150*time.Hour {
		t.Errorf("after 99 attempts: got %s", got)
	}
}
