package runner

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
)

// What is stored and what a behavior sees, each made of the other. A delivery
// that was read back decides as it did when it came.

// zoneOf is a listener's, or the settings', or the host's.
func (r *Runner) zoneOf(l *models.Listener) *time.Location {
	if l != nil && l.Timezone != "" {
		if zone, err := time.LoadLocation(l.Timezone); err == nil {
			return zone
		}
	}
	return cmp.Or(r.Settings().Timezone, r.zone)
}

func (r *Runner) listenerOf(id int64, l *models.Listener) behaviors.Listener {
	out := behaviors.Listener{ID: strconv.FormatInt(id, 10)}
	if l != nil {
		out.Name, out.URL = l.Name, r.listenerURL(l)
	}
	return out
}

// bind binds a listener's inputs: a secret is a reference by the input's name.
// An input that does not fit, as after a version that changed its type, is nil;
// publishing says so.
func bind(p *behaviors.Program, l *models.Listener) map[string]any {
	values := make(map[string]any, len(l.Inputs))
	for name, v := range l.Inputs {
		if _, ok := secretID(l, name); ok {
			v = expression.Secret{Name: name}
		}
		values[name] = v
	}
	bound, _ := p.BindInputs(values)
	return bound
}

// pin is what of bound inputs is kept with the delivery: plain values as they
// are, secrets as what they refer to.
func pin(bound map[string]any, l *models.Listener) map[string]any {
	pinned := make(map[string]any, len(bound))
	for name, v := range bound {
		if _, isSecret := v.(expression.Secret); isSecret {
			v = l.Inputs[name]
		}
		pinned[name] = v
	}
	return pinned
}

// unpin reverses pin.
func unpin(pinned map[string]any) map[string]any {
	bound := make(map[string]any, len(pinned))
	for name, v := range pinned {
		switch v.(type) {
		case models.SecretInput, *models.SecretInput:
			v = expression.Secret{Name: name}
		}
		bound[name] = v
	}
	return bound
}

// Delivery builds what a behavior is given, of a listener's inputs: for
// simulation with listener_id. models.ErrNotFound where there is no such
// listener.
func (r *Runner) Delivery(ctx context.Context, p *behaviors.Program, listenerID int64, req *payload.Request) (*behaviors.Delivery, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	l, err := r.store.Listener(ctx, listenerID)
	if err != nil {
		return nil, fmt.Errorf("delivery for listener %d: %w", listenerID, err)
	}
	return &behaviors.Delivery{
		ID: "simulation", Request: req, Inputs: bind(p, l), Listener: r.listenerOf(l.ID, l), Zone: r.zoneOf(l),
		Secrets: r.verifySecret(ctx, l), Clock: r.clock.Now,
	}, nil
}

// stored is a delivery as it was when it came. Its listener may be gone.
func (r *Runner) stored(ctx context.Context, d *models.Delivery) *behaviors.Delivery {
	l := r.listeners.id(d.ListenerID)
	return &behaviors.Delivery{
		ID: d.UID, Request: requestOf(d), Inputs: unpin(d.Inputs), Listener: r.listenerOf(d.ListenerID, l), Zone: r.zoneOf(l),
		Secrets: r.verifySecret(ctx, l), Clock: r.clock.Now,
	}
}

func storedRequest(q *payload.Request) models.HTTPRequest {
	return models.HTTPRequest{
		Method: q.Method, Path: q.Path, RawQuery: q.RawQuery, URL: q.URL, ClientIP: q.ClientIP, ContentType: q.ContentType(),
		Header: pairs(q.Header), Body: q.Body,
	}
}

func requestOf(d *models.Delivery) *payload.Request {
	q := &d.Request
	return &payload.Request{
		Method: q.Method, Path: q.Path, RawQuery: q.RawQuery, URL: q.URL, ClientIP: q.ClientIP,
		Header: fields(q.Header), Body: q.Body, ReceivedAt: d.ReceivedAt.Time(),
	}
}

func storedResponse(r *behaviors.Response) *models.HTTPResponse {
	return &models.HTTPResponse{Status: r.Status, Header: pairs(r.Header), Body: r.Body}
}

func responseOf(r *models.HTTPResponse) *behaviors.Response {
	return &behaviors.Response{Status: r.Status, Header: fields(r.Header), Body: r.Body}
}

func pairs(h payload.Header) [][2]string {
	if len(h) == 0 {
		return nil
	}
	out := make([][2]string, len(h))
	for i, f := range h {
		out[i] = [2]string{f.Name, f.Value}
	}
	return out
}

func fields(h [][2]string) payload.Header {
	if len(h) == 0 {
		return nil
	}
	out := make(payload.Header, len(h))
	for i, p := range h {
		out[i] = payload.Field{Name: p[0], Value: p[1]}
	}
	return out
}
