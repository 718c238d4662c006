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

// A literal list is made once.
func BenchmarkIn(b *testing.B) {
	paths := new(payload.Paths)
	c, _ := Compile(`event.event in ["bounced", "complained", "failed"]`, testConfig(paths))
	f := testFrame(b, paths, testBody)
	b.ReportAllocs()
	for b.Loop() {
		if v, err := c.Eval(f); v != true || err != nil {
			b.Fatal(v, err)
		}
	}
}

// A behavior of a hundred lines has about 40 expressions.
func BenchmarkCompile40(b *testing.B) {
	sources := []string{
		`payload["event-data"].event == "failed" and payload["event-data"].severity == "permanent"`,
		`event.reason in ["bounce", "suppress-bounce"] and event["delivery-status"]["bounce-type"] != "soft"`,
		`event["delivery-status"].description ?? event["delivery-status"].message ?? "no reason given"`,
		`any(payload.issue.labels, .name == "bug") and len(payload.issue.assignees) > 0`,
	}
	b.ReportAllocs()
	for b.Loop() {
		config := testConfig(new(payload.Paths))
		for i := range 40 {
			if c, problems := Compile(sources[i%len(sources)], config); c == nil {
				b.Fatal(problems)
			}
		}
	}
}
