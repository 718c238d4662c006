package expression

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// expr generates expressions for its own tests, and ships them with the module.
// Each of them gives here what it gives there, or one of the rules of
// corpus_rules_test.go says what it gives instead and
// why. A rule is no filter: it is expr's own evaluation with one thing changed,
// and what that gives is compared.
func TestCorpus(t *testing.T) {
	c := newCorpus(t)
	f, err := os.Open(filepath.Join(exprDirectory(t), "testdata", "generated.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := 0
	for s := bufio.NewScanner(f); s.Scan(); lines++ {
		c.compare(t, s.Text())
		// $env is refused; what else stands in such an expression is compared with
		// a value in its place.
		if named := strings.ReplaceAll(s.Text(), "$env", "environment"); named != s.Text() {
			c.compare(t, named)
		}
	}
	if lines != corpusLines {
		t.Errorf("the corpus has %d expressions, and the counts are for %d", lines, corpusLines)
	}
	for name, want := range corpusCounts {
		if c.counts[name] != want {
			t.Errorf("%s: %d expressions, want %d", name, c.counts[name], want)
		}
		delete(c.counts, name)
	}
	for name, n := range c.counts {
		t.Errorf("%s: %d expressions, and no count is written down", name, n)
	}
}

// exprDirectory is where the module lies.
func exprDirectory(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/expr-lang/expr").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// corpus is the environment that the corpus is written for, on both sides.
type corpus struct {
	theirs map[string]any
	config Config
	slots  []any
	counts map[string]int
	// differences that no rule explains.
	differences int
}

func newCorpus(t *testing.T) *corpus {
	t.Helper()
	c := &corpus{counts: map[string]int{}, theirs: map[string]any{
		"ok": true, "i": 1, "str": "str", "f64": .5, "array": []any{1, 2, 3, 4, 5},
		"foo": map[string]any{"Bar": "foo"}, "list": []any{map[string]any{"Bar": "bar"}, map[string]any{"Bar": "baz"}},
		"add":   func(a, b int) int { return a + b },
		"greet": func(name string) string { return "Hello, " + name },
	}}
	values := []string{"ok", "i", "str", "f64", "array", "foo", "list", "environment"}
	environment := map[string]any{}
	for _, name := range values[:len(values)-1] {
		environment[name] = c.theirs[name]
	}
	c.theirs["environment"] = environment
	scope := names{}
	for i, name := range values {
		scope[name] = Name{Slot: i}
		c.slots = append(c.slots, ours(c.theirs[name]))
	}
	functions := Functions(Builtins())
	functions["add"] = &Function{Name: "add", Params: []Param{param("a", Int), param("b", Int)}, Result: Of(Int),
		Call: func(_ *Frame, a []any) (any, error) { return a[0].(int64) + a[1].(int64), nil }}
	functions["greet"] = &Function{Name: "greet", Params: []Param{param("name", Text)}, Result: Of(Text),
		Call: func(_ *Frame, a []any) (any, error) { return "Hello, " + a[0].(string), nil }}
	c.config = Config{Functions: functions, Scope: scope}
	return c
}

// outcome of an expression: its value as show prints it, or why there is none.
type outcome struct {
	value    string
	problems []Problem // ours refuses it
	err      error     // it fails
}

func (o outcome) String() string {
	switch {
	case o.err != nil:
		return "fails: " + o.err.Error()
	case len(o.problems) > 0:
		return "refuses: " + o.problems[0].Message
	}
	return o.value
}

func (o outcome) failed() bool { return o.err != nil || len(o.problems) > 0 }

func (o outcome) same(p outcome) bool { return !o.failed() && !p.failed() && o.value == p.value }

// unordered are expr's functions that take a map's keys in any order: what they
// give may be the same by chance.
var unordered = regexp.MustCompile(`\b(keys|values|toPairs)\(`)

func (c *corpus) compare(t *testing.T, source string) {
	t.Helper()
	here, there := c.here(source), c.there(source)
	switch {
	case here.failed() && there.failed():
		c.counts["both fail"]++
		return
	case here.same(there) && !unordered.MatchString(source):
		c.counts["same"]++
		return
	case len(here.problems) > 0:
		rules, why := c.refused(source, here.problems)
		if why == nil {
			for _, rule := range rules {
				c.counts[rule]++
			}
			return
		}
		c.differs(t, source, here, there, "%v", why)
	default:
		m := &model{}
		ruled := c.run(source, m.options()...)
		if errors.Is(there.err, errStatic) {
			m.fired[ruleStatic] = true
		}
		if ruled.value == here.value && m.excuses(here.err) == (here.err != nil) && (len(m.fired) > 0 || here.same(there)) {
			for rule := range m.fired {
				c.counts[rule]++
			}
			if len(m.fired) == 0 {
				c.counts["same"]++
			}
			return
		}
		c.differs(t, source, here, there, "by the rules %v, %v", ruled, m.fired)
	}
}

// excuses tells whether a rule makes the error.
func (m *model) excuses(err error) bool {
	return err != nil && slices.Contains(errorsOfRules[m.failedBy], asError(err).Code)
}

// differs reports what no rule explains: the first few are enough.
func (c *corpus) differs(t *testing.T, source string, here, there outcome, format string, args ...any) {
	t.Helper()
	if c.differences++; c.differences <= 30 {
		t.Errorf("%s\n here %v\nthere %v\n%s", source, here, there, fmt.Sprintf(format, args...))
	}
}

func (c *corpus) here(source string) outcome {
	config := c.config
	config.Paths = new(payload.Paths)
	compiled, problems := Compile(source, config)
	if compiled == nil {
		return outcome{problems: problems}
	}
	v, err := compiled.Eval(&Frame{Slots: c.slots})
	if err != nil {
		return outcome{err: err}
	}
	return outcome{value: plainly(v)}
}

func (c *corpus) there(source string) outcome { return c.run(source, expr.Env(c.theirs)) }

// run evaluates with expr.
func (c *corpus) run(source string, options ...expr.Option) (o outcome) {
	v, err := c.value(source, options...)
	if err != nil {
		return outcome{err: err}
	}
	return outcome{value: plainly(ours(v))}
}

func (c *corpus) value(source string, options ...expr.Option) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	var p *vm.Program
	if p, err = expr.Compile(source, append([]expr.Option{expr.Env(c.theirs)}, options...)...); err != nil {
		return nil, errors.Join(errStatic, err)
	}
	return expr.Run(p, c.theirs)
}

// errStatic: expr refuses the expression before it runs.
var errStatic = errors.New("expr does not compile it")
