package behaviors_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"
)

func constant(source string, v any) *meaning {
	return &meaning{source, func(*model) (any, error) { return v, nil }}
}

func failing(source string) *meaning {
	return &meaning{source, func(*model) (any, error) { return nil, errEvaluation }}
}

func read(name string) *meaning {
	return &meaning{name, func(m *model) (any, error) {
		if _, bound := m.names[name]; name == "heavy" && !bound {
			return numbers(4, 2), nil
		}
		return m.names[name], nil
	}}
}

// generatedLets are the names that every generated document begins with.
var generatedLets = []modelLet{
	{"heavy", *constant("map(1..4, # * 2)", numbers(4, 2))},
	{"failing", *failing("payload.text > 1")},
	{"third", *constant("heavy[2]", int64(6))}, // sees this heavy, whatever steps bind
}

func numbers(n, times int) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = int64((i + 1) * times)
	}
	return list
}

// condition is one that payload and outputs make true, false, nil or, seldom, an
// error.
func (g *generator) condition(depth int) *meaning {
	if g.once("condition fails", 12) {
		return rapid.SampledFrom([]*meaning{failing("payload.text > 1"), failing("payload.list[2]"), failing("failing")}).Draw(g.t, "failing condition")
	}
	of := []*meaning{
		constant("payload.yes", true), constant("payload.no", false), constant("payload.none", nil), constant("payload.list[0]", true),
		constant("third > 3", true), constant("payload.none.deeper == nil", true), constant(`payload.text in ["s", "t"]`, true),
		constant("payload.none < 3", false), constant("all(payload.none, true)", false), constant("any(values(payload.map), # > 9)", true),
		tokenFits, {`inputs.size == "m"`, func(m *model) (any, error) { return m.doc.d.Inputs["size"] == "m", nil }},
		{"inputs.key == nil", func(m *model) (any, error) { return m.doc.d.Inputs["key"] == nil, nil }},
	}
	if !g.on {
		of = append(of, signed, proved, &meaning{"request.test", func(m *model) (any, error) { return m.doc.test, nil }},
			&meaning{`request.method == "PUT"`, func(m *model) (any, error) { return m.doc.d.Request.Method == "PUT", nil }})
	}
	for _, n := range g.names {
		of = append(of, compared(n, "!= nil", func(v any) bool { return v != nil }), compared(n, "== nil", func(v any) bool { return v == nil }))
		if n != found && n != sent { // whose type is known, and is no number
			of = append(of, compared(n, "== 1", func(v any) bool { return v == int64(1) }))
		}
	}
	if depth == 0 && rapid.Bool().Draw(g.t, "plainly true") { // so that runs go on
		return constant("payload.yes", true)
	}
	kind := 0
	if depth < 2 {
		kind = g.number("condition", 1, 9)
	}
	switch kind {
	case 2:
		return g.not(g.condition(depth + 1))
	case 3:
		return g.both(g.condition(depth+1), g.condition(depth+1))
	case 4:
		return g.one(g.condition(depth+1), g.condition(depth+1))
	case 5:
		return g.choice(g.condition(depth+1), g.condition(depth+1), g.condition(depth+1))
	}
	return rapid.SampledFrom(of).Draw(g.t, "simple condition")
}

// Conditions that ask for the value of a secret.
var (
	tokenFits = &meaning{"equal_secure(payload.token, inputs.key)", func(m *model) (any, error) {
		value, err := m.secret("key")
		return value == "sesame", err
	}}
	signed = &meaning{"github.signed(request, inputs.key)", func(m *model) (any, error) {
		if value, err := m.secret("key"); err != nil || value == "" {
			return false, err
		}
		err := proof(m.doc.d.Request)
		if errors.Is(err, errUnchecked) {
			return nil, err
		}
		return err == nil, nil
	}}
	proved = &meaning{"proved", signed.of}
)

func compared(name, with string, holds func(v any) bool) *meaning {
	return &meaning{name + " " + with, func(m *model) (any, error) { return holds(m.names[name]), nil }}
}

// is evaluates a condition within a condition.
func (x *meaning) is(m *model) (bool, error) {
	v, err := x.of(m)
	if err != nil {
		return false, err
	}
	return truth(v)
}

func (g *generator) not(x *meaning) *meaning {
	return &meaning{"not (" + x.source + ")", func(m *model) (any, error) {
		v, err := x.is(m)
		return !v, err
	}}
}

func (g *generator) both(a, b *meaning) *meaning {
	return &meaning{"(" + a.source + ") and (" + b.source + ")", func(m *model) (any, error) {
		if v, err := a.is(m); err != nil || !v {
			return false, err
		}
		return anyOf(b.is(m))
	}}
}

func (g *generator) one(a, b *meaning) *meaning {
	return &meaning{"(" + a.source + ") or (" + b.source + ")", func(m *model) (any, error) {
		if v, err := a.is(m); err != nil || v {
			return v, err
		}
		return anyOf(b.is(m))
	}}
}

func anyOf(v bool, err error) (any, error) { return v, err }

func (g *generator) choice(when, a, b *meaning) *meaning {
	return &meaning{"(" + when.source + ") ? (" + a.source + ") : (" + b.source + ")", func(m *model) (any, error) {
		taken, err := when.is(m)
		if err != nil {
			return nil, err
		}
		if taken {
			return a.of(m)
		}
		return b.of(m)
	}}
}

// value is an expression of any type. Maps of ten keys are walked in several
// ways, so that an order that is not fixed shows.
func (g *generator) value(depth int) *meaning {
	m := generatedPayload["map"].(map[string]any)
	keys := slices.Sorted(maps.Keys(m))
	ordered, pairs, sizes := make([]any, 10), make([]any, 10), map[string]any{}
	for i, k := range keys {
		ordered[i], pairs[i] = m[k], []any{k, m[k]}
		size := fmt.Sprint(m[k].(int64) % 3)
		group, _ := sizes[size].([]any)
		sizes[size] = append(group, m[k])
	}
	of := []*meaning{
		constant("1", int64(1)), constant(`"a"`, "a"), constant("payload", generatedPayload), constant("payload.list", generatedPayload["list"]),
		constant("payload.none", nil), read("heavy"), constant("third", int64(6)), constant("payload.one + 2", int64(3)),
		constant("payload.odd", "<a&b> \"'+ ü"), constant("payload.half", 0.5),
		constant("map(payload.list, ({'b': #, 'a': 1, 'i': #index}))", []any{
			map[string]any{"b": true, "a": int64(1), "i": int64(0)}, map[string]any{"b": int64(2), "a": int64(1), "i": int64(1)},
			map[string]any{"b": "c", "a": int64(1), "i": int64(2)},
		}),
		constant("keys(payload.map)", anys(keys)), constant("values(payload.map)", ordered), constant("toPairs(payload.map)", pairs),
		constant("groupBy(values(payload.map), string(# % 3))", sizes), constant("uuid()", anyUUID), constant("toJSON(payload.map)", string(compact(m))),
		constant("payload.list[1:]", []any{int64(2), "c"}), {"inputs.size", func(m *model) (any, error) { return m.doc.d.Inputs["size"], nil }},
		constant("[listener.id, listener.name, listener.url]", []any{"1", "test", "https://desk.example.com/webhooks/test"}),
		constant("now", receipt), clock,
	}
	if len(g.names) > 0 && g.once("of a name", 3) {
		return read(g.pick("named", g.names...))
	}
	if g.once("value fails", 25) {
		return failing("failing")
	}
	for _, n := range g.names {
		of = append(of, read(n), read(n))
		switch n {
		case found:
			of = append(of, g.field(n, "subject"))
		case sent:
			of = append(of, g.field(n, "status"))
		case "n1", "n2":
			of = append(of, g.field(n, "path"))
		}
	}
	if g.fails {
		// Of the texts of errors, which are not the model's business, only that there is one.
		about := []*meaning{constant("len(error.message) > 2", true)}
		for _, field := range []string{"step", "attempts", "status"} {
			about = append(about, &meaning{"error." + field, func(m *model) (any, error) { return m.failure.(map[string]any)[field], nil }})
		}
		if g.number("of the error", 0, 3) > 0 {
			return rapid.SampledFrom(about).Draw(g.t, "of an error")
		}
	}
	if depth < 1 {
		switch g.number("value", 1, 10) {
		case 1:
			return g.choice(g.condition(1), g.value(depth+1), g.value(depth+1))
		case 2:
			return g.orElse(g.value(depth+1), g.value(depth+1))
		}
	}
	return rapid.SampledFrom(of).Draw(g.t, "simple value")
}

func anys(texts []string) []any {
	list := make([]any, len(texts))
	for i, s := range texts {
		list[i] = s
	}
	return list
}

// field of a name: nil where its value has no such thing.
func (g *generator) field(name, field string) *meaning {
	return &meaning{name + "." + field, func(m *model) (any, error) {
		fields, _ := m.names[name].(map[string]any)
		return fields[field], nil
	}}
}

// loose is a value whose type nobody can tell before.
func (g *generator) loose() *meaning {
	of := []string{"payload.text", "payload.odd", "payload.one", "payload.half"}
	if g.once("unfit", 6) {
		of = []string{"payload.none", "payload.yes", "payload.list"}
	}
	name := g.pick("loose", of...)
	return constant(name, generatedPayload[name[len("payload."):]])
}

// clock depends on the zone of dates.
var clock = &meaning{`format_date(now, "15:04")`, func(m *model) (any, error) { return receipt.In(m.zone()).Format("15:04"), nil }}

// zone is the one of dates.
func (m *model) zone() *time.Location {
	if m.doc.zone != nil {
		return m.doc.zone
	}
	if m.doc.d.Zone != nil {
		return m.doc.d.Zone
	}
	return time.UTC
}

// found is what message.find gives, and sent what http.request does, which have a
// type; n1 and n2 are of actions that may give anything, and lets may be of any
// type, too.
const found, sent = "found", "sent"

func (g *generator) orElse(a, b *meaning) *meaning {
	return &meaning{"(" + a.source + ") ?? (" + b.source + ")", func(m *model) (any, error) {
		if v, err := a.of(m); err != nil || v != nil {
			return v, err
		}
		return b.of(m)
	}}
}
