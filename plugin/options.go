package plugin

import (
	"net/http"
	"net/netip"
	"time"
)

// Option changes what Register sets up.
type Option func(*options)

type options struct {
	allowOutbound []netip.Prefix
	maxBody       int64
	sessionCookie string
	clientIP      func(*http.Request) string
	zone          *time.Location
}

// WithAllowOutbound names private networks that behaviors may reach, on any
// port. Default none: only public addresses can be called.
func WithAllowOutbound(networks ...netip.Prefix) Option {
	return func(o *options) { o.allowOutbound = append(o.allowOutbound, networks...) }
}

// WithMaxBody limits the bodies of deliveries, in bytes. Default 1 MiB. A
// behavior's accept.max_body wins, up to 32 MiB.
func WithMaxBody(bytes int64) Option {
	return func(o *options) { o.maxBody = bytes }
}

// WithSessionCookie names the host's session cookie, which no behavior's answer
// may set.
func WithSessionCookie(name string) Option {
	return func(o *options) { o.sessionCookie = name }
}

// WithClientIP tells the caller's address where the host stands behind a proxy
// that it trusts. Default the peer's address: a header can say anything.
func WithClientIP(clientIP func(r *http.Request) string) Option {
	return func(o *options) { o.clientIP = clientIP }
}

// WithTimezone is the host's, for dates in behaviors and listeners that name
// none. Default UTC.
func WithTimezone(zone *time.Location) Option {
	return func(o *options) { o.zone = zone }
}
