package behaviors_test

import (
	"errors"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/behaviortest"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// specs are actions as the language describes them.
func specs() []*behaviors.ActionSpec {
	text := expression.Type{Kind: expression.Text}
	boolean := expression.Type{Kind: expression.Bool}
	record := func(fields map[string]expression.Type) expression.Type {
		return expression.Type{Kind: expression.Map, Fields: fields}
	}
	ticket := record(map[string]expression.Type{
		"id": text, "mask": text, "subject": text, "status": text, "group": text, "url": text,
	})
	return []*behaviors.ActionSpec{
		{
			Name:   "message.find",
			Params: []behaviors.ParamSpec{{Name: "message_id", Type: text}, {Name: "id", Type: text}},
			Output: record(map[string]expression.Type{
				"id": text, "message_id": text, "from": text, "subject": text, "ticket": ticket,
			}),
			Example: map[string]any{
				"id": "41", "message_id": "20260212@desk.example.com", "from": "help@desk.example.com", "subject": "Invoice question",
				"ticket": map[string]any{
					"id": "7", "mask": "ABC-12345-678", "subject": "Invoice question", "status": "open", "group": "Support",
					"url": "https://desk.example.com/tickets/ABC-12345-678",
				},
			},
			Reach: behaviors.ReachHost,
		},
		{
			Name: "message.note",
			Params: []behaviors.ParamSpec{
				{Name: "message", Type: text, Required: true}, {Name: "text", Type: text, Format: behaviors.Plain, Required: true},
				{Name: "sticky", Type: boolean, Default: false},
			},
			Output:  record(map[string]expression.Type{"id": text}),
			Example: map[string]any{"id": "9"},
			Reach:   behaviors.ReachHost,
		},
		{
			Name:    "address.defunct",
			Params:  []behaviors.ParamSpec{{Name: "email", Type: text, Required: true}, {Name: "reason", Type: text}},
			Output:  record(map[string]expression.Type{"email": text, "defunct": boolean}),
			Example: map[string]any{"email": "customer@example.net", "defunct": true},
			Reach:   behaviors.ReachHost,
		},
		{
			Name: "slack.post",
			Params: []behaviors.ParamSpec{
				{Name: "webhook", Type: text, Secret: true, Required: true}, {Name: "channel", Type: text},
				{Name: "text", Type: text, Format: behaviors.Slack}, {Name: "blocks", Type: expression.Type{Kind: expression.List}},
			},
			Reach: behaviors.ReachOutside,
		},
		{
			Name: "http.request",
			Params: []behaviors.ParamSpec{
				{Name: "url", Type: text, Format: behaviors.URL, Required: true},
				{Name: "headers", Type: expression.Type{Kind: expression.Map, Elem: &text, Open: true}, SecretFields: true},
				{Name: "json", SecretFields: true}, {Name: "xml", Type: text, Format: behaviors.XML},
			},
			Output:  record(map[string]expression.Type{"status": {Kind: expression.Int}}),
			Example: map[string]any{"status": int64(200)},
			Reach:   behaviors.ReachOutside,
		},
		{
			// What the built-in actions do not have yet: formats, options, types.
			Name: "test.all",
			Params: []behaviors.ParamSpec{
				{Name: "url", Type: text, Format: behaviors.URL}, {Name: "html", Type: text, Format: behaviors.HTML},
				{Name: "level", Type: text, Options: []string{"low", "high"}}, {Name: "count", Type: expression.Type{Kind: expression.Int}},
				{Name: "list", Type: expression.Type{Kind: expression.List}}, {Name: "any"},
			},
			Output: expression.Type{Kind: expression.Any},
			Reach:  behaviors.ReachOutside,
		},
	}
}

// faulty are functions of a host that go wrong.
func faulty() []*expression.Function {
	number := expression.Of(expression.Int)
	return []*expression.Function{
		{Name: "desk.fails", Result: number, Call: func(*expression.Frame, []any) (any, error) {
			return nil, errors.New("the desk does not know this worker")
		}},
		{Name: "desk.breaks", Result: number, Call: func(*expression.Frame, []any) (any, error) { panic("hunter2") }},
	}
}

func catalog(tb testing.TB) *behaviors.Catalog {
	tb.Helper()
	c, err := behaviors.NewCatalog(behaviors.Vocabulary{
		Actions: specs(), Functions: faulty(),
		Absent:  []*behaviors.ActionSpec{{Name: "task.create", Reach: behaviors.ReachHost, Needs: "Tasks"}},
		Records: []behaviors.RecordType{{Name: "team", Summary: "People.", Fields: map[string]expression.Type{"id": expression.Of(expression.Text)}, Example: map[string]any{"id": "1"}}},
		Pickers: []behaviors.Picker{{Name: "team", Label: "team", Summary: "One of the teams.", Record: "team"}},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestAdvanceCases(t *testing.T) { behaviortest.Run(t, "testdata/advance/*.txtar", catalog(t)) }

func TestCheckCases(t *testing.T) { behaviortest.Run(t, "testdata/check/*.txtar", catalog(t)) }
