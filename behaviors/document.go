package behaviors

import (
	"slices"
	"time"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// What a map of the document is called in messages.
const (
	inDocument = "the behavior"
	inStep     = "a step"
	inRespond  = "`respond`"
	inBranch   = "a branch of `choose`"
)

const defaultDeadline = 8 * time.Second

// document compiles the keys in the order in which they depend on each other:
// inputs, then let, then what sees both.
func (c *compiler) document(root *node) {
	c.defineNames(root)
	keys := map[string]*node{}
	for _, p := range c.keys(inDocument, root, documentKeys...) {
		keys[p.key.text] = p.value
	}
	if root.kind != mapNode {
		return
	}
	if n := keys["behavior"]; n == nil {
		c.report(missingKey, span{}, "behavior", inDocument).suggest("begin with `behavior: 1`").
			fix("Add `behavior: 1`", span{}, "behavior: 1\n")
	} else if n.value() != int64(1) || n.kind != scalarNode {
		c.report(languageVersion, n.span, cut(c.src.slice(n.span))).suggest("write `behavior: 1`")
	}
	compile := func(key string, f func(n *node)) {
		if n := keys[key]; n != nil {
			f(n)
		}
	}
	compile("on", c.on)
	for _, p := range root.pairs {
		if slices.Contains(requestKeys, p.key.text) {
			c.ofRequests(p.key.text, p.key.span)
		}
	}
	compile("name", func(n *node) { c.p.name, _ = c.literal("name", n) })
	compile("description", func(n *node) { c.p.description, _ = c.literal("description", n) })
	compile("timezone", c.timezone)
	c.inputs(keys["inputs"])
	compile("accept", c.accept)
	compile("let", c.lets)
	compile("cors", c.cors)
	compile("handshake", c.handshakes)
	compile("verify", c.verify)
	compile("dedupe", func(n *node) { c.p.dedupe = c.bare("dedupe", n, expression.Any, false) })
	compile("limit", c.limit)
	compile("order_by", func(n *node) {
		c.p.orderBy, c.orderKey = c.bare("order_by", n, expression.Any, false), n
	})
	compile("deadline", c.deadline)
	compile("steps", func(n *node) { c.p.steps = c.steps("steps", n, "") })
	c.reached(c.p.steps, false, false)
}

// defineNames notes which names the document sets, so that one that is used too
// early is told from one that does not exist.
func (c *compiler) defineNames(root *node) {
	define := func(n *node) {
		if _, ok := c.defined[n.text]; !ok && n.kind == scalarNode {
			c.defined[n.text], _ = c.src.position(n.from)
		}
	}
	var walk func(n *node)
	walk = func(n *node) {
		for _, item := range n.items {
			walk(item)
		}
		for _, p := range n.pairs {
			switch p.key.text {
			case "as", "index":
				define(p.value)
			case "each":
				walk(p.value)
			case "let":
				for _, name := range p.value.pairs {
					define(name.key)
				}
			case "steps", "choose", "on_error":
				walk(p.value)
			}
		}
	}
	walk(root)
}

func (c *compiler) timezone(n *node) {
	name, ok := c.literal("timezone", n)
	if !ok {
		return
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		c.report(badZone, n.span, cut(name)).suggest("write an IANA name such as `Europe/Berlin`")
		return
	}
	c.p.zone = zone
}

// lets compiles the document's names. Each sees the ones above it.
func (c *compiler) lets(n *node) {
	if n.kind != mapNode {
		c.wrong(n.span, "let", "a map", n.describe())
		return
	}
	for _, p := range n.pairs {
		x := c.bare(p.key.text, p.value, expression.Any, true)
		if !c.checkName(p.key) {
			continue
		}
		slot := c.scope.slot()
		name := expression.Name{Slot: slot}
		if x != nil {
			name.Type, name.Path = x.compiled.Type(), c.path(p.key.text, x)
			c.scope.sample(p.key.text, x.sampled)
			c.p.lets = append(c.p.lets, letName{p.key.text, slot, x})
			c.scope.lets[p.key.text] = letName{p.key.text, slot, x}
		}
		c.scope.names[p.key.text] = name
		c.carryOn(p.key.text, x)
	}
}

// path is where in the payload a name is found. Of `a ?? payload.b` the a gets a
// slot of its own, so that members of the name need not decode all of payload.b.
func (c *compiler) path(name string, x *expr) *expression.Path {
	if path := x.compiled.Path(); path != nil {
		return path
	}
	first, then := x.compiled.First()
	if first == nil {
		return nil
	}
	slot := c.scope.slot()
	c.p.lets = append(c.p.lets, letName{name, slot, &expr{compiled: first, at: x.at}})
	return &expression.Path{Keys: then.Keys, First: slot}
}

// deadline is a duration, or {after, respond}.
func (c *compiler) deadline(n *node) {
	if n.kind == scalarNode {
		c.p.deadline = c.duration("deadline", n)
		return
	}
	for _, p := range c.keys("`deadline`", n, partNames["deadline"]...) {
		if p.key.text == "after" {
			c.p.deadline = c.duration("after", p.value)
		} else {
			c.p.late = c.respond(p.value)
		}
	}
}

// verify is an expression, or {check, reject}.
func (c *compiler) verify(n *node) {
	c.p.checked = true
	check := n
	if n.style == '{' && n.get("check") == nil && n.get("reject") == nil {
		c.collectionInExpression("verify", n)
		return
	}
	if n.kind == mapNode {
		check = nil
		for _, p := range c.keys("`verify`", n, partNames["verify"]...) {
			if p.key.text == "check" {
				check = p.value
			} else {
				c.p.reject = c.respond(p.value)
			}
		}
		if check == nil {
			c.report(missingKey, n.span, "check", "`verify`").suggest("add the expression that must be true")
			return
		}
	}
	c.p.verify = c.bare("verify", check, expression.Bool, false)
	if c.p.verify != nil {
		c.p.provider, c.p.signedWith = c.signature(c.p.verify.compiled.Source())
	}
}
