package actions

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/behaviors/outbound"
)

// What calls to the outside have in common: which answer is a failure, and of
// what kind.

const (
	maxExcerpt    = 1 << 10
	maxRetryAfter = time.Hour
)

// What the documentation of calls says of the answers that fail for good, and of
// the pause that an answer asks for.
const (
	finalAnswers = "below 500, but for 408, 425 and 429"
	heedsPause   = "Retry-After is heeded up to an hour."
)

// remaining is what is left of an attempt's time: the step's timeout counts, not
// the client's.
func remaining(ctx context.Context) time.Duration {
	end, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	return max(time.Until(end), time.Millisecond)
}

// callFailed is a call that got no answer. What was not refused by our own
// guard may work later.
func callFailed(err error) *Error {
	e := &Error{Message: err.Error(), Blame: BlameNetwork, Err: err}
	var call *outbound.Error
	if !errors.As(err, &call) {
		e.Message = "the call failed"
		return e
	}
	if call.Permanent {
		e.Permanent, e.Blame = true, BlameBehavior
	}
	return e
}

// refused is the failure that an answer is which was not wanted. What is secret
// of the call never stands in it, even if the remote sends it back.
func refused(r *outbound.Response, secrets ...string) error {
	return &Error{
		Message:    fmt.Sprintf("answered %s", statusText(r.Status)),
		Status:     r.Status,
		Excerpt:    excerpt(r, secrets...),
		Permanent:  permanent(r.Status),
		RetryAfter: retryAfter(r.Header),
		Blame:      BlameRemote,
	}
}

func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// permanent tells whether the same call would get the same answer again, or must
// not be made twice: a success that was not wanted has had its effect. A redirect
// is never followed, so it is one.
func permanent(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status < 500
}

// excerpt of an answer, without the secrets.
func excerpt(r *outbound.Response, secrets ...string) string {
	text, _ := newRedactor(secrets...).hideAnswer(r)
	if len(text) > maxExcerpt {
		text = strings.ToValidUTF8(text[:maxExcerpt], "")
	}
	return text
}

// retryAfter reads seconds, or a date by the remote's own clock.
func retryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	var wait time.Duration
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		now, err := http.ParseTime(h.Get("Date"))
		if err != nil {
			return 0
		}
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}
