package behaviors

import (
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// value is a literal of the document in which ${{ }} is interpolated. One of
// its fields says what it is; with none of them set it is a constant.
type value struct {
	constant any
	whole    *expr   // exactly one ${{ }}: keeps its type
	parts    []part  // a text with interpolations
	items    []value // a list
	fields   []field // a map
	format   Format
	html     *htmlText // of the format HTML, with interpolations
	raw      bool      // whole is not escaped
}

// part of a text: literal, or an interpolation, where that is empty.
type part struct {
	literal string
	expr    *expr
	raw     bool // not escaped
}

type field struct {
	name  string
	value value
}

func (v *value) isConstant() bool {
	return v.whole == nil && v.parts == nil && v.items == nil && v.fields == nil
}

// wanted is what may stand at a place.
type wanted struct {
	label   string // the parameter or key, for messages
	kind    expression.Kind
	format  Format
	secret  bool
	options []string
	unknown bool // nothing is known of the place, so the value is checked by itself
	// secretFields: the fields of maps below may be secrets; secretField: this is
	// one of them.
	secretFields, secretField bool
	fields                    expression.Kind // of the values of this map
}

// unjudged finds what is wrong within the value of a parameter, or of an
// action, that does not exist.
func (c *compiler) unjudged(p pair) {
	if !p.value.missing() {
		c.value(p.value, wanted{label: p.key.text, unknown: true})
	}
}

func (c *compiler) value(n *node, w wanted) value {
	switch {
	case n.tag != "":
		c.report(yamlTag, n.span, n.tag).suggest("put it in quotes").fix("Quote the value", n.span, singleQuoted(c.src.slice(n.span)))
		return value{}
	case w.format == XML && n.kind != scalarNode:
		d := c.report(notYet, n.span, w.label)
		d.message = "`" + w.label + "` as " + n.describe() + " is not there yet"
		d.suggest("write the XML out as a text, such as `<a>${{ b }}</a>`")
		return value{}
	case n.kind == listNode:
		return c.list(n, w)
	case n.kind == mapNode:
		return c.mapping(n, w)
	}
	return c.scalar(n, w)
}

func (c *compiler) list(n *node, w wanted) value {
	if !c.fits(n, w, expression.List) {
		return value{}
	}
	v := value{items: make([]value, len(n.items))}
	constants := make([]any, len(n.items))
	all := true
	for i, item := range n.items {
		v.items[i] = c.value(item, wanted{label: w.label, unknown: w.unknown, secretFields: w.secretFields})
		constants[i] = v.items[i].constant
		all = all && v.items[i].isConstant()
	}
	if all {
		return value{constant: constants}
	}
	return v
}

func (c *compiler) mapping(n *node, w wanted) value {
	if !c.fits(n, w, expression.Map) {
		return value{}
	}
	v := value{fields: make([]field, len(n.pairs))}
	constants := make(map[string]any, len(n.pairs))
	all := true
	for i, p := range n.pairs {
		v.fields[i] = field{p.key.text, c.value(p.value, wanted{
			label: p.key.text, kind: w.fields, unknown: w.unknown, secretFields: w.secretFields, secretField: w.secretFields,
		})}
		constants[p.key.text] = v.fields[i].value.constant
		all = all && v.fields[i].value.isConstant()
	}
	if all {
		return value{constant: constants}
	}
	return v
}

func (c *compiler) scalar(n *node, w wanted) value {
	if c.cutShort(n, w.label) {
		return value{}
	}
	if strings.Contains(n.text, "${{") {
		return c.template(n, w)
	}
	if w.secret && !n.null() {
		c.report(secretExpected, n.span, w.label).suggest("declare an input of type secret and write `${{ inputs.NAME }}`")
		return value{}
	}
	constant := n.value()
	if w.kind == expression.Text && isNumber(constant) {
		constant = n.text // as written: 1.10 is a text, too
	}
	if !c.fits(n, w, kindOf(constant)) {
		return value{}
	}
	if _, isFloat := constant.(float64); isFloat && w.kind == expression.Int {
		c.report(wrongType, n.span, w.label, kindWords(w.kind), n.describe())
		return value{}
	}
	if n.looksOther() {
		c.report(readsAsText, n.span, n.text, n.looksLike()).suggest("quote it if it is meant as text, or write it as JSON would").
			fix("Quote the text", n.span, singleQuoted(n.text))
	}
	c.checkOption(n, w)
	return value{constant: constant}
}

// cutShort reports what YAML took away from a value: behind a comma within
// braces, or behind a #.
func (c *compiler) cutShort(n *node, label string) bool {
	if n.comma != (span{}) {
		c.report(commaInFlow, n.comma).suggest("put the value in quotes").
			fix("Quote the value", n.comma, singleQuoted(c.src.slice(n.comma)))
		return true
	}
	if comment, ok := c.commentBehind(n); ok && n.missing() {
		text := c.src.slice(comment)
		c.report(commentAsValue, comment, cut(text), label).suggest("put it in quotes, or write `null`").
			fix("Quote the text", comment, singleQuoted(text))
		return true
	}
	return false
}

// cutAway is cutShort where no text can stand, so that quotes would not help.
func (c *compiler) cutAway(n *node, label string) bool {
	if !c.cutShort(n, label) {
		return false
	}
	if d := c.found[len(c.found)-1]; d.code == commentAsValue.code {
		d.fixes, d.suggestion = nil, "write what belongs there, and the comment on a line of its own"
	}
	return true
}

// commentBehind finds a comment in the line in which a plain scalar ends.
func (c *compiler) commentBehind(n *node) (span, bool) {
	if n.kind != scalarNode || n.style != 0 || !n.trusted && !n.missing() {
		return span{}, false
	}
	at := c.src.skipBlanks(n.to)
	if c.src.at(at) != '#' {
		return span{}, false
	}
	line, _ := c.src.position(at)
	end := c.src.line(line).to
	for isBlank(c.src.at(end - 1)) {
		end--
	}
	return span{at, end}, true
}

func (c *compiler) checkOption(n *node, w wanted) {
	if len(w.options) == 0 || n.null() {
		return
	}
	for _, o := range w.options {
		if o == n.text {
			return
		}
	}
	c.report(unknownOption, n.span, cut(n.text), w.label).mean(n, w.options, "choose one of "+quoted(w.options))
}

func (c *compiler) template(n *node, w wanted) value {
	parts, problems := expression.SplitTemplate(n.text)
	if c.problems(n, 0, problems) {
		return value{}
	}
	if len(parts) == 1 && parts[0].IsExpr {
		v := value{whole: c.whole(n, parts[0], w), format: w.format, raw: c.raw(n, parts[0].ExprFrom, parts[0].Expr, w.format)}
		if w.format == HTML {
			v.html, _ = newHTML([]part{{raw: v.raw}})
		}
		return v
	}
	v := value{format: w.format}
	literal := ""
	isTemplate := false
	for _, p := range parts {
		if !p.IsExpr {
			literal += p.Literal
			v.parts = append(v.parts, part{literal: p.Literal})
			continue
		}
		isTemplate = true
		if w.format == XML && !inXMLText(literal) {
			c.report(interpolationInTag, n.place(p.From, p.To), "XML", "text and in the quoted value of an attribute only").suggest("move it there")
		}
		x, problems := c.tryExpression(n, p.ExprFrom, p.Expr, expression.Any, false)
		if w.secretField {
			aroundSecret(problems)
		}
		c.problems(n, p.ExprFrom, problems)
		v.parts = append(v.parts, part{expr: x, raw: c.raw(n, p.ExprFrom, p.Expr, w.format)})
		literal += "x"
	}
	if w.format == HTML && isTemplate {
		c.html(n, &v, parts)
	}
	switch {
	case !isTemplate:
		return value{constant: literal}
	case w.secret:
		c.report(secretExpected, n.span, w.label).suggest("write the secret alone, as one `${{ }}`")
		return value{}
	case !c.fits(n, w, expression.Text):
		return value{}
	}
	return v
}

// html prepares a text with interpolations, and reports those that cannot be
// made safe.
func (c *compiler) html(n *node, v *value, parts []expression.TemplatePart) {
	var problems []htmlProblem
	v.html, problems = newHTML(v.parts)
	for _, p := range problems {
		if p.part < 0 {
			c.report(brokenHTML, n.span, p.why).suggest("close each tag and quote that it opens, and quote the values of attributes")
			continue
		}
		at := n.place(parts[p.part].From, parts[p.part].To)
		c.report(interpolationInTag, at, "HTML", "text and in the value of an attribute, but not "+p.why).suggest("move it there")
	}
}

// whole compiles a value that is exactly one ${{ }}.
func (c *compiler) whole(n *node, p expression.TemplatePart, w wanted) *expr {
	x := c.expression(n, p.ExprFrom, p.Expr, expression.Any, w.secret || w.secretField || w.unknown)
	if x == nil {
		return nil
	}
	t := x.compiled.Type()
	at := n.place(p.From, p.To)
	switch {
	case w.unknown:
	case w.secret && t.Kind != expression.SecretValue && t.Kind != expression.Any && t.Kind != expression.Nil:
		c.report(secretExpected, at, w.label).suggest("declare an input of type secret and write `${{ inputs.NAME }}`")
	case w.secretField && t.Kind == expression.SecretList:
		c.report(wrongType, at, w.label, "one secret", kindWords(t.Kind))
	case w.secretField && t.Kind == expression.SecretValue:
		c.sent = append(c.sent, sentSecret{x, at})
	case !w.secret && !assignable(w.kind, t.Kind):
		c.report(wrongType, at, w.label, kindWords(w.kind), kindWords(t.Kind))
	case !w.secret && !assignable(w.kind, x.sampled.Kind):
		c.report(wrongType, at, w.label, kindWords(w.kind), kindWords(x.sampled.Kind)+", going by the samples").severity = warn
	}
	return x
}

// aroundSecret says what to do where a text stands around a secret that could be
// sent alone.
func aroundSecret(problems []expression.Problem) {
	for i := range problems {
		if problems[i].Code == secretLeak {
			problems[i].Suggestion = "write the secret alone, as one `${{ }}`; make the text before it, such as `Bearer `, a part of the secret's value"
		}
	}
}

// fits reports a literal that is not of the wanted kind.
func (c *compiler) fits(n *node, w wanted, got expression.Kind) bool {
	if w.secret || assignable(w.kind, got) {
		return true
	}
	d := c.report(wrongType, n.span, w.label, kindWords(w.kind), n.describe())
	switch {
	case w.kind == expression.Bool && n.looksOther():
		d.suggest("write `true` or `false`")
	case (w.kind == expression.Int || w.kind == expression.Number) && float.MatchString(n.text):
		d.suggest("leave out the quotes").fix("Write "+n.text, n.span, n.text)
	case w.kind == expression.Text && w.label == "text" && n.kind == mapNode:
		d.suggest("a map is answered as `json`")
	}
	return false
}
