package signatures

import (
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// Reply is what a provider is answered: a rejection, or an empty answer.
type Reply struct {
	Status int
	Header payload.Header
	Body   string
}

// Provider knows how one service proves its requests. One file a provider.
type Provider struct {
	Name string // the namespace: `mailgun.signed(…)`
	Doc  string // of signed, with the provider's page
	// Verify tells whether a request is signed with one of the secrets. It takes
	// its time from Request.ReceivedAt. nil, or what is wrong (never the expected signature).
	Verify func(r *payload.Request, secrets []string) error
	// Sign signs a body as the provider would, for samples and `devhost send`:
	// it may change the body (Mailgun) or add header lines (GitHub).
	Sign      func(r *payload.Request, secret string, now time.Time) error
	Rejection Reply // of a wrong signature
	Empty     Reply // where a behavior gives no answer
	// Test tells a ping or a sample from an event; nil: none known.
	Test func(r *payload.Request) bool
}

// Providers returns every provider, sorted by name.
func Providers() []*Provider { panic("contract") }
