package expression

import (
	"testing"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// Five conditions, as in a rule: three deep fields, an any over labels, a len.
func BenchmarkRules(b *testing.B) {
	paths := new(payload.Paths)
	c, problems := Compile(`payload.issue.title != "x" and payload.issue.user.login == "Codertocat" and payload.action == "opened" and any(payload.issue.labels, .name == "bug") and len(payload.issue.assignees) > 0`, testConfig(paths))
	if c == nil {
		b.Fatal(problems)
	}
	body := `{"action": "opened", "issue": {"title": "t", "user": {"login": "Codertocat"}, "labels": [{"name": "a"}, {"name": "bug"}], "assignees": [1]}}`
	f := testFrame(b, paths, body)
	b.ReportAllocs()
	for b.Loop() {
		if v, err := c.Eval(f); v != true || err != nil {
			b.Fatal(v, err)
		}
	}
}
