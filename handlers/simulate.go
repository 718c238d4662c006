package handlers

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
)

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
	// TraceProblem is why the trace is not whole.
	TraceProblem string `json:"trace_problem,omitempty"`
}

// simulate decides about one request without touching anything. What payloads lack
// is for check to find, over many: by this one alone every event that a behavior
// handles besides would be missing its fields.
func (h *Handlers) simulate(c *call) error {
	var in simulateIn
	if err := c.decode(&in, false); err != nil {
		return err
	}
	source, options, err := h.simulatedSource(c, &in)
	if err != nil {
		return err
	}
	p, diagnostics := behaviors.CompileWith(source, h.Catalog, options)
	if p == nil {
		return c.answer(http.StatusOK, notSimulated(diagnostics))
	}
	d, err := h.simulatedDelivery(c, p, &in)
	if err != nil {
		return err
	}
	out, err := simulated(source, h.Catalog, d, in.Outputs, options)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, out)
}

// Simulation is a dry run without a store, for a command line.
type Simulation struct {
	Source  string
	Request *payload.Request // with the moment of its receipt
	BaseURL string           // of listeners: "https://help.example.com/webhooks"
	Inputs  map[string]json.RawMessage
	Outputs map[string]json.RawMessage // of steps, by `as` name or path
	Policy  behaviors.Policy
}

// Simulate gives the JSON that POST /behaviors/simulate answers, and whether
// the source compiles. Errors are *Problem.
func Simulate(catalog *behaviors.Catalog, s Simulation) (answer []byte, compiles bool, err error) {
	options := behaviors.Options{Policy: s.Policy}
	p, diagnostics := behaviors.CompileWith(s.Source, catalog, options)
	out := notSimulated(diagnostics)
	if p != nil {
		d := newSimulated(s.BaseURL)
		receiveSimulated(d, s.Request)
		if err := overrideInputs(d, s.Inputs); err != nil {
			return nil, true, err
		}
		if out, err = simulated(s.Source, catalog, d, s.Outputs, options); err != nil {
			return nil, true, err
		}
	}
	answer, err = json.Marshal(out)
	return answer, p != nil, err
}

func notSimulated(diagnostics behaviors.Diagnostics) *simulateOut {
	return &simulateOut{Diagnostics: listed(diagnostics), Steps: []behaviors.SimulatedStep{}, Trace: []behaviors.TraceValue{}}
}

// simulated decides, and shows the decision.
func simulated(source string, catalog *behaviors.Catalog, d *behaviors.Delivery, raw map[string]json.RawMessage, options behaviors.Options) (*simulateOut, error) {
	outputs := make(map[string]any, len(raw))
	for name, value := range raw {
		v, err := plainValue(value)
		if err != nil {
			return nil, err
		}
		outputs[name] = v
	}
	s := behaviors.SimulateWith(source, catalog, d, outputs, options)
	out := &simulateOut{Diagnostics: listed(s.Diagnostics), Steps: s.Steps, Trace: s.Trace, TraceProblem: s.TraceProblem}
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
	return out, nil
}

// simulatedSource is what is simulated, and under which policy: a behavior's own,
// or that of the behavior of the listener that lends its inputs.
func (h *Handlers) simulatedSource(c *call, in *simulateIn) (source string, options behaviors.Options, err error) {
	var b *models.Behavior
	switch {
	case in.Source.Sent && in.BehaviorID.Sent:
		return "", options, invalid(FieldError{"behavior_id", "conflict", "send source or behavior_id, not both"})
	case in.Source.Sent && !in.Source.Null:
		source = in.Source.Value
		b, err = h.behaviorOfListener(c, in.ListenerID)
	case in.BehaviorID.Sent && !in.BehaviorID.Null:
		if b, err = h.otherBehavior(c, in.BehaviorID.Value); err == nil {
			source = b.Source
		}
	default:
		return "", options, invalid(FieldError{"source", "required", "send the source, or the behavior_id whose draft it is"})
	}
	if b != nil {
		options.Policy = behaviors.StoredPolicy(b.Policy)
	}
	return source, options, err
}

// otherBehavior is a behavior that a field names.
func (h *Handlers) otherBehavior(c *call, field string) (*models.Behavior, error) {
	id, _ := parseID(field)
	b, err := h.Store.Behavior(c.r.Context(), id)
	if errors.Is(err, models.ErrNotFound) {
		return nil, invalid(noBehavior())
	}
	return b, err
}

// behaviorOfListener is nil without a listener, and for one that does not exist.
func (h *Handlers) behaviorOfListener(c *call, field optional[string]) (*models.Behavior, error) {
	id, ok := parseID(field.Value)
	if !ok {
		return nil, nil
	}
	l, err := h.Store.Listener(c.r.Context(), id)
	if errors.Is(err, models.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return h.Store.Behavior(c.r.Context(), l.BehaviorID)
}

// simulatedDelivery builds what the program is given, lending a listener's
// inputs and secrets; inputs that are sent take their place.
func (h *Handlers) simulatedDelivery(c *call, p *behaviors.Program, in *simulateIn) (*behaviors.Delivery, error) {
	ctx := c.r.Context()
	d := newSimulated(h.BaseURL())
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
	d.ID = cmp.Or(deliveryID, d.ID)
	receiveSimulated(d, req)
	if err := overrideInputs(d, in.Inputs); err != nil {
		return nil, err
	}
	return d, signSimulated(p, d, in.Request)
}

// signSimulated signs a recipe's sample with the secret that verify asks for,
// as the sample's own signature is by a key that nobody has here. Any other
// request stays as it is.
func signSimulated(p *behaviors.Program, d *behaviors.Delivery, text string) error {
	provider, inputs := p.Signature()
	if !slices.ContainsFunc(samplesOf(p), func(s listenerSampleJSON) bool { return s.request == text }) {
		return nil
	}
	for _, name := range inputs {
		secret, _ := d.Inputs[name].(string)
		if ref, ok := d.Inputs[name].(expression.Secret); ok && d.Secrets != nil {
			secret, _ = d.Secrets(ref) // one that cannot be read is what simulating reports
		}
		if secret != "" {
			return provider.Sign(d.Request, secret, d.Request.ReceivedAt)
		}
	}
	return nil
}

func newSimulated(baseURL string) *behaviors.Delivery {
	return &behaviors.Delivery{ID: "simulation", Clock: time.Now, Inputs: map[string]any{}, Listener: behaviors.Listener{Name: "simulation", URL: baseURL + "/simulation"}}
}

// receiveSimulated fills in the URL as the caller would have been given it.
func receiveSimulated(d *behaviors.Delivery, req *payload.Request) {
	d.Request = req
	if req.URL == "" {
		req.URL = d.Listener.URL + req.Path
		if req.RawQuery != "" {
			req.URL += "?" + req.RawQuery
		}
	}
}

// simulatedRequest is the request that is sent, with the moment of its receipt.
func (h *Handlers) simulatedRequest(c *call, in *simulateIn) (req *payload.Request, deliveryID string, err error) {
	if req, deliveryID, err = h.sentRequest(c, "request", in.Request); err != nil {
		return nil, "", err
	}
	if deliveryID == "" {
		now, err := h.Store.Now(c.r.Context())
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

// sentRequest reads what a field has: the text of a request file, or the id of a
// stored delivery, which is given back then.
func (h *Handlers) sentRequest(c *call, field, text string) (req *payload.Request, deliveryID string, err error) {
	id, ok := parseID(text)
	switch {
	case text == "":
		return nil, "", invalid(FieldError{field, "required", "send the text of a request file, or a delivery's id"})
	case !ok:
		if req, err = payload.ReadRequest([]byte(text)); err != nil {
			return nil, "", invalid(FieldError{field, "format", err.Error()})
		}
		return req, "", nil
	case !c.caller.may(Payloads):
		return nil, "", forbidden(Payloads)
	}
	d, err := h.Store.Delivery(c.r.Context(), id)
	if errors.Is(err, models.ErrNotFound) {
		return nil, "", invalid(FieldError{field, "unknown", "there is no such delivery"})
	}
	if err != nil {
		return nil, "", err
	}
	return storedRequest(d), text, nil
}

// overrideInputs puts inputs in the place of a listener's. Simulate binds them:
// a secret is sent as text, and what does not fit or is missing is a warning,
// so that a behavior can be tried before it is set up.
func overrideInputs(d *behaviors.Delivery, sent map[string]json.RawMessage) error {
	inputs := make(map[string]any, len(d.Inputs)+len(sent))
	maps.Copy(inputs, d.Inputs)
	for name, raw := range sent {
		v, err := plainValue(raw)
		if err != nil {
			return err
		}
		inputs[name] = v
	}
	d.Inputs = inputs
	return nil
}
