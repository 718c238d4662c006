package behaviors

// later is what the language has by its description and this version does not,
// by the map that it stands in. It is refused in words, never ignored.
var later = map[string][]string{
	inStep:  {"run", "return"},
	inLimit: {"rate"},
}

// laterActions are the actions of the language that a catalog may not have yet.
var laterActions = []string{
	"address.find", "address.restore", "contact.find", "contact.upsert", "email.send", "metric.increment",
	"slack.respond", "store.delete", "store.get", "store.increment", "store.set",
	"ticket.link", "ticket.message", "ticket.reply", "ticket.search", "ticket.update", "twilio.sms",
	"worker.find", "worker.notify",
}

// laterParameters are parameters of the language's that an action does not have
// yet.
var laterParameters = map[string][]string{"http.request": {"account"}}

// laterFunctions and laterNamespaces are the language's, and may be missing in
// the evaluator and among the providers.
var (
	laterFunctions = []string{
		"business_time", "markdown",
	}
	laterNamespaces = []string{
		"freshbooks", "gitlab", "jira", "shopify", "sns", "standard_webhooks", "stripe", "twilio",
	}
)

// laterInputs are types of inputs that need the host's pickers.
var laterInputs = []string{"account", "group", "worker", "queue"}

// lacks reports a part of the language that cannot be run yet, such as
// "each.once", and tells whether it is one.
func (c *compiler) lacks(part string, at span) bool {
	if !c.catalog.NotYet[part] {
		return false
	}
	c.report(notYet, at, part).suggest("leave it out for now")
	return true
}
