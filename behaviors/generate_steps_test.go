package behaviors_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// list makes steps and gives their paths.
func (g *generator) list(indent, prefix string, depth int) []*modelStep {
	n := g.number("steps", 1, max(2, 4-depth))
	list := make([]*modelStep, 0, n)
	for i := range n {
		list = append(list, g.step(indent, fmt.Sprintf("%s[%d]", prefix, i), depth))
	}
	return list
}

// kinds are what a step may be here; what stands twice comes more often.
func (g *generator) kinds(depth int) []string {
	if g.shaking {
		return []string{"log", "request"}
	}
	kinds := []string{"find", "all", "all", "all", "note", "chat", "request", "request", "log", "log", "let"}
	if g.once("the end", 3) {
		kinds = append(kinds, "stop", "stop", "fail", "fail")
	}
	switch {
	case g.tail || g.on:
		kinds = append(kinds, "wait", "wait")
	default:
		kinds = append(kinds, "respond", "respond")
	}
	if depth < 3 && g.steps < 30 {
		kinds = append(kinds, "steps", "choose", "each", "each", "each")
	}
	return kinds
}

func (g *generator) step(indent, path string, depth int) *modelStep {
	return g.stepOf(g.pick("kind", g.kinds(depth)...), indent, path, depth, nil)
}

// stepOf makes a step of a kind. A when may be given.
func (g *generator) stepOf(kind, indent, path string, depth int, when *meaning) *modelStep {
	g.steps++
	s := &modelStep{path: path, name: fmt.Sprint("s", g.steps), line: g.line + 1, when: when, values: map[string]written{}}
	g.write(indent, "- name: %s", s.name)
	within := indent + "  "
	if when == nil && g.number("when", 0, 3) == 0 {
		s.when = g.condition(0)
	}
	if s.when != nil {
		g.write(within, "when: %s", quoted(s.when.source))
	}
	often := 4
	if g.fails || kind == "steps" || kind == "choose" || kind == "each" {
		often = 2
	}
	handled := kind != "fail" && depth < 3 && g.steps < 30 && g.once("handled", often)
	outer := g.taken
	s.around, g.taken = outer, outer || handled
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
	case "find", "all", "note", "chat", "request":
		g.action(s, kind, within, handled)
	case "each":
		g.each(s, within, depth)
	case "wait":
		g.wait(s, within)
	case "respond":
		s.verb, s.respond = "respond", g.respond(within, "respond")
	case "stop", "fail":
		s.verb = kind
		text, w := g.plain()
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

// plain is a text for people, with or without something in it.
func (g *generator) plain() (string, written) {
	if g.once("constant", 3) {
		return "plainly so", written{constant: "plainly so"}
	}
	if g.once("no text", 3) {
		return sentence("because ", failing("failing"), "")
	}
	return joined("because ", placed{g.value(0), nowhere}, " and ", placed{g.value(0), nowhere})
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

func (g *generator) named(name string) {
	if name != "heavy" && !slices.Contains(g.names, name) {
		g.names = append(slices.Clone(g.names), name)
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
	level, l := whole(rapid.SampledFrom([]*meaning{constant("payload.level", "warn"), constant("payload.level", "warn"), constant("payload.none", nil), constant("payload.text", "t")}).Draw(g.t, "level"))
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
	of := []*meaning{
		constant("payload.list", generatedPayload["list"]), constant("payload.list", generatedPayload["list"]), constant("payload.list", generatedPayload["list"]),
		constant("payload.none", nil), constant("payload.one", int64(1)),
		constant("keys(payload.map)", anys(slices.Sorted(maps.Keys(generatedPayload["map"].(map[string]any))))), read("heavy"), failing("failing ? payload.list : payload.one"),
		constant("[payload.list, 1]", []any{generatedPayload["list"], int64(1)}), constant("payload.map", generatedPayload["map"]),
		{"1..(payload.one + 1000)", func(*model) (any, error) { return make([]any, 1001), nil }},
	}
	if slices.Contains(g.names, "n2") {
		of = append(of, read("n2"))
	}
	in := rapid.SampledFrom(of).Draw(g.t, "in")
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
		keys := []*meaning{
			constant("payload.text", "t"), constant("payload.none", nil), constant("payload.one + 2", int64(3)), constant("payload.half", 0.5),
			rapid.SampledFrom([]*meaning{failing("payload.list > 1"), constant("payload.text", "t"), failing("payload.map")}).Draw(g.t, "once fails"),
		}
		if s.each.index != "" {
			keys = append(keys, read(s.each.index), read(s.each.index))
		}
		s.each.once = rapid.SampledFrom(keys).Draw(g.t, "once")
		g.write(within, "once: %s", quoted(s.each.once.source))
	}
	g.write(within, "steps:")
	s.steps = g.list(within+"  ", s.path+".each[].steps", depth+1)
	g.names = outer
}

// wait makes a timer, where no respond comes behind it.
func (g *generator) wait(s *modelStep, indent string) {
	s.verb = "wait"
	const year = 366 * 24 * time.Hour
	switch g.pick("timer", "literal", "text", "whole", "until", "never") {
	case "literal":
		s.wait = 90 * time.Second
		g.write(indent, "wait: 90s")
	case "text":
		hours := g.number("hours", 1, 3)
		s.wait = time.Duration(hours) * time.Hour
		g.write(indent, "wait: '${{ payload.one + %d }}h'", hours-1)
	case "whole":
		x := rapid.SampledFrom([]*meaning{
			constant(`duration("30m") * 2`, time.Hour), constant(`duration("1s")`, time.Second), constant(`duration("8784h")`, year), constant(`duration("8784h")`, year), constant(`duration("8784h") + duration("1ns")`, year+1),
			constant(`duration("0s")`, time.Duration(0)), constant("payload.text", "t"), constant("payload.list", nil), constant("payload.none", nil), failing("failing ? payload.one : payload.one"),
		}).Draw(g.t, "duration")
		s.wait = x
		g.write(indent, "wait: %s", quoted("${{ "+x.source+" }}"))
	case "until":
		s.wait, s.until = receipt.Add(time.Hour), true
		g.write(indent, "wait: {until: 'now + duration(\"1h\")'}")
	case "never":
		s.until = true
		s.wait = rapid.SampledFrom([]*meaning{constant("payload.none", nil), constant("payload.text", "t"), failing("date(payload.text)")}).Draw(g.t, "until")
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
			if b.when = g.condition(0); g.once("branch fails", 8) {
				b.when = failing("failing")
			}
			g.write(indent, "  - when: %s", quoted(b.when.source))
			g.write(indent, "    steps:")
		} else {
			g.write(indent, "  - steps:")
		}
		b.steps = g.list(indent+"      ", fmt.Sprintf("%s.choose[%d].steps", s.path, i), depth+1)
		s.branches = append(s.branches, b)
	}
}

// rebinding makes steps that read a name which is bound further down: it is nil
// there, or the let that it covers, whatever a kept evaluation has seen.
func (g *generator) rebinding(indent string, list []*modelStep) []*modelStep {
	yes, no := constant("payload.yes", true), constant("payload.no", false)
	add := func(kind string, when *meaning) *modelStep {
		s := g.stepOf(kind, indent, fmt.Sprintf("steps[%d]", len(list)), 3, when)
		list = append(list, s)
		return s
	}
	kind := g.pick("rebound", "all", "find", "let")
	first := add(kind, no)
	var name string
	switch {
	case first.as != "":
		name = first.as
	case len(first.lets) > 0:
		name = first.lets[0].name
	default:
		return list
	}
	s := add("nothing", yes)
	text, w := sentence("it is ", read(name), "")
	s.verb = "log"
	s.values["text"] = w
	g.write(indent+"  ", "log: %s", text)
	for range 2 {
		add(kind, yes)
	}
	add("all", yes)
	return list
}
