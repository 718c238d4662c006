package behaviors

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// Codes of the evaluator's that the document knows more about.
const (
	unknownName     = "unknown-name"
	unknownFunction = "unknown-function"
	unknownField    = "unknown-field"
	secretLeak      = "secret-leak"
)

// expr is a compiled expression and its place: the rune offset of its source in
// the document, which also tells its values apart in a trace and seeds uuid().
type expr struct {
	compiled *expression.Compiled
	at       int
	sampled  expression.Type // what it gives by the samples; without any, its type
}

// compiler walks a document once and leaves findings and a program.
type compiler struct {
	*findings
	catalog  *Catalog
	options  Options
	p        *Program
	scope    *scope
	paths    *payload.Paths
	defined  map[string]int      // names that the document sets, and the line of the first time
	past     past                // of the place that is being compiled
	handled  int                 // how many on_error take what fails there
	orderKey *node               // of order_by, as long as nothing was said of it
	outside  map[string]int      // names that an each has had, and its line
	lacked   map[string]*finding // of fields that the samples lack, by their messages
	sent     []sentSecret        // by the step that is being compiled
	carry    map[string]carried  // what names carry of the caller's texts
	keeping  bool                // what is compiled becomes a secret
	reveals  string              // what becomes of the values that are being compiled, where somebody else sees them
}

// Options are what else is known of a behavior than its source. They add
// diagnostics; the program is the same.
type Options struct {
	// Samples are requests such as the behavior will receive, the likeliest first;
	// at most MaxSamples of them are read. A field that none of them has, and what
	// contradicts what they have, is a warning.
	Samples []*payload.Request
	// Policy of the behavior. What it denies is an error, and no reason for there
	// to be no program: another policy may let it run.
	Policy Policy
}

// Compile checks a behavior and reports everything that is wrong with it. The
// program is nil where there is an error.
func Compile(source string, c *Catalog) (*Program, Diagnostics) {
	return CompileWith(source, c, Options{})
}

// CompileWith compiles a behavior of which more is known.
func CompileWith(source string, c *Catalog, o Options) (*Program, Diagnostics) {
	p, found := compileSource(source, c, o)
	if found.noYAML {
		return nil, behindSyntax(c, o, found)
	}
	return p, found.diagnostics()
}

func compileSource(source string, catalog *Catalog, o Options) (*Program, *findings) {
	root, found := parse(source)
	if root == nil {
		return nil, found
	}
	c := &compiler{
		findings: found, catalog: catalog, options: o, scope: newScope(), paths: &payload.Paths{}, defined: map[string]int{}, outside: map[string]int{}, lacked: map[string]*finding{}, carry: map[string]carried{},
		p: &Program{program{deadline: defaultDeadline, accept: accept{methods: []string{"POST"}}}},
	}
	c.p.paths = c.paths
	c.scope.samples = sampleTypes(o.Samples)
	c.document(root)
	if slices.ContainsFunc(found.found, func(d *finding) bool { return d.severity == bad && !d.ofPolicy() }) {
		return nil, found
	}
	c.p.slots = c.scope.slots
	c.p.size = len(source) + 1024 + 800*len(c.p.places)
	slices.SortFunc(c.p.places, func(a, b place) int { return a.at - b.at })
	return c.p, found
}

// expression compiles the expression that stands in a scalar's text from a rune
// on, and reports what is wrong with it.
func (c *compiler) expression(n *node, from int, text string, want expression.Kind, secret bool) *expr {
	x, problems := c.tryExpression(n, from, text, want, secret)
	c.problems(n, from, problems)
	return x
}

func (c *compiler) tryExpression(n *node, from int, text string, want expression.Kind, secret bool) (*expr, []expression.Problem) {
	config := expression.Config{Functions: c.catalog.Functions, Scope: c.scope, Paths: c.paths, Want: want, AllowSecret: secret, Hidden: c.keeping}
	compiled, problems := expression.Compile(text, config)
	sampled, warnings := c.bySamples(text, config, problems)
	problems = append(problems, warnings...)
	if compiled == nil {
		return nil, problems
	}
	marks := mapping{{0, n.from, n.from}}
	if n.trusted {
		marks = n.marks.slice(from)
	}
	c.grantTexts(text)
	c.oracle(text, n.place(from, from+utf8.RuneCountInString(text)))
	x := &expr{compiled, marks[0].source, compiled.Type()}
	if c.scope.samples != nil {
		x.sampled = sampled
	}
	c.p.places = append(c.p.places, newPlace(c.src, marks, n.trusted))
	return x, problems
}

// problems reports what an expression's compiler found, at its place in the
// document. It tells whether there is an error among them.
func (c *compiler) problems(n *node, from int, problems []expression.Problem) bool {
	if len(problems) == 0 {
		return false
	}
	failed := false
	text := []rune(n.text)
	behindNamespace := -1
	for _, p := range problems {
		failed = failed || p.Severity == bad
		at, token := n.place(from+p.From, from+p.To), ""
		if from+p.To <= len(text) && p.From <= p.To {
			token = string(text[from+p.From : from+p.To])
		}
		switch {
		case p.Code == unknownFunction && slices.Contains(laterFunctions, token):
			c.report(notYet, at, token).suggest("do without it for now")
		case p.Code == unknownName && slices.Contains(laterNamespaces, token):
			c.report(notYet, at, token+".signed").suggest("do without it for now")
			behindNamespace = p.To + 1
		case p.Code == unknownName && c.outside[token] > 0:
			c.report(nameOutside, at, token, c.outside[token]).suggest("use it within the steps of the `each`")
		case p.Code == unknownName && token == "request" && c.p.on != "":
			c.report(misplaced, at, "request", "a behavior with `on`").suggest("the event's record is `payload`")
		case p.Code == unknownName && c.defined[token] > 0 && token != "error":
			c.report(nameTooEarly, at, token, c.defined[token]).suggest("use it below that line only")
		case p.From == behindNamespace: // the call of a function that is not there yet
		default:
			c.problem(n, from, p, token)
		}
	}
	return failed
}

func (c *compiler) problem(n *node, from int, p expression.Problem, token string) {
	d := &finding{
		kind: kind{code: p.Code, severity: p.Severity}, at: n.place(from+p.From, from+p.To),
		message: p.Message, suggestion: p.Suggestion,
	}
	if p.Code == unknownName && p.Suggestion == "" {
		near := meant(token, slices.Sorted(maps.Keys(c.defined)))
		d.suggestion = orElse(near, "put quotes around it if it is a text; a name is set by `let` or `as`")
		if token == "error" {
			d.suggestion = "only the steps of an `on_error` have it"
		}
	}
	if n.trusted {
		for _, fix := range p.Fixes {
			d.fix(fix.Title, n.place(from+fix.From, from+fix.To), n.encode(fix.Text))
		}
	}
	if c.lackedBefore(d) {
		return
	}
	c.found = append(c.found, d)
}

// encode writes a text as it must stand within a scalar of this style.
func (n *node) encode(text string) string {
	switch n.style {
	case '\'':
		return strings.ReplaceAll(text, "'", "''")
	case '"':
		return strings.Trim(doubleQuoted(text), `"`)
	}
	return text
}
