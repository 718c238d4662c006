package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
)

type checkIn struct {
	Source     string                    `json:"source"`
	Policy     optional[json.RawMessage] `json:"policy"`
	BehaviorID optional[string]          `json:"behavior_id"`
	// Samples are requests such as the behavior will receive: texts of request
	// files, or ids of deliveries. At most 20; of their bodies the first 2 MiB
	// together are read.
	Samples []string `json:"samples,omitempty"`
}

// Of the samples of a check.
const (
	maxSamples     = 20
	maxSampleBytes = 2 << 20
)

type checkOut struct {
	Diagnostics behaviors.Diagnostics `json:"diagnostics"`
	Inputs      []behaviors.Input     `json:"inputs"`
	// Grants are what the source names, which a null policy allows once it is
	// published; null where it does not compile.
	Grants *grantsJSON `json:"grants"`
}

type grantsJSON struct {
	Actions []string `json:"actions"`
	Hosts   []string `json:"hosts"`  // written out in it, with their port
	Inputs  []string `json:"inputs"` // that may hold a host, with their type: "system: url"
}

func grantsOf(p *behaviors.Program) *grantsJSON {
	if p == nil {
		return nil
	}
	g := p.Grants()
	return &grantsJSON{append([]string{}, g.Actions...), append([]string{}, g.Hosts...), append([]string{}, g.Inputs...)}
}

// check says all that is wrong with a source, and which inputs it declares.
func (h *Handlers) check(c *call) error {
	var in checkIn
	if err := c.decode(&in, false); err != nil {
		return err
	}
	policy, err := h.checkedPolicy(c, &in)
	if err != nil {
		return err
	}
	samples, err := h.checkSamples(c, in.Samples)
	if err != nil {
		return err
	}
	p, diagnostics := behaviors.CompileWith(in.Source, h.Catalog, behaviors.Options{Policy: policy, Samples: samples})
	return c.answer(http.StatusOK, checkOut{listed(diagnostics), inputsOf(p), grantsOf(p)})
}

// checkSamples reads samples. One whose body is too much after those before it is
// left out: who sends ids does not know how large they are.
func (h *Handlers) checkSamples(c *call, sent []string) ([]*payload.Request, error) {
	if len(sent) > maxSamples {
		return nil, invalid(FieldError{"samples", "too_many", fmt.Sprintf("at most %d", maxSamples)})
	}
	var samples []*payload.Request
	size := 0
	for i, text := range sent {
		r, _, err := h.sentRequest(c, fmt.Sprintf("samples[%d]", i), text)
		if err != nil {
			return nil, err
		}
		if size+len(r.Body) <= maxSampleBytes {
			size += len(r.Body)
			samples = append(samples, r)
		}
	}
	return samples, nil
}

// checkedPolicy is the policy that is sent, or that of a behavior.
func (h *Handlers) checkedPolicy(c *call, in *checkIn) (behaviors.Policy, error) {
	if !in.BehaviorID.Sent || in.BehaviorID.Null {
		return h.readPolicy(in.Policy)
	}
	if in.Policy.Sent {
		return nil, invalid(FieldError{"behavior_id", "conflict", "send policy or behavior_id, not both"})
	}
	b, err := h.otherBehavior(c, in.BehaviorID.Value)
	if err != nil {
		return nil, err
	}
	return behaviors.StoredPolicy(b.Policy), nil
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
