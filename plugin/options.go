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
	actions       []Action
	functions     []*Function
	records       []RecordType
	pickers       []Picker
}

// WithAllowOutbound names private networks that behaviors may reach, on any
// port. Default none: only public addresses can be called.
func WithAllowOutbound(networks ...netip.Prefix) Option {
	return func(o *options) { o.allowOutbound = append(o.allowOutbound, networks...) }
}

// WithMaxBody limits the bodies of deliveries, in bytes, from 1 KiB to 32 MiB;
// 0 is as without it. It becomes the default of the setting max_body, which an
// administrator may set otherwise; a behavior's accept.max_body wins over both.
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
// none, while the setting timezone is empty. Default UTC.
func WithTimezone(zone *time.Location) Option {
	return func(o *options) { o.zone = zone }
}

// WithAction adds an action of the host's own. It is checked at compile time,
// offered in the editor and documented in the catalog as the built-in ones are.
// What is wrong with it is an error of Register.
func WithAction(a Action) Option {
	return func(o *options) { o.actions = append(o.actions, a) }
}

// WithFunction adds a function of the host's own, such as `desk.greet`.
func WithFunction(f Function) Option {
	return func(o *options) { o.functions = append(o.functions, &f) }
}

// WithRecordType adds a type of record, for the actions and pickers that give it.
func WithRecordType(r RecordType) Option {
	return func(o *options) { o.records = append(o.records, r) }
}

// WithPicker adds a type of input for which a person picks one of the host's
// records or choices.
func WithPicker(p Picker) Option {
	return func(o *options) { o.pickers = append(o.pickers, p) }
}
