package signatures

import (
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// github signs the raw body, be it JSON or a form: its JSON has escapes in upper
// case, which another writer would not repeat. There is no timestamp, and no
// retry whatever is answered.
func github() *Provider {
	const header, scheme = "X-Hub-Signature-256", "sha256="
	sign := func(secret string, body []byte) string { return scheme + hmacSHA256(secret, body) }
	return &Provider{
		Name: "github",
		Doc: "True if GitHub signed the request with the webhook's secret: header X-Hub-Signature-256 " +
			"holds the HMAC-SHA256 of the raw body. GitHub sends no time, so a request never gets too old. " +
			"https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
		Verify: func(r *payload.Request, secrets []string) error {
			got, err := schemed(r.Header, header, scheme)
			if err != nil {
				return err
			}
			return check(got, secrets, func(secret string) string { return sign(secret, r.Body) })
		},
		Sign: func(r *payload.Request, secret string, _ time.Time) error {
			if len(secret) == 0 {
				return errEmptySecret
			}
			r.Header = r.Header.With(header, sign(secret, r.Body))
			return nil
		},
		Renew: func(r *payload.Request, id string) error {
			r.Header = r.Header.With("X-GitHub-Delivery", id)
			return nil
		},
		Rejection: rejection(401),
		Empty:     Reply{Status: 200},
		Test:      func(r *payload.Request) bool { return r.Header.Get("X-GitHub-Event") == "ping" },
	}
}
