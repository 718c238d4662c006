package actions

import (
	"errors"
	"net/http"
	"reflect"
	"testing"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// A host whose records are those of the examples.
var exampleRecords = fakeRecords{
	findMessage: func(string, string) (*Message, error) { m := exampleMessage; return &m, nil },
	addNote:     func(Note) (string, error) { return "5", nil },
	setDefunct: func(email, _ string) (*Address, error) {
		return &Address{Email: email, Defunct: true}, nil
	},
	create: func(NewTicket) (*Ticket, error) { t := exampleTicket; return &t, nil },
	find:   func(TicketQuery) (*Ticket, error) { t := exampleTicket; return &t, nil },
	note:   func(TicketNote) (*Message, error) { m := exampleMessage; return &m, nil },
}

// Every spec's example is what the action gives, and of the declared type.
func TestExamples(t *testing.T) {
	params := map[string]map[string]any{
		"address.defunct": {"email": "alice@example.com"},
		"http.request":    {"url": "", "json": map[string]any{"name": "Anna"}},
		"message.find":    {"message_id": exampleMessage.MessageID},
		"message.note":    {"message": "41", "text": "bounced"},
		"slack.post":      {"webhook": expression.Secret{Name: "slack"}, "text": "hello"},
		"ticket.create":   {"subject": exampleTicket.Subject},
		"ticket.find":     {"mask": exampleTicket.Mask},
		"ticket.note":     {"ticket": "7", "text": "bounced"},
	}
	reg := Builtin(exampleRecords)
	for _, spec := range reg.Specs() {
		t.Run(spec.Name, func(t *testing.T) {
			remote := newSlack(t, 200, `{"id":7}`, http.Header{"Content-Type": {"application/json"}, "Date": nil, "Content-Length": nil})
			c := remote.call(params[spec.Name])
			if _, calls := c.Params["url"]; calls {
				c.Params["url"] = remote.url
			}
			got, err := reg.Get(spec.Name).Run(t.Context(), c)
			if err != nil || !reflect.DeepEqual(got, spec.Example) {
				t.Errorf("got %#v, %v, want the example %#v", got, err, spec.Example)
			}
			if spec.Example != nil && !ofType(spec.Example, spec.Output) {
				t.Errorf("the example %#v is not of the declared type", spec.Example)
			}
			for _, p := range spec.Params {
				if p.Help == "" {
					t.Errorf("parameter %s has no help", p.Name)
				}
			}
		})
	}
}

func ofType(v any, typ expression.Type) bool {
	switch v := v.(type) {
	case string:
		return typ.Kind == expression.Text
	case bool:
		return typ.Kind == expression.Bool
	case int64:
		return typ.Kind == expression.Int
	case map[string]any:
		if typ.Kind == expression.Any || typ.Open {
			return true
		}
		if typ.Kind != expression.Map || len(v) != len(typ.Fields) {
			return false
		}
		for name, f := range v {
			if !ofType(f, typ.Fields[name]) {
				return false
			}
		}
		return true
	}
	return false
}

func TestMessageFind(t *testing.T) {
	tests := map[string]struct {
		params  map[string]any
		host    error
		asked   [2]string // what the host is asked for
		nothing bool
		err     string
	}{
		"with brackets and spaces":  {params: map[string]any{"message_id": " <1@example.com> "}, asked: [2]string{"1@example.com", ""}},
		"without brackets":          {params: map[string]any{"message_id": "1@example.com"}, asked: [2]string{"1@example.com", ""}},
		"by id":                     {params: map[string]any{"id": "41"}, asked: [2]string{"", "41"}},
		"nil finds nothing":         {params: map[string]any{"message_id": nil}, nothing: true},
		"empty finds nothing":       {params: map[string]any{"message_id": "<>"}, nothing: true},
		"a host that says so":       {params: map[string]any{"id": "41"}, asked: [2]string{"", "41"}, host: ErrNotFound, nothing: true},
		"both":                      {params: map[string]any{"id": "41", "message_id": "1@example.com"}, err: "message.find takes message_id or id, not both"},
		"a host that fails, passes": {params: map[string]any{"id": "41"}, asked: [2]string{"", "41"}, host: errors.New("away"), err: "find message: away"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var asked [2]string
			a := messageFind(fakeRecords{findMessage: func(messageID, id string) (*Message, error) {
				asked = [2]string{messageID, id}
				m := exampleMessage
				return &m, tt.host
			}})
			got, err := a.Run(t.Context(), &Call{Params: tt.params})
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("got %v, want %s", err, tt.err)
				}
			} else if want := any(messageOutput(&exampleMessage)); err != nil || !tt.nothing && !reflect.DeepEqual(got, want) || tt.nothing && got != nil {
				t.Errorf("got %v, %v", got, err)
			}
			if asked != tt.asked {
				t.Errorf("the host was asked for %q, want %q", asked, tt.asked)
			}
		})
	}
}

func TestMessageNote(t *testing.T) {
	var got Note
	a := messageNote(fakeRecords{addNote: func(n Note) (string, error) { got = n; return "5", nil }})
	_, err := a.Run(t.Context(), &Call{Params: map[string]any{"message": "41", "text": "bounced", "sticky": true}})
	if want := (Note{MessageID: "41", Text: "bounced", Sticky: true}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestNoteOnAMessageThatDoesNotExist(t *testing.T) {
	a := messageNote(fakeRecords{addNote: func(Note) (string, error) { return "", ErrNotFound }})
	_, err := a.Run(t.Context(), &Call{Params: map[string]any{"message": "41", "text": "bounced"}})
	want := &Error{Message: "message 41 does not exist", Permanent: true, Blame: BlameBehavior}
	if !reflect.DeepEqual(err, error(want)) {
		t.Errorf("got %+v, want %+v", err, want)
	}
}

func TestAddressDefunct(t *testing.T) {
	var got [2]string
	a := addressDefunct(fakeRecords{setDefunct: func(email, reason string) (*Address, error) {
		got = [2]string{email, reason}
		return &Address{Email: email, Defunct: true}, nil
	}})
	_, err := a.Run(t.Context(), &Call{Params: map[string]any{"email": "Alice <alice@example.com>", "reason": "5.1.1"}})
	if want := [2]string{"alice@example.com", "5.1.1"}; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	_, err = a.Run(t.Context(), &Call{Params: map[string]any{"email": "alice"}})
	want := &Error{Message: "email is no e-mail address", Permanent: true, Blame: BlameBehavior}
	if !reflect.DeepEqual(err, error(want)) {
		t.Errorf("got %+v, want %+v", err, want)
	}
}
