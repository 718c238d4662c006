package signatures

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// slack signs version, timestamp and raw body together, the same way for slash
// commands, interactivity and events.
func slack() *Provider {
	const header, moment, scheme = "X-Slack-Signature", "X-Slack-Request-Timestamp", "v0="
	sign := func(secret, timestamp string, body []byte) string {
		return scheme + hmacSHA256(secret, append([]byte("v0:"+timestamp+":"), body...))
	}
	reject := rejection(401)
	// without it Slack sends an event thrice more
	reject.Header = reject.Header.With("X-Slack-No-Retry", "1")
	return &Provider{
		Name: "slack",
		Doc: "True if Slack signed the request with the app's signing secret (not a token) within " +
			fmt.Sprintf("%.0f minutes of its ", slackTolerance.Minutes()) + "receipt: header X-Slack-Signature holds the HMAC-SHA256 of version, X-Slack-Request-Timestamp and raw body. " +
			"https://docs.slack.dev/authentication/verifying-requests-from-slack",
		Verify: func(r *payload.Request, secrets []string) error {
			got, err := schemed(r.Header, header, scheme)
			if err != nil {
				return err
			}
			timestamp, err := single(r.Header, moment)
			if err != nil {
				return err
			}
			at, err := unixTime(timestamp)
			if err != nil {
				return err
			}
			if err := fresh(at, r.ReceivedAt, slackTolerance); err != nil {
				return err
			}
			return check(got, secrets, func(secret string) string { return sign(secret, timestamp, r.Body) })
		},
		Sign: func(r *payload.Request, secret string, now time.Time) error {
			if len(secret) == 0 {
				return errEmptySecret
			}
			timestamp := strconv.FormatInt(now.Unix(), 10)
			r.Header = r.Header.With(moment, timestamp).With(header, sign(secret, timestamp, r.Body))
			return nil
		},
		Renew:     renewFields("trigger_id", "event_id"), // of a command, of an event
		Rejection: reject,
		Empty:     Reply{Status: 200},
		Test:      slackProbe,
	}
}

// slackTolerance is what Slack's documentation asks for.
const slackTolerance = 5 * time.Minute

// slackProbe tells the form with ssl_check=1, by which Slack looks at a
// certificate, from a command.
func slackProbe(r *payload.Request) bool {
	if !bytes.Contains(r.Body, []byte("ssl_check=1")) { // seldom, so nothing is decoded
		return false
	}
	fields, err := payload.ParseForm(string(r.Body), payload.DefaultLimits)
	if err != nil {
		return false
	}
	for _, f := range fields {
		if f.Name == "ssl_check" {
			return f.Value == "1"
		}
	}
	return false
}
