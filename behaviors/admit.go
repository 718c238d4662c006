package behaviors

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// Admit runs what comes before the store, in this order: a preflight of cors,
// handshakes, accept, the caps, verify, dedupe.
func (e *Evaluation) Admit() Admission {
	if a := e.asked(); a != nil {
		return *a
	}
	if a := e.acceptable(); a != nil {
		return *a
	}
	if err := e.scan(); err != nil {
		return refuse(CauseTooComplex, err.Error(), plainResponse(statusBadRequest, "the body is too complex"))
	}
	if e.p.verify != nil {
		if a := e.verified(); a != nil {
			return *a
		}
	}
	return e.deduped()
}

// runs tells whether there are steps to advance.
func (a Admission) runs() bool {
	return a.Outcome == Accepted || a.Handshake != nil && len(a.Handshake.steps) > 0
}

// advance decides what to do next of what was admitted.
func (e *Evaluation) advance(a Admission, j Journal) Decision {
	if a.Handshake != nil {
		return a.Handshake.Advance(j)
	}
	return e.Advance(j)
}

// asked answers what is no event: a preflight, or a handshake.
func (e *Evaluation) asked() *Admission {
	if e.p.cors != nil {
		if _, err := e.allowedOrigin(); err != nil {
			a := refuse(CauseBehavior, "cors: "+err.Error(), failedResponse())
			return &a
		}
		if r := e.Preflight(); r != nil {
			return &Admission{Outcome: Preflight, Response: r}
		}
	}
	e.note()
	defer e.noted()
	m, err := e.Handshake()
	switch {
	case err != nil:
		if a := e.unchecked(err); a != nil {
			return a
		}
		a := refuse(CauseBehavior, err.Error(), failedResponse())
		return &a
	case m != nil:
		return &Admission{Outcome: Handshake, Response: m.Response, Handshake: m}
	}
	return nil
}

func refuse(cause, detail string, r *Response) Admission {
	return Admission{Outcome: Refused, Cause: cause, Detail: detail, Response: r}
}

func (e *Evaluation) acceptable() *Admission {
	req := e.d.Request
	if !e.p.Accepts(req.Method) {
		r := plainResponse(statusMethod, "method not allowed")
		r.Header = append(r.Header, payload.Field{Name: "Allow", Value: strings.Join(e.p.accept.methods, ", ")})
		a := refuse(CauseMethod, "the method is not among "+strings.Join(e.p.accept.methods, ", "), r)
		return &a
	}
	types := e.p.accept.types
	if len(types) == 0 || len(req.Body) == 0 && req.ContentType() == "" || slices.Contains(types, req.Kind()) {
		return nil
	}
	a := refuse(CauseType, fmt.Sprintf("the body is %s", req.Kind()), plainResponse(statusType, "unsupported content type"))
	return &a
}

// verified evaluates verify. nil: it holds.
func (e *Evaluation) verified() *Admission {
	if len(e.p.handshakes) > 0 {
		e.freshLets() // one that a handshake has read would not ask for its secrets again
	}
	e.note()
	defer e.noted()
	ok, err := e.holds(e.p.verify)
	if err == nil && ok {
		return nil
	}
	if a := e.unchecked(err); a != nil {
		return a
	}
	if err != nil {
		a := refuse(CauseBehavior, "verify: "+err.Error(), failedResponse())
		return &a
	}
	response, err := e.rejection()
	if err != nil {
		a := refuse(CauseBehavior, "reject: "+err.Error(), failedResponse())
		return &a
	}
	cause, detail := e.whyRejected()
	a := refuse(cause, detail, response)
	return &a
}

// unchecked is where a check could not be made just now: that is our trouble,
// and no reason to refuse.
func (e *Evaluation) unchecked(err error) *Admission {
	for _, f := range e.fetched {
		if f.err != nil {
			a := refuse(CauseSecretUnreadable, f.secret.String()+" cannot be read", plainResponse(statusUnavailable, "try again later"))
			return &a
		}
	}
	var failed *expression.Error
	if errors.As(err, &failed) && failed.Code == codeUnchecked {
		a := refuse(CauseUnchecked, err.Error(), plainResponse(statusUnavailable, "try again later"))
		return &a
	}
	return nil
}

func (e *Evaluation) rejection() (*Response, error) {
	if e.p.reject != nil {
		r, _, err := e.answer(e.p.reject)
		return r, err
	}
	if e.p.provider != nil && e.p.provider.Rejection.Status != 0 {
		return replyResponse(e.p.provider.Rejection), nil
	}
	return plainResponse(statusUnauthorized, "not verified"), nil
}

// whyRejected finds the reason for the log: a secret that is not set, or what
// the provider's check says of the request.
func (e *Evaluation) whyRejected() (cause, detail string) {
	var secrets []string
	for _, f := range e.fetched {
		if f.value == "" {
			return CauseSecretMissing, f.secret.String() + " is empty"
		}
		secrets = append(secrets, f.value)
	}
	if e.p.provider == nil {
		return CauseSignature, "verify is not true"
	}
	if len(secrets) == 0 {
		for _, in := range e.p.inputs {
			if in.Type == "secret" && e.d.Inputs[in.Name] == nil {
				return CauseSecretMissing, "the input " + in.Name + " is empty"
			}
		}
	} else if err := e.p.provider.Verify(e.d.Request, secrets); err != nil {
		return CauseSignature, err.Error()
	}
	return CauseSignature, "verify is not true"
}

// deduped evaluates the idempotency key, and the key of the order.
func (e *Evaluation) deduped() Admission {
	a := Admission{Outcome: Accepted}
	var err error
	if a.Key, a.HasKey, err = e.key(e.p.dedupe); err != nil {
		return refuse(CauseBehavior, "dedupe: "+err.Error(), failedResponse())
	}
	if a.Order, a.HasOrder, err = e.key(e.p.orderBy); err != nil {
		return refuse(CauseBehavior, "order_by: "+err.Error(), failedResponse())
	}
	return a
}

// key evaluates an expression that gives a key, if there is one.
func (e *Evaluation) key(x *expr) (key string, has bool, err error) {
	if x == nil {
		return "", false, nil
	}
	v, err := e.eval(x)
	if err != nil {
		return "", false, err
	}
	key, has, err = dedupeKey(v)
	return key, has, e.unfit(x, err)
}

func dedupeKey(v any) (key string, has bool, err error) {
	switch v.(type) {
	case nil:
		return "", false, nil
	case string, int64, float64, *big.Int:
		text, err := expression.NewWalker(expression.Limits{}).JSON(v)
		return string(text), err == nil, err
	}
	return "", false, fmt.Errorf("must be text, a number or nil, got %s", kindWords(valueKind(v)))
}
