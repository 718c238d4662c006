package handlers

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
)

type checkIn struct {
	Source string `json:"source"`
}

type checkOut struct {
	Diagnostics behaviors.Diagnostics `json:"diagnostics"`
	Inputs      []behaviors.Input     `json:"inputs"`
}

// check says all that is wrong with a source, and which inputs it declares.
func (h *Handlers) check(c *call) error {
	var in checkIn
	if err := c.decode(&in, false); err != nil {
		return err
	}
	p, diagnostics := behaviors.Compile(in.Source, h.Catalog)
	return c.answer(http.StatusOK, checkOut{listed(diagnostics), inputsOf(p)})
}

func inputsOf(p *behaviors.Program) []behaviors.Input {
	inputs := []behaviors.Input{}
	if p == nil {
		return inputs
	}
	for _, in := range p.Inputs() {
		if in.Options == nil {
			in.Options = []string{}
		}
		if in.Hosts == nil {
			in.Hosts = []string{}
		}
		inputs = append(inputs, in)
	}
	return inputs
}

type simulateIn struct {
	Source     optional[string]           `json:"source"`
	BehaviorID optional[string]           `json:"behavior_id"`
	ListenerID optional[string]           `json:"listener_id"`
	Inputs     map[string]json.RawMessage `json:"inputs,omitempty"`
	Request    string                     `json:"request"`
	ReceivedAt optional[string]           `json:"received_at"`
	Outputs    map[string]json.RawMessage `json:"outputs,omitempty"`
}

type simulateOut struct {
	Diagnostics behaviors.Diagnostics     `json:"diagnostics"`
	Outcome     *behaviors.Outcome        `json:"outcome"`
	Cause       *string                   `json:"cause"`
	Response    *responseJSON             `json:"response"`
	Steps       []behaviors.SimulatedStep `json:"steps"`
	Trace       []behaviors.TraceValue    `json:"trace"`
}

// simulate decides about one request without touching anything.
func (h *Handlers) simulate(c *call) error {
	var in simulateIn
	if err := c.decode(&in, false); err != nil {
		return err
	}
	source, err := h.simulatedSource(c, &in)
	if err != nil {
		return err
	}
	p, diagnostics := behaviors.Compile(source, h.Catalog)
	if p == nil {
		return c.answer(http.StatusOK, simulateOut{
			Diagnostics: listed(diagnostics), Steps: []behaviors.SimulatedStep{}, Trace: []behaviors.TraceValue{},
		})
	}
	d, err := h.simulatedDelivery(c, p, &in)
	if err != nil {
		return err
	}
	outputs := make(map[string]any, len(in.Outputs))
	for name, raw := range in.Outputs {
		if outputs[name], err = plainValue(raw); err != nil {
			return err
		}
	}
	s := behaviors.Simulate(source, h.Catalog, d, outputs)
	out := simulateOut{Diagnostics: listed(s.Diagnostics), Steps: s.Steps, Trace: s.Trace}
	if s.Outcome != "" {
		out.Outcome = &s.Outcome
	}
	if s.Cause != "" {
		out.Cause = &s.Cause
	}
	if s.Response != nil {
		out.Response = showResponse(s.Response.Status, fieldPairs(s.Response.Header), s.Response.Body)
	}
	if out.Steps == nil {
		out.Steps = []behaviors.SimulatedStep{}
	}
	if out.Trace == nil {
		out.Trace = []behaviors.TraceValue{}
	}
	return c.answer(http.StatusOK, out)
}

func (h *Handlers) simulatedSource(c *call, in *simulateIn) (string, error) {
	switch {
	case in.Source.Sent && in.BehaviorID.Sent:
		return "", invalid(FieldError{"behavior_id", "conflict", "send source or behavior_id, not both"})
	case in.Source.Sent && !in.Source.Null:
		return in.Source.Value, nil
	case in.BehaviorID.Sent && !in.BehaviorID.Null:
		id, _ := parseID(in.BehaviorID.Value)
		b, err := h.Store.Behavior(c.r.Context(), id)
		if errors.Is(err, models.ErrNotFound) {
			return "", invalid(noBehavior())
		}
		if err != nil {
			return "", err
		}
		return b.Source, nil
	}
	return "", invalid(FieldError{"source", "required", "send the source, or the behavior_id whose draft it is"})
}

// simulatedDelivery builds what the program is given, lending a listener's
// inputs and secrets; inputs that are sent take their place.
func (h *Handlers) simulatedDelivery(c *call, p *behaviors.Program, in *simulateIn) (*behaviors.Delivery, error) {
	ctx := c.r.Context()
	d := &behaviors.Delivery{ID: "simulation", Inputs: map[string]any{}, Listener: behaviors.Listener{Name: "simulation", URL: h.BaseURL() + "/simulation"}}
	req, deliveryID, err := h.simulatedRequest(c, in)
	if err != nil {
		return nil, err
	}
	if in.ListenerID.Sent && !in.ListenerID.Null {
		id, _ := parseID(in.ListenerID.Value)
		lent, err := h.Runner.Delivery(ctx, p, id, req)
		if errors.Is(err, models.ErrNotFound) {
			return nil, invalid(FieldError{"listener_id", "unknown", "there is no such listener"})
		}
		if err != nil {
			return nil, err
		}
		d = lent
	}
	d.Request = req
	d.ID = cmp.Or(deliveryID, d.ID)
	if req.URL == "" {
		req.URL = d.Listener.URL + req.Path
		if req.RawQuery != "" {
			req.URL += "?" + req.RawQuery
		}
	}
	// Simulate binds them: a secret is sent as text, and what does not fit or is
	// missing is a warning, so that a behavior can be tried before it is set up.
	inputs := maps.Clone(d.Inputs)
	for name, raw := range in.Inputs {
		if inputs[name], err = plainValue(raw); err != nil {
			return nil, err
		}
	}
	d.Inputs = inputs
	return d, nil
}

// simulatedRequest reads the text of a request file, or a stored delivery.
func (h *Handlers) simulatedRequest(c *call, in *simulateIn) (req *payload.Request, deliveryID string, err error) {
	ctx := c.r.Context()
	if id, ok := parseID(in.Request); ok {
		if !c.caller.may(Payloads) {
			return nil, "", forbidden(Payloads)
		}
		d, err := h.Store.Delivery(ctx, id)
		if errors.Is(err, models.ErrNotFound) {
			return nil, "", invalid(FieldError{"request", "unknown", "there is no such delivery"})
		}
		if err != nil {
			return nil, "", err
		}
		req, deliveryID = storedRequest(d), in.Request
	} else {
		if in.Request == "" {
			return nil, "", invalid(FieldError{"request", "required", "send the text of a request file, or a delivery's id"})
		}
		if req, err = payload.ReadRequest([]byte(in.Request)); err != nil {
			return nil, "", invalid(FieldError{"request", "format", err.Error()})
		}
		now, err := h.Store.Now(ctx)
		if err != nil {
			return nil, "", err
		}
		req.ReceivedAt = now.Time()
	}
	if in.ReceivedAt.Sent && !in.ReceivedAt.Null {
		t, err := time.Parse(time.RFC3339Nano, in.ReceivedAt.Value)
		if err != nil {
			return nil, "", invalid(FieldError{"received_at", "format", "must be a time such as 2026-03-01T09:00:00Z"})
		}
		req.ReceivedAt = t.UTC()
	}
	return req, deliveryID, nil
}
