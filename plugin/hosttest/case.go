package hosttest

import (
	"slices"
	"strings"
	"testing"
)

// rule is what a host must keep to. Several cases may show one and the same.
type rule struct {
	says string // what must hold
	why  string // what goes wrong otherwise
	see  string // where it is documented
}

// testCase holds a host to one rule.
type testCase struct {
	name string
	rule rule
	// after are beginnings of the names of cases without which this one says
	// nothing: where one of them failed, it is left out.
	after []string
	check func(t testing.TB, h *Host)
}

// cases are in the order in which they are run: what another one needs comes
// before it.
func cases() []testCase {
	return slices.Concat(
		basicCases(), recordCases(), permalinkCases(), identityCases(), pageCases(), publicCases(), switchCases(),
		settingCases(), keyCases(), runCases(),
	)
}

// judge runs all cases, each as run does.
func judge(run func(name string, check func(testing.TB)) bool, open func(t testing.TB) *Host) {
	var unproven []string
	for _, c := range cases() {
		// The failure before says what is wrong.
		if slices.ContainsFunc(unproven, c.needs) || !run(c.name, func(t testing.TB) { c.run(t, open(t)) }) {
			unproven = append(unproven, c.name)
		}
	}
}

func (c *testCase) needs(name string) bool {
	return slices.ContainsFunc(c.after, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// run explains a failure once.
func (c *testCase) run(t testing.TB, h *Host) {
	defer func() {
		if t.Failed() {
			t.Logf("the rule: %s\nwhy: %s\nsee: %s", c.rule.says, c.rule.why, c.rule.see)
		}
	}()
	c.check(t, h)
}

// Where rules are documented.
const (
	seeRecords  = "package plugin, Record operations"
	seeKeepOff  = "package plugin, What the host keeps off"
	seeHost     = "plugin.Host"
	seeIdentity = "package plugin, Who may; plugin.Identity and plugin.Caller"
	seeShell    = "package plugin, Pages; plugin.Shell"
	seeSwitch   = "package plugin, Lifecycle; plugin.Switch"
	seeKeys     = "package plugin, Keys"
	seeSettings = "package plugin, Settings; plugin.Configuration"
	seeRegistry = "plugin.Registry"
)
