package expression

import (
	"errors"
	"regexp"
	"regexp/syntax"
)

// maxInstructions bounds a compiled regular expression.
const maxInstructions = 1000

// instructionBytes is what an instruction takes, its part of the tables of
// characters included.
const instructionBytes = 128

// maxPattern is how much work it may be to read a regular expression, in
// operations.
const maxPattern = 250_000

// pattern is a regular expression with the number of its instructions.
type pattern struct {
	re           *regexp.Regexp
	instructions int
}

// compilePattern gives a pattern, or what is wrong with its text.
func compilePattern(text string) (*pattern, string) {
	if len(text) > 10_000 {
		return nil, "the regular expression is too long"
	}
	if patternCost(text) > maxPattern {
		return nil, "the regular expression is too large"
	}
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, "this is no regular expression: " + patternFault(err)
	}
	if leastInstructions(parsed) > maxInstructions { // before repetitions are written out
		return nil, "the regular expression is too large"
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, "this is no regular expression"
	}
	if len(prog.Inst) > maxInstructions {
		return nil, "the regular expression is too large"
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, "this is no regular expression"
	}
	return &pattern{re, len(prog.Inst)}, ""
}

// patternFault is Go's word for the fault, without the text that has it, which
// may come from a payload.
func patternFault(err error) string {
	var e *syntax.Error
	if errors.As(err, &e) {
		return string(e.Code)
	}
	return "it cannot be read"
}

// charge takes what a match may cost at worst.
func (p *pattern) charge(m *machine, length int) {
	m.step(1 + length/16*p.instructions + length%16*p.instructions/16)
}

// chargeGroups takes what it may cost to note the groups on the way as well.
func (p *pattern) chargeGroups(m *machine, length int) {
	p.charge(m, length*(1+p.re.NumSubexp()/25))
}

// pattern compiles a text at run time, once an evaluation. It costs by its
// length, and by its instructions, which may be many more.
func (m *machine) pattern(text string) *pattern {
	m.step(1 + len(text)/64)
	if p := m.patterns[text]; p != nil {
		return p
	}
	m.step(maxInstructions + patternCost(text))
	p, wrong := compilePattern(text)
	if p == nil {
		m.fail("pattern", wrong)
	}
	m.take(len(text) + p.instructions*instructionBytes + classes(text)*classBytes)
	if m.patterns == nil {
		m.patterns = map[string]*pattern{}
	}
	m.patterns[text] = p
	return p
}

func (c *compiler) matches(o, l, r operand) operand {
	o.typ = Of(Bool)
	c.want(r, Text, "a regular expression")
	var known *pattern
	if text, ok := r.value.(string); ok && r.is {
		p, wrong := compilePattern(text)
		if p == nil {
			c.report(r.at, "bad-pattern", "", "%s", wrong)
			return failed(o.at)
		}
		known = p
	}
	return c.binaryRun(o, l, r, func(m *machine, a, b any) any {
		s, ok := a.(string)
		text, ok2 := b.(string)
		if !ok || !ok2 {
			return false
		}
		p := known
		if p == nil {
			p = m.pattern(text)
		}
		p.charge(m, len(s))
		return p.re.MatchString(s)
	})
}
