package behaviors

import (
	"maps"
	"slices"

	"github.com/deskhook/deskhook/behaviors/expression"
)

const (
	inLimit = "`limit`"
	// maxRunning is the most that limit.running may be.
	maxRunning = 1000
)

// limit compiles {running: n}.
func (c *compiler) limit(n *node) {
	for _, p := range c.keys(inLimit, n, partNames["limit"]...) {
		c.p.limit = c.count("running", p.value, 1, maxRunning)
	}
}

// events are what a helpdesk tells, with the records of each.
var events = map[string][]string{
	"ticket.closed":  {"ticket", "worker"},
	"ticket.created": {"ticket", "message"},
	"ticket.replied": {"ticket", "message", "worker"},
}

// on compiles the name of an event. payload is its record, and there is no
// request.
func (c *compiler) on(n *node) {
	name, ok := c.literal("on", n)
	if !ok {
		return
	}
	records, known := events[name]
	if !known {
		all := slices.Sorted(maps.Keys(events))
		c.report(unknownOption, n.span, cut(name), "on").mean(n, all, "choose one of "+quoted(all))
		return
	}
	c.p.on = name
	fields := map[string]expression.Type{}
	for _, r := range records {
		fields[r] = c.eventRecord(r)
	}
	event := c.scope.names["payload"]
	event.Type = record(fields)
	c.scope.names["payload"] = event
	delete(c.scope.names, "request")
}

// eventRecord is a record as an event has it.
func (c *compiler) eventRecord(name string) expression.Type {
	if name == "message" {
		return record(map[string]expression.Type{"id": text, "from": text, "text": text, "files": expression.ListOf(fileType())})
	}
	if r, ok := c.catalog.Records[name]; ok {
		return r.Type()
	}
	return expression.Type{}
}

// ofRequests reports a key that has no meaning where there is no request.
func (c *compiler) ofRequests(key string, at span) {
	if c.p.on != "" {
		c.report(misplaced, at, key, "a behavior with `on`").suggest("nobody sends a request there; leave it out")
	}
}

// requestKeys are those of the document that are about requests.
var requestKeys = []string{"accept", "cors", "handshake", "verify"}

// reached goes through the steps once they are compiled: after tells whether a
// respond may still be reached behind them, and acted whether an effect was
// before. It gives whether one is behind them.
func (c *compiler) reached(list []*step, after, acted bool) bool {
	for _, s := range list {
		later := after || s.rest
		if s.wait != nil && later {
			c.report(waitBeforeAnswer, s.wait.at).suggest("move the `respond` above it: nobody waits for it that long")
		}
		if s.verb == "respond" && acted && c.orderKey != nil {
			line, _ := c.src.position(s.at)
			c.report(orderBeforeAnswer, c.orderKey.span, line).suggest("answer before the first action")
			c.orderKey = nil
		}
		within := later || responding(s.onError) || s.each != nil && responding(s.steps)
		inside := c.reached(s.steps, within, acted)
		for _, b := range s.branches {
			inside = c.reached(b.steps, within, acted) || inside
		}
		acted = acted || s.action != nil || inside
		acted = c.reached(s.onError, later, acted)
	}
	return acted
}
