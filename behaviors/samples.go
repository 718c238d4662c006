package behaviors

import (
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// MaxSamples is how many samples a compilation reads.
const MaxSamples = 50

// sampleTypes are the types of `payload` and `request` as the samples have them;
// nil where there are none. Of a sample whose body cannot be decoded only the
// headers and the query count.
func sampleTypes(samples []*payload.Request) map[string]expression.Type {
	if len(samples) == 0 {
		return nil
	}
	var bodies []expression.Type
	request := environment()["request"].Type
	headers := openSample(`request.headers`)
	headers.AnyCase = true
	query := openSample(`request.query`)
	for _, r := range samples[:min(len(samples), MaxSamples)] {
		if body, err := payload.Scan(r, nil, payload.DefaultLimits); err == nil {
			bodies = append(bodies, expression.SampleType(body.All(), "payload", repeats(r, body.Kind())))
		}
		for _, name := range r.Header.Members() {
			headers.Fields[name] = text
		}
		if fields, ok := r.Member("query").(map[string]any); ok {
			for name, v := range fields {
				t := expression.SampleType(v, expression.MemberAt(query.At, name), true)
				if other, ok := query.Fields[name]; ok {
					t = expression.SampleUnion(other, t)
				}
				query.Fields[name] = t
			}
		}
	}
	request.Fields["headers"], request.Fields["query"] = headers, query
	return map[string]expression.Type{"payload": expression.SampleUnion(bodies...), "request": request}
}

// repeats tells whether what there are several of is a list in the payload.
func repeats(r *payload.Request, k payload.Kind) bool {
	return len(r.Body) == 0 || k == payload.XML || k == payload.Form || k == payload.Multipart
}

// openSample is a map of which any request may have other fields.
func openSample(at string) expression.Type {
	return expression.Type{Kind: expression.Map, Open: true, Sample: true, At: at, Fields: map[string]expression.Type{}}
}

// sampledScope is a scope whose names are of the types that the samples say.
type sampledScope struct{ *scope }

// Lookup implements expression.Scope.
func (s sampledScope) Lookup(name string) (expression.Name, bool) {
	n, ok := s.scope.Lookup(name)
	if t, known := s.samples[name]; ok && known {
		n.Type = t
	}
	return n, ok
}

// sample notes what the samples say of a name before it is bound. One that is
// bound already may keep its value.
func (s *scope) sample(name string, t expression.Type) {
	if s.samples == nil {
		return
	}
	if old, bound := (sampledScope{s}).Lookup(name); bound {
		t = either(old.Type, t)
	}
	s.samples[name] = t
}

// bySamples reads an expression once more, over names of the types that the
// samples say. The program is never made of this reading, so it stays the same
// with samples and without; what it finds beyond the first is a warning.
func (c *compiler) bySamples(text string, config expression.Config, found []expression.Problem) (expression.Type, []expression.Problem) {
	if c.scope.samples == nil {
		return expression.Type{}, nil
	}
	type place struct {
		from, to int
		code     string
	}
	known := map[place]bool{}
	for _, p := range found {
		known[place{p.From, p.To, p.Code}] = true
	}
	config.Scope, config.Paths = sampledScope{c.scope}, &payload.Paths{}
	compiled, problems := expression.Compile(text, config)
	var warnings []expression.Problem
	for _, p := range problems {
		if known[place{p.From, p.To, p.Code}] {
			continue
		}
		p.Severity = expression.SeverityWarning
		if !strings.Contains(p.Message, "sample") {
			p.Message += ", going by the samples"
		}
		warnings = append(warnings, p)
	}
	if compiled == nil {
		return expression.Type{}, warnings
	}
	return compiled.Type(), warnings
}

// lackedBefore tells whether a field that the samples lack has been reported at
// another place. That finding then is about this place as well.
func (c *compiler) lackedBefore(d *finding) bool {
	if c.scope.samples == nil || d.code != unknownField || d.severity != warn {
		return false
	}
	first := c.lacked[d.message]
	if first == nil {
		c.lacked[d.message] = d
	}
	if first == nil || first.at == d.at {
		return first != nil
	}
	if d.at.from < first.at.from {
		first.at, d.at = d.at, first.at
	}
	for i := range first.fixes {
		if i < len(d.fixes) {
			first.fixes[i].edits = append(first.fixes[i].edits, d.fixes[i].edits...)
			slices.SortFunc(first.fixes[i].edits, func(a, b edit) int { return a.at.from - b.at.from })
		}
	}
	return true
}
