package actions

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// fakeRecords is a host of function fields.
type fakeRecords struct {
	findMessage func(messageID, id string) (*Message, error)
	addNote     func(n Note) (string, error)
	setDefunct  func(email, reason string) (*Address, error)
	create      func(t NewTicket) (*Ticket, error)
	find        func(q TicketQuery) (*Ticket, error)
	note        func(n TicketNote) (*Message, error)
}

func (f fakeRecords) FindMessage(_ context.Context, _ Tx, messageID, id string) (*Message, error) {
	return f.findMessage(messageID, id)
}
func (f fakeRecords) AddNote(_ context.Context, _ Tx, n Note) (string, error) { return f.addNote(n) }
func (f fakeRecords) SetDefunct(_ context.Context, _ Tx, email, reason string) (*Address, error) {
	return f.setDefunct(email, reason)
}
func (f fakeRecords) CreateTicket(_ context.Context, _ Tx, t NewTicket) (*Ticket, error) {
	return f.create(t)
}
func (f fakeRecords) FindTicket(_ context.Context, _ Tx, q TicketQuery) (*Ticket, error) {
	return f.find(q)
}
func (f fakeRecords) NoteTicket(_ context.Context, _ Tx, n TicketNote) (*Message, error) {
	return f.note(n)
}

// aTest is an action that nothing is wrong with, for changing.
func aTest() *Action {
	return &Action{
		ActionSpec: behaviors.ActionSpec{
			Name: "test.do", Summary: "Does.", Reach: behaviors.ReachHost, Output: textType, Example: "done",
			Params: []behaviors.ParamSpec{
				{Name: "text", Type: textType, Format: behaviors.Plain},
				{Name: "key", Type: expression.Type{Kind: expression.SecretValue}, Secret: true},
				{Name: "data"},
			},
		},
		Do: func(context.Context, *Call) (any, error) { return "done", nil },
	}
}

func TestRegisterRefusesWhatIsWrong(t *testing.T) {
	tests := map[string]struct {
		change func(a *Action)
		want   string
	}{
		"no Do":                   {func(a *Action) { a.Do = nil }, "actions: an action without Do"},
		"name without area":       {func(a *Action) { a.Name = "do" }, `actions: "do": an action's name is like "area.verb"`},
		"name in upper case":      {func(a *Action) { a.Name = "Test.do" }, `actions: "Test.do": an action's name is like "area.verb"`},
		"no summary":              {func(a *Action) { a.Summary = "" }, `actions: "test.do": no summary`},
		"unknown reach":           {func(a *Action) { a.Reach = "moon" }, `actions: "test.do": unknown reach "moon"`},
		"no example":              {func(a *Action) { a.Example = nil }, `actions: "test.do": no example of its output`},
		"example of nothing":      {func(a *Action) { a.Output.Kind = expression.Nil }, `actions: "test.do": an example of an output, but no type of it`},
		"parameter twice":         {func(a *Action) { a.Params[2].Name = "text" }, `actions: "test.do": parameter "text" twice`},
		"parameter's name":        {func(a *Action) { a.Params[2].Name = "my-data" }, `actions: "test.do": parameter "my-data": a parameter's name has lower case letters, digits and _`},
		"text without format":     {func(a *Action) { a.Params[0].Format = "" }, `actions: "test.do": parameter "text": a text needs a format, got ""`},
		"format of no text":       {func(a *Action) { a.Params[2].Format = behaviors.HTML }, `actions: "test.do": parameter "data": format and options are for texts`},
		"secret that is text":     {func(a *Action) { a.Params[0].Secret = true }, `actions: "test.do": parameter "text": a secret parameter has the type of a secret, and no other has`},
		"secret not declared":     {func(a *Action) { a.Params[1].Secret = false }, `actions: "test.do": parameter "key": a secret parameter has the type of a secret, and no other has`},
		"parameter of no type":    {func(a *Action) { a.Params[2].Type.Kind = expression.Nil }, `actions: "test.do": parameter "data": no type`},
		"secret fields of a text": {func(a *Action) { a.Params[0].SecretFields = true }, `actions: "test.do": parameter "text": secrets may be fields of maps`},
		"required and default":    {func(a *Action) { a.Params[0].Required, a.Params[0].Default = true, "x" }, `actions: "test.do": parameter "text": required, and with a default`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := aTest()
			tt.change(a)
			err := (&Registry{}).Register(a)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestRegisterTwice(t *testing.T) {
	r := &Registry{}
	if err := r.Register(aTest()); err != nil {
		t.Fatal(err)
	}
	err := r.Register(aTest())
	if want := `actions: "test.do" registered twice`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestBuiltinActions(t *testing.T) {
	var got []string
	for _, s := range BuiltinSpecs() {
		got = append(got, s.Name)
	}
	slices.Sort(got)
	want := []string{"address.defunct", "http.request", "message.find", "message.note", "slack.post", "ticket.create", "ticket.find", "ticket.note"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A host without records has the actions that need none, and says what the
// others need.
func TestAbsentActions(t *testing.T) {
	r := Builtin(nil)
	if got := r.Specs(); len(got) != 2 || got[0].Name != "http.request" || got[1].Name != "slack.post" {
		t.Errorf("got %+v", got)
	}
	got := map[string]string{}
	for _, s := range r.Absent() {
		got[s.Name] = s.Needs
	}
	want := map[string]string{
		"message.find": "Messages", "message.note": "Messages", "address.defunct": "Addresses",
		"ticket.create": "Tickets", "ticket.find": "Tickets", "ticket.note": "Tickets",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	only := Builtin(struct{ Addresses }{})
	if only.Get("address.defunct") == nil || only.Get("message.find") != nil {
		t.Errorf("of a host with addresses alone: got %+v", only.Specs())
	}
}

func TestRegistriesAreApart(t *testing.T) {
	a, b := Builtin(nil), Builtin(nil)
	a.MustRegister(aTest())
	if b.Get("test.do") != nil {
		t.Error("an action registered in one registry is in another")
	}
}

func TestSecretWhereNoneIsDeclaredIsRefused(t *testing.T) {
	secret := expression.Secret{Name: "key"}
	want := &Error{Message: "test.do: the parameter data does not take a secret", Permanent: true, Blame: BlameBehavior}
	for name, v := range map[string]any{
		"itself":      secret,
		"in a list":   []any{int64(1), secret},
		"in a map":    map[string]any{"a": map[string]any{"b": secret}},
		"deep inside": []any{map[string]any{"a": []any{secret}}},
	} {
		t.Run(name, func(t *testing.T) {
			a := aTest()
			a.Do = func(context.Context, *Call) (any, error) { t.Error("the action ran"); return nil, nil }
			_, err := a.Run(t.Context(), &Call{Params: map[string]any{"data": v}})
			var got *Error
			if !errors.As(err, &got) || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", err, want)
			}
		})
	}
	if out, err := aTest().Run(t.Context(), &Call{Params: map[string]any{"key": secret}}); out != "done" || err != nil {
		t.Errorf("a declared secret: got %v, %v", out, err)
	}
}

// An action of a host's that repeats a secret, as net/http does of a URL, brings
// it into no output and no failure.
func TestSecretThatAnActionRepeatsIsHidden(t *testing.T) {
	const value = "https://hooks.example/T0/hunter2"
	calling := func(do func(url string) (any, error)) (any, error) {
		a := aTest()
		a.Do = func(_ context.Context, c *Call) (any, error) {
			url, err := c.Secret(expression.Secret{Name: "key"}, "")
			if err != nil {
				return nil, err
			}
			return do(url)
		}
		return a.Run(t.Context(), &Call{
			Params: map[string]any{"key": expression.Secret{Name: "key"}},
			Secret: func(expression.Secret, string) (string, error) { return value, nil },
		})
	}
	out, err := calling(func(url string) (any, error) {
		return map[string]any{"at": "posted to " + url, "list": []any{url, int64(1)}, "of " + url: nil}, nil
	})
	want := map[string]any{"at": "posted to [secret]", "list": []any{"[secret]", int64(1)}, "of [secret]": nil}
	if err != nil || !reflect.DeepEqual(out, want) {
		t.Errorf("got %v, %v, want %v", out, err, want)
	}
	cause := errors.New("refused")
	_, err = calling(func(url string) (any, error) { return nil, fmt.Errorf("Post %q: %w", url, cause) })
	if err == nil || err.Error() != `Post "[secret]": refused` || !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	_, err = calling(func(url string) (any, error) {
		return nil, fmt.Errorf("call: %w", &Error{Message: "no " + url, Excerpt: "at /T0/hunter2", Status: 404, Permanent: true, Blame: BlameRemote, Err: cause})
	})
	var said *Error
	if wanted := (&Error{Message: "no [secret]", Excerpt: "at [secret]", Status: 404, Permanent: true, Blame: BlameRemote, Err: cause}); !errors.As(err, &said) || !reflect.DeepEqual(said, wanted) {
		t.Errorf("got %+v, want %+v", err, wanted)
	}
	if out, err := calling(func(string) (any, error) { return "done", cause }); out != nil || !errors.Is(err, cause) {
		t.Errorf("got %v, %v", out, err)
	}
}
