package behaviors_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/behaviors"
)

// generator makes documents and the model of each.
type generator struct {
	t     *rapid.T
	b     strings.Builder
	line  int
	names []string // that steps have bound so far
	steps int
	fails bool // within an on_error
	taken bool // there is an on_error around
	tail  bool // no respond may be generated any more
}

// generatedBody is the payload of every generated document.
const generatedBody = `{"yes": true, "no": false, "level": "warn", "list": [true, 2, "c"], "text": "t", "one": 1,
 "map": {"h": 1, "g": 2, "f": 3, "e": 4, "d": 5, "c": 6, "b": 7, "a": 8, "i": 9, "j": 10}}`

var generatedPayload = map[string]any{
	"yes": true, "no": false, "level": "warn", "list": []any{true, int64(2), "c"}, "text": "t", "one": int64(1),
	"map": map[string]any{
		"h": int64(1), "g": int64(2), "f": int64(3), "e": int64(4), "d": int64(5),
		"c": int64(6), "b": int64(7), "a": int64(8), "i": int64(9), "j": int64(10),
	},
}

func (g *generator) pick(label string, of ...string) string {
	return rapid.SampledFrom(of).Draw(g.t, label)
}

func (g *generator) number(label string, from, to int) int {
	return rapid.IntRange(from, to).Draw(g.t, label)
}

// write adds lines to the document.
func (g *generator) write(indent, format string, args ...any) {
	text := indent + fmt.Sprintf(format, args...) + "\n"
	g.b.WriteString(text)
	g.line += strings.Count(text, "\n")
}

func constant(source string, v any) *meaning {
	return &meaning{source, func(*model) (any, error) { return v, nil }}
}

func failing(source string) *meaning {
	return &meaning{source, func(*model) (any, error) { return nil, errEvaluation }}
}

func read(name string) *meaning {
	return &meaning{name, func(m *model) (any, error) {
		if _, bound := m.names[name]; name == "heavy" && !bound {
			return numbers(20, 2), nil
		}
		return m.names[name], nil
	}}
}

// generatedLets are the names that every generated document begins with.
var generatedLets = []modelLet{
	{"heavy", *constant("map(1..20, # * 2)", numbers(20, 2))},
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

// condition is one that payload and outputs make true, false, nil or an error.
func (g *generator) condition(depth int) *meaning {
	of := []*meaning{
		constant("payload.yes", true), constant("payload.no", false), constant("payload.none", nil), constant("payload.list[0]", true),
		failing("payload.text > 1"), failing("payload.list[2]"), constant("third > 3", true), failing("failing"),
		constant("payload.none.deeper == nil", true), constant(`payload.text in ["s", "t"]`, true), constant("payload.none < 3", false),
		constant("all(payload.none, true)", false), constant("any(values(payload.map), # > 9)", true),
	}
	for _, n := range g.names {
		of = append(of, compared(n, "!= nil", func(v any) bool { return v != nil }), compared(n, "== nil", func(v any) bool { return v == nil }))
		if n != found { // its type is known, and is no number
			of = append(of, compared(n, "== 1", func(v any) bool { return v == int64(1) }))
		}
	}
	kind := 0
	if depth < 2 {
		kind = g.number("condition", 1, 7)
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
		constant("payload.none", nil), read("heavy"), constant("third", int64(6)), constant("payload.one + 2", int64(3)), failing("failing"),
		constant("map(payload.list, ({'b': #, 'a': 1, 'i': #index}))", []any{
			map[string]any{"b": true, "a": int64(1), "i": int64(0)}, map[string]any{"b": int64(2), "a": int64(1), "i": int64(1)},
			map[string]any{"b": "c", "a": int64(1), "i": int64(2)},
		}),
		constant("keys(payload.map)", anys(keys)), constant("values(payload.map)", ordered), constant("toPairs(payload.map)", pairs),
		constant("groupBy(values(payload.map), string(# % 3))", sizes), constant("uuid()", anyUUID), constant("toJSON(payload.map)", string(compact(m))),
		constant("payload.list[1:]", []any{int64(2), "c"}),
	}
	for _, n := range g.names {
		of = append(of, read(n), read(n))
		switch n {
		case found:
			of = append(of, g.field(n, "subject"))
		case "n1", "n2":
			of = append(of, g.field(n, "path"))
		}
	}
	if g.fails {
		for _, field := range []string{"message", "step", "attempts", "status"} {
			if field != "message" { // the text of an error is not the model's business
				of = append(of, &meaning{"error." + field, func(m *model) (any, error) { return m.failure.(map[string]any)[field], nil }})
			}
		}
	}
	if depth < 1 {
		switch g.number("value", 1, 8) {
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

// found is what message.find gives, which has a type; n1 and n2 are of actions
// that may give anything, and lets may be of any type, too.
const found = "found"

func (g *generator) orElse(a, b *meaning) *meaning {
	return &meaning{"(" + a.source + ") ?? (" + b.source + ")", func(m *model) (any, error) {
		if v, err := a.of(m); err != nil || v != nil {
			return v, err
		}
		return b.of(m)
	}}
}

// quoted writes an expression into a scalar in single quotes.
func quoted(source string) string { return "'" + strings.ReplaceAll(source, "'", "''") + "'" }

func whole(x *meaning) (string, written) {
	return quoted("${{ " + x.source + " }}"), written{whole: x}
}

func sentence(before string, x *meaning, after string) (string, written) {
	return quoted(before + "${{ " + x.source + " }}" + after), written{parts: []any{before, x, after}}
}

// list makes steps and gives their paths.
func (g *generator) list(indent, prefix string, depth int) []*modelStep {
	n := g.number("steps", 1, 4-depth)
	list := make([]*modelStep, 0, n)
	for i := range n {
		list = append(list, g.step(indent, fmt.Sprintf("%s[%d]", prefix, i), depth))
	}
	return list
}

func (g *generator) step(indent, path string, depth int) *modelStep {
	g.steps++
	s := &modelStep{path: path, name: fmt.Sprint("s", g.steps), line: g.line + 1, values: map[string]written{}}
	g.write(indent, "- name: %s", s.name)
	within := indent + "  "
	if g.number("when", 0, 2) == 0 {
		s.when = g.condition(0)
		g.write(within, "when: %s", quoted(s.when.source))
	}
	kinds := []string{"find", "all", "all", "stop", "fail", "log", "let"}
	if g.tail {
		kinds = append(kinds, "wait", "wait")
	} else {
		kinds = append(kinds, "respond")
	}
	if depth < 3 && g.steps < 30 {
		kinds = append(kinds, "steps", "choose", "each", "each")
	}
	kind := g.pick("kind", kinds...)
	handled := kind != "fail" && depth < 3 && g.steps < 30 && g.number("handled", 0, 3) == 0
	outer := g.taken
	s.around, g.taken = outer, outer || handled
	if s.around || handled {
		s.retry = behaviors.RetryPolicy{Attempts: 3, Backoff: 5 * time.Second, Max: 20 * time.Second}
	}
	before := g.names
	defer func() {
		if g.taken = outer; !handled {
			return
		}
		after := g.names
		if s.as != "" { // which is set only where nothing failed
			g.names = before
		}
		g.onError(s, within, depth)
		for _, name := range after {
			g.named(name)
		}
	}()
	switch kind {
	case "find":
		g.find(s, within)
	case "all":
		g.all(s, within)
		g.as(s, within)
	case "each":
		g.each(s, within, depth)
	case "wait":
		g.wait(s, within)
	case "respond":
		g.respond(s, within)
	case "stop", "fail":
		s.verb = kind
		text, w := sentence("because ", g.value(0), "")
		g.write(within, "%s: %s", kind, text)
		s.values["reason"] = w
	case "log":
		g.log(s, within)
	case "let":
		g.let(s, within)
	case "steps":
		s.verb = "steps"
		g.write(within, "steps:")
		s.steps = g.list(within+"  ", path+".steps", depth+1)
	case "choose":
		g.choose(s, within, depth)
	}
	return s
}

// find is an action with a policy of retries of its own.
func (g *generator) find(s *modelStep, indent string) {
	s.verb = "message.find"
	s.retry = behaviors.RetryPolicy{Attempts: 2, Backoff: time.Minute, Max: time.Hour, Ask: true}
	id, w := sentence("", constant("payload.one", int64(1)), "x")
	g.write(indent, "message.find: {id: %s}", id)
	g.write(indent, "retry: {attempts: 2, backoff: 1m, max: 1h, ask: true}")
	s.values["id"] = w
	if rapid.Bool().Draw(g.t, "as") {
		s.as = found
		g.write(indent, "as: found")
		g.named(found)
	}
}

// all is an action with parameters of several types.
func (g *generator) all(s *modelStep, indent string) {
	s.verb = "test.all"
	if s.retry.Attempts == 0 {
		s.retry = behaviors.RetryPolicy{Attempts: 18, Backoff: 5 * time.Second, Max: 6 * time.Hour}
	}
	g.write(indent, "test.all:")
	anything, w := whole(g.value(0))
	if rapid.Bool().Draw(g.t, "nested") {
		second, v := whole(g.value(0))
		g.write(indent, "  any: [{a: %s}, %s, 3]", anything, second)
		w = written{items: []written{{fields: map[string]written{"a": w}}, v, {constant: int64(3)}}}
	} else {
		g.write(indent, "  any: %s", anything)
	}
	s.values["any"] = w
	url, w := sentence("https://a.example/", constant("len(payload.list)", int64(3)), "")
	g.write(indent, "  url: %s", url)
	s.values["url"] = w
	if rapid.Bool().Draw(g.t, "count") {
		count, w := whole(rapid.SampledFrom([]*meaning{constant("payload.one", int64(1)), constant("payload.none", nil), constant("payload.text", "t")}).Draw(g.t, "count of"))
		g.write(indent, "  count: %s", count)
		s.values["count"] = w
	}
}

func (g *generator) onError(s *modelStep, indent string, depth int) {
	s.handled = true
	if g.number("continue", 0, 3) == 0 {
		g.write(indent, "on_error: continue")
		return
	}
	g.write(indent, "on_error:")
	outer := g.fails
	g.fails = true
	s.onError = g.list(indent+"  ", s.path+".on_error", depth+1)
	g.fails = outer
}

func (g *generator) as(s *modelStep, indent string) {
	if rapid.Bool().Draw(g.t, "as") {
		s.as = g.pick("name", "n1", "n2", "l1")
		g.write(indent, "as: %s", s.as)
		g.named(s.as)
	}
}

func (g *generator) named(name string) {
	if name != "heavy" && !slices.Contains(g.names, name) {
		g.names = append(slices.Clone(g.names), name)
	}
}

func (g *generator) respond(s *modelStep, indent string) {
	s.verb = "respond"
	status := g.number("status", 200, 210)
	body, json := whole(g.value(0))
	header, line := sentence("a ", constant("payload.yes", true), "")
	g.write(indent, "respond: {status: %d, json: {a: %s}, headers: {X-A: %s}}", status, body, header)
	s.values = map[string]written{
		"status": {constant: int64(status)}, "json": {fields: map[string]written{"a": json}},
		"headers": {fields: map[string]written{"X-A": line}},
	}
}

func (g *generator) log(s *modelStep, indent string) {
	s.verb = "log"
	long := strings.Repeat("ü", rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, 0, 3000}).Draw(g.t, "long"))
	text, w := sentence("it: "+long, g.value(0), long)
	if rapid.Bool().Draw(g.t, "plain") {
		g.write(indent, "log: %s", text)
		s.values = map[string]written{"text": w}
		return
	}
	level, l := whole(rapid.SampledFrom([]*meaning{constant("payload.level", "warn"), constant("payload.none", nil), constant("payload.text", "t")}).Draw(g.t, "level"))
	g.write(indent, "log: {level: %s, text: %s}", level, text)
	s.values = map[string]written{"level": l, "text": w}
}

func (g *generator) let(s *modelStep, indent string) {
	s.verb = "let"
	g.write(indent, "let:")
	for range g.number("lets", 1, 2) {
		name := g.pick("let", "l1", "l2", "heavy")
		if slices.ContainsFunc(s.lets, func(l modelLet) bool { return l.name == name }) {
			continue
		}
		x := g.value(0)
		g.write(indent, "  %s: %s", name, quoted(x.source))
		s.lets = append(s.lets, modelLet{name, *x})
		g.named(name)
	}
}

// each makes a loop, in which names of its own end.
func (g *generator) each(s *modelStep, indent string, depth int) {
	s.verb = "each"
	in := rapid.SampledFrom([]*meaning{
		constant("payload.list", generatedPayload["list"]), constant("payload.none", nil), constant("payload.one", int64(1)),
		constant("keys(payload.map)", anys(slices.Sorted(maps.Keys(generatedPayload["map"].(map[string]any))))), read("heavy"), failing("failing ? payload.list : payload.one"),
		constant("[payload.list, 1]", []any{generatedPayload["list"], int64(1)}), read("n2"),
	}).Draw(g.t, "in")
	if in.source == "n2" && !slices.Contains(g.names, "n2") {
		in = constant("[1]", []any{int64(1)})
	}
	s.each = &modelEach{in: *in}
	outer := g.names
	g.write(indent, "each:")
	within := indent + "  "
	g.write(within, "in: %s", quoted(in.source))
	if rapid.Bool().Draw(g.t, "as") {
		s.each.as = g.pick("item", "item", "n1")
		g.write(within, "as: %s", s.each.as)
		g.named(s.each.as)
	}
	if rapid.Bool().Draw(g.t, "index") {
		s.each.index = g.pick("index", "at", "l2")
		g.write(within, "index: %s", s.each.index)
		g.named(s.each.index)
	}
	if rapid.Bool().Draw(g.t, "once") {
		s.each.once = rapid.SampledFrom([]*meaning{constant("payload.text", "t"), constant("payload.none", nil), constant("payload.one + 1", int64(2)), failing("payload.list > 1")}).Draw(g.t, "once")
		g.write(within, "once: %s", quoted(s.each.once.source))
	}
	g.write(within, "steps:")
	s.steps = g.list(within+"  ", s.path+".each[].steps", depth+1)
	g.names = outer
}

// wait makes a timer, where no respond comes behind it.
func (g *generator) wait(s *modelStep, indent string) {
	s.verb = "wait"
	switch g.pick("timer", "literal", "text", "until", "never") {
	case "literal":
		s.wait = 90 * time.Second
		g.write(indent, "wait: 90s")
	case "text":
		s.wait = time.Hour
		g.write(indent, "wait: '${{ duration(\"30m\") * 2 }}'")
	case "until":
		s.wait = constant("", receipt.Add(time.Hour))
		g.write(indent, "wait: {until: 'now + duration(\"1h\")'}")
	case "never":
		s.wait = rapid.SampledFrom([]*meaning{constant("payload.none", nil), failing("date(payload.text)")}).Draw(g.t, "until")
		g.write(indent, "wait: {until: %s}", s.wait.(*meaning).source)
	}
}

// choose makes branches. A name that only one of them sets may be used behind it.
func (g *generator) choose(s *modelStep, indent string, depth int) {
	s.verb = "choose"
	g.write(indent, "choose:")
	n := g.number("branches", 1, 3)
	for i := range n {
		b := modelBranch{}
		if i < n-1 || rapid.Bool().Draw(g.t, "last when") {
			b.when = g.condition(0)
			g.write(indent, "  - when: %s", quoted(b.when.source))
			g.write(indent, "    steps:")
		} else {
			g.write(indent, "  - steps:")
		}
		b.steps = g.list(indent+"      ", fmt.Sprintf("%s.choose[%d].steps", s.path, i), depth+1)
		s.branches = append(s.branches, b)
	}
}

// document is a whole one.
func (g *generator) document() []*modelStep {
	g.write("", "behavior: 1")
	g.write("", "let:")
	for _, let := range generatedLets {
		g.write("  ", "%s: %s", let.name, quoted(let.source))
	}
	g.write("", "steps:")
	first := g.list("  ", "steps", 0)
	g.tail = true // a wait may stand where no respond comes any more
	for i := range g.number("background", 0, 3) {
		first = append(first, g.step("  ", fmt.Sprintf("steps[%d]", len(first)), min(i, 1)))
	}
	return first
}
