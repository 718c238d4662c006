package runner

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
)

// maxRetryAfter is how much of a remote's Retry-After is heeded.
const maxRetryAfter = time.Hour

// verdict is what follows from a failed attempt.
type verdict string

const (
	tryAgain verdict = "again"   // the run waits for a retry
	handled  verdict = "handled" // final; the journal gets the failure, for on_error
	answered verdict = "500"     // final; the caller gets 500, and the run is failed
	buried   verdict = "dead"    // final; the run is a dead letter
)

// judge decides about the n-th failed attempt of an effect. inline: a caller
// waits, so it was the only one.
func judge(e behaviors.Effect, n int, inline, permanent bool) verdict {
	switch {
	case !inline && !permanent && n < e.Retry.Attempts:
		return tryAgain
	case e.Handled:
		return handled
	case inline:
		return answered
	}
	return buried
}

// backoff is the pause before the attempt after the n-th: doubling from
// p.Backoff up to p.Max, the upper half of it by chance (equal jitter), so that
// runs that failed together do not come back together. What the remote asks for
// is heeded up to an hour. The chance is drawn from the run, the step and n.
func backoff(p behaviors.RetryPolicy, delivery, path string, n int, retryAfter time.Duration) time.Duration {
	d := p.Backoff
	for i := 1; i < n && d < p.Max; i++ {
		d *= 2
	}
	d = min(d, p.Max)
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", delivery, path, n))
	chance := float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53)
	d = d/2 + time.Duration(chance*float64(d/2))
	return max(d, min(retryAfter, maxRetryAfter))
}

// deadReason is a dead letter's: the error, and that trying again was given up.
func deadReason(e behaviors.Effect, n int, f *actions.Error) string {
	if f.Permanent {
		return fmt.Sprintf("%s (line %d): %s", e.Action, e.Line, f.Message)
	}
	return fmt.Sprintf("%s (line %d): %s; given up after %d attempts", e.Action, e.Line, f.Message, n)
}
