package behaviors_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// modelDocument is a generated document, and the delivery that it meets.
type modelDocument struct {
	source  string
	d       *behaviors.Delivery
	inputs  map[string]any // as a listener gives them
	complex bool           // the body is beyond the caps
	test    bool           // the provider calls the request a ping

	name, description string
	zone              *time.Location
	methods, types    []string
	maxBody           int64
	cors              *modelCORS
	handshakes        []modelHandshake
	verify            *meaning
	reject            *modelRespond
	signed            bool // a provider is asked
	dedupe, orderBy   *meaning
	on                string
	limit             int
	deadline          time.Duration
	late              *modelRespond
	steps             []*modelStep
}

type modelHandshake struct {
	when    meaning
	respond *modelRespond
	keep    []modelLet // by input
	steps   []*modelStep
}

type modelCORS struct {
	star    bool // written as it is
	origins []modelOrigin
	headers []string
	maxAge  int // seconds; 0: not written
}

// modelOrigin is an entry of the origins, as browsers write it; "" for a text
// that is none.
type modelOrigin struct {
	origin     string
	bad, fails bool // no text; an expression that fails
}

// errUnchecked is where a provider cannot tell just now.
var errUnchecked = errors.New("not now")

// anyDetail ends what the model says of a mistake of the behavior's.
const anyDetail = "…"

// fetched is a secret that was asked for.
type fetched struct {
	name, value string
	err         error
}

// secret asks for the value of an input; "" where it is not set.
func (m *model) secret(name string) (string, error) {
	secret, isSet := m.doc.d.Inputs[name].(expression.Secret)
	if !isSet {
		return "", nil
	}
	value, err := m.doc.d.Secrets(secret)
	m.fetched = append(m.fetched, fetched{name, value, err})
	return value, err
}

// silence is the answer where the behavior gives none.
func (doc *modelDocument) silence() *behaviors.Response {
	if doc.signed {
		return &behaviors.Response{Status: 202, Header: payload.Header{{Name: "Content-Type", Value: "text/xml"}}, Body: []byte("<Response/>")}
	}
	return &behaviors.Response{Status: 200}
}

// admitted is an admission in a form that can be compared.
type admitted struct {
	behaviors.Admission
	Keep   map[string]string
	Stored bool
	Struck string // the body as it may be kept, of a handshake
	steps  []*modelStep
}

func refusal(cause, detail string, r *behaviors.Response) *admitted {
	return &admitted{Admission: behaviors.Admission{Outcome: behaviors.Refused, Cause: cause, Detail: detail, Response: r}}
}

func mistaken(detail string) *admitted {
	return refusal(behaviors.CauseBehavior, detail+": "+anyDetail, badAnswer())
}

// admit is Admit, by the model.
func (m *model) admit() *admitted {
	doc, request := m.doc, m.doc.d.Request
	if doc.cors != nil {
		if _, err := m.allowed(); err != nil {
			return mistaken("cors")
		}
		if r := m.preflight(); r != nil {
			return &admitted{Admission: behaviors.Admission{Outcome: behaviors.Preflight, Response: r}}
		}
	}
	if a := m.handshake(); a != nil {
		return a
	}
	if !slices.Contains(doc.methods, request.Method) {
		r := plainAnswer(405, "method not allowed")
		r.Header = append(r.Header, payload.Field{Name: "Allow", Value: strings.Join(doc.methods, ", ")})
		return refusal(behaviors.CauseMethod, "the method is not among "+strings.Join(doc.methods, ", "), r)
	}
	if len(doc.types) > 0 && !slices.Contains(doc.types, "json") {
		return refusal(behaviors.CauseType, "the body is json", plainAnswer(415, "unsupported content type"))
	}
	if doc.complex {
		return refusal(behaviors.CauseTooComplex, anyDetail, plainAnswer(400, "the body is too complex"))
	}
	if a := m.verified(); a != nil {
		return a
	}
	a := &admitted{Admission: behaviors.Admission{Outcome: behaviors.Accepted}}
	var err error
	if a.Key, a.HasKey, err = m.key(doc.dedupe); err != nil {
		return mistaken("dedupe")
	}
	if a.Order, a.HasOrder, err = m.key(doc.orderBy); err != nil {
		return mistaken("order_by")
	}
	return a
}

// key is the key that an expression gives: a text or a number.
func (m *model) key(x *meaning) (key string, has bool, err error) {
	if x == nil {
		return "", false, nil
	}
	v, err := x.of(m)
	switch v.(type) {
	case nil:
		return "", false, err
	case string, int64, float64:
		return string(compact(v)), true, err
	}
	return "", false, errEvaluation
}

// unchecked tells what could not be checked just now.
func (m *model) unchecked(err error) *admitted {
	for _, f := range m.fetched {
		if f.err != nil {
			return refusal(behaviors.CauseSecretUnreadable, "secret "+f.name+" cannot be read", plainAnswer(503, "try again later"))
		}
	}
	if errors.Is(err, errUnchecked) {
		return refusal(behaviors.CauseUnchecked, anyDetail, plainAnswer(503, "try again later"))
	}
	return nil
}

func (m *model) handshake() *admitted {
	if m.doc.complex {
		return nil
	}
	m.fetched = nil
	for i, h := range m.doc.handshakes {
		holds, err := m.holds(&h.when)
		var a *admitted
		if err == nil && holds {
			a, err = m.shake(h)
		}
		if err != nil {
			if a := m.unchecked(err); a != nil {
				return a
			}
			return mistaken("handshake[" + strconv.Itoa(i) + "]")
		}
		if a != nil {
			return a
		}
	}
	return nil
}

func (m *model) shake(h modelHandshake) (*admitted, error) {
	a := &admitted{
		Admission: behaviors.Admission{Outcome: behaviors.Handshake, Response: m.doc.silence()},
		Stored:    len(h.keep)+len(h.steps) > 0, Struck: string(m.doc.d.Request.Body), steps: h.steps,
	}
	var err error
	if h.respond != nil {
		if a.Response, _, err = m.respond(h.respond); err != nil {
			return nil, err
		}
	}
	for _, k := range h.keep {
		v, err := k.of(m)
		text, isText := v.(string)
		switch {
		case err != nil:
			return nil, err
		case v == nil || v == "":
			continue
		case !isText || len(text) > 64<<10:
			return nil, errEvaluation
		}
		a.Struck = strings.ReplaceAll(a.Struck, text, "struck")
		if held, err := m.secret(k.name); err != nil {
			return nil, err
		} else if held == "" {
			if a.Keep == nil {
				a.Keep = map[string]string{}
			}
			a.Keep[k.name] = text
		}
	}
	return a, nil
}

// verified is nil where verify holds.
func (m *model) verified() *admitted {
	if m.doc.verify == nil {
		return nil
	}
	m.fetched = nil
	holds, err := m.doc.verify.is(m)
	if err == nil && holds {
		return nil
	}
	if a := m.unchecked(err); a != nil {
		return a
	}
	if err != nil {
		return mistaken("verify")
	}
	fetched := m.fetched
	r := plainAnswer(401, "not verified")
	switch {
	case m.doc.reject != nil:
		if r, _, err = m.respond(m.doc.reject); err != nil {
			return mistaken("reject")
		}
	case m.doc.signed:
		r = &behaviors.Response{Status: 406, Body: []byte("no")}
	}
	for _, f := range fetched {
		if f.value == "" {
			return refusal(behaviors.CauseSecretMissing, "secret "+f.name+" is empty", r)
		}
	}
	switch {
	case !m.doc.signed:
		return refusal(behaviors.CauseSignature, "verify is not true", r)
	case len(fetched) > 0 && proof(m.doc.d.Request) != nil:
		return refusal(behaviors.CauseSignature, anyDetail, r)
	case len(fetched) == 0:
		for _, name := range []string{"key", "spare"} {
			if m.doc.d.Inputs[name] == nil {
				return refusal(behaviors.CauseSecretMissing, "the input "+name+" is empty", r)
			}
		}
	}
	return refusal(behaviors.CauseSignature, "verify is not true", r)
}

// allowed is the origin that may call, "*", or "".
func (m *model) allowed() (string, error) {
	origins := m.doc.d.Request.Header.Values("Origin")
	if len(origins) != 1 {
		return "", nil
	}
	for _, o := range m.doc.cors.origins {
		if o.fails {
			return "", errEvaluation
		}
	}
	for _, o := range m.doc.cors.origins {
		switch {
		case o.bad:
			return "", errEvaluation
		case o.origin == "*" || o.origin == origins[0]:
			return o.origin, nil
		}
	}
	return "", nil
}

func (m *model) preflight() *behaviors.Response {
	request := m.doc.d.Request
	if request.Method != "OPTIONS" || len(request.Header.Values("Origin")) != 1 || len(request.Header.Values("Access-Control-Request-Method")) != 1 {
		return nil
	}
	r := &behaviors.Response{Status: 204}
	if origin, _ := m.allowed(); origin != "" {
		r.Header = append(r.Header, payload.Field{Name: "Access-Control-Allow-Methods", Value: strings.Join(m.doc.methods, ", ")})
		if list := m.doc.cors.headers; len(list) > 0 {
			r.Header = append(r.Header, payload.Field{Name: "Access-Control-Allow-Headers", Value: strings.Join(list, ", ")})
		}
		if m.doc.cors.maxAge > 0 {
			r.Header = append(r.Header, payload.Field{Name: "Access-Control-Max-Age", Value: strconv.Itoa(m.doc.cors.maxAge)})
		}
	}
	r.Header = append(r.Header, payload.Field{Name: "Vary", Value: "Access-Control-Request-Method, Access-Control-Request-Headers"})
	return r
}

// withCORS is the response as it is sent.
func (m *model) withCORS(r *behaviors.Response) *behaviors.Response {
	if m.doc.cors == nil || r == nil {
		return r
	}
	with := *r
	with.Header = slices.Clone(r.Header)
	if origin, _ := m.allowed(); origin != "" && len(r.Header.Values("Access-Control-Allow-Origin")) == 0 {
		with.Header = append(with.Header, payload.Field{Name: "Access-Control-Allow-Origin", Value: origin})
	}
	if !m.doc.cors.star {
		with.Header = append(with.Header, payload.Field{Name: "Vary", Value: "Origin"})
	}
	return &with
}

// atDeadline is what is answered when it has passed.
func (m *model) atDeadline() *behaviors.Response {
	if m.doc.late != nil && !m.doc.complex {
		if r, _, err := m.respond(m.doc.late); err == nil {
			return r
		}
	}
	return m.doc.silence()
}
