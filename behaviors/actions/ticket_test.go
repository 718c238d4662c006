package actions

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// wantError holds an error to a message, as the runner takes it; a mistake is a
// permanent failure of the behavior's.
func wantError(t *testing.T, err error, message string, isMistake bool) {
	t.Helper()
	var failed *Error
	switch {
	case errors.As(err, &failed) != isMistake:
		t.Errorf("got %+v, want a mistake: %v", err, isMistake)
	case isMistake && !reflect.DeepEqual(failed, &Error{Message: message, Permanent: true, Blame: BlameBehavior}):
		t.Errorf("got %+v, want %s", failed, message)
	case !isMistake && (err == nil || err.Error() != message):
		t.Errorf("got %v, want %s", err, message)
	}
}

func TestTicketCreate(t *testing.T) {
	invoice, photo := &File{Name: "invoice.pdf", Body: []byte("%PDF")}, &File{Name: "photo.jpg"}
	var got NewTicket
	a := ticketCreate(fakeRecords{create: func(n NewTicket) (*Ticket, error) { got = n; tk := exampleTicket; return &tk, nil }})
	_, err := a.Run(t.Context(), &Call{Params: map[string]any{
		"subject": "Invoice", "text": "Hello", "from": " Anna <anna@example.com> ", "group": "Billing", "external_id": " order 7",
		"files":  []any{invoice, nil, photo},
		"fields": map[string]any{"order": int64(7), "tags": []any{"a"}, "file": invoice},
	}})
	want := NewTicket{
		Subject: "Invoice", Text: "Hello", From: "Anna <anna@example.com>", Group: "Billing", ExternalID: " order 7",
		Files: []*File{invoice, photo},
		Fields: map[string]any{"order": int64(7), "tags": []any{"a"}, "file": map[string]any{
			"name": "invoice.pdf", "field": "", "content_type": "", "size": int64(4),
		}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestTicketCreateFails(t *testing.T) {
	tests := map[string]struct {
		params    map[string]any
		host      error
		want      string
		isMistake bool
	}{
		"an external id that is taken": {params: map[string]any{"external_id": "o-1"}, host: ErrExists, want: "a ticket with the external_id o-1 exists already", isMistake: true},
		"an unknown group":             {params: map[string]any{"group": "Bilking"}, host: ErrNotFound, want: "group Bilking does not exist", isMistake: true},
		"a host that says so itself":   {host: mistake("field order is no number"), want: "field order is no number", isMistake: true},
		"a host that is away":          {host: errors.New("away"), want: "create ticket: away"},
		"a blank subject":              {params: map[string]any{"subject": " "}, want: "subject is empty", isMistake: true},
		"a long external id":           {params: map[string]any{"external_id": strings.Repeat("ä", 256)}, want: "external_id is longer than 255 characters", isMistake: true},
		"no file":                      {params: map[string]any{"files": []any{&File{}, "a.pdf"}}, want: "files: item 2 is no file of the request", isMistake: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			params := map[string]any{"subject": "Invoice"}
			for k, v := range tt.params {
				params[k] = v
			}
			a := ticketCreate(fakeRecords{create: func(NewTicket) (*Ticket, error) { return nil, tt.host }})
			_, err := a.Run(t.Context(), &Call{Params: params})
			wantError(t, err, tt.want, tt.isMistake)
		})
	}
	a := ticketCreate(fakeRecords{create: func(NewTicket) (*Ticket, error) { return nil, nil }})
	_, err := a.Run(t.Context(), &Call{Params: map[string]any{"subject": "Invoice"}})
	if want := (&Error{Message: "the host gave no ticket back", Permanent: true, Blame: BlameHost}); !reflect.DeepEqual(err, error(want)) {
		t.Errorf("got %+v, want %+v", err, want)
	}
}

func TestTicketFind(t *testing.T) {
	tests := map[string]struct {
		params  map[string]any
		host    error
		asked   TicketQuery
		nothing bool
		err     string
	}{
		"by mask":                   {params: map[string]any{"mask": " ABC-12345-678 "}, asked: TicketQuery{Mask: "ABC-12345-678"}},
		"by id":                     {params: map[string]any{"id": "7"}, asked: TicketQuery{ID: "7"}},
		"by external id, as it is":  {params: map[string]any{"external_id": " o-1 "}, asked: TicketQuery{ExternalID: " o-1 "}},
		"nil finds nothing":         {params: map[string]any{"mask": nil}, nothing: true},
		"empty finds nothing":       {params: map[string]any{"mask": " ", "external_id": ""}, nothing: true},
		"a host that says so":       {params: map[string]any{"id": "7"}, asked: TicketQuery{ID: "7"}, host: ErrNotFound, nothing: true},
		"two":                       {params: map[string]any{"id": "7", "external_id": "o-1"}, err: "ticket.find takes one of mask, id and external_id"},
		"a host that fails, passes": {params: map[string]any{"id": "7"}, asked: TicketQuery{ID: "7"}, host: errors.New("away"), err: "find ticket: away"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var asked TicketQuery
			a := ticketFind(fakeRecords{find: func(q TicketQuery) (*Ticket, error) {
				asked = q
				tk := exampleTicket
				return &tk, tt.host
			}})
			got, err := a.Run(t.Context(), &Call{Params: tt.params})
			if tt.err != "" {
				wantError(t, err, tt.err, tt.host == nil)
			} else if want := any(ticketOutput(&exampleTicket)); err != nil || !tt.nothing && !reflect.DeepEqual(got, want) || tt.nothing && got != nil {
				t.Errorf("got %v, %v", got, err)
			}
			if asked != tt.asked {
				t.Errorf("the host was asked for %+v, want %+v", asked, tt.asked)
			}
		})
	}
}

func TestTicketNote(t *testing.T) {
	file := &File{Name: "a.log"}
	var got TicketNote
	var fails error
	a := ticketNote(fakeRecords{note: func(n TicketNote) (*Message, error) {
		got = n
		m := exampleMessage
		return &m, fails
	}})
	params := map[string]any{"ticket": " 7 ", "text": "bounced", "files": []any{file}}
	out, err := a.Run(t.Context(), &Call{Params: params})
	if want := (TicketNote{TicketID: "7", Text: "bounced", Files: []*File{file}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if want := any(messageOutput(&exampleMessage)); !reflect.DeepEqual(out, want) {
		t.Errorf("output: got %v, want %v", out, want)
	}
	fails = ErrNotFound
	_, err = a.Run(t.Context(), &Call{Params: params})
	wantError(t, err, "ticket 7 does not exist", true)
	fails = errors.New("away")
	_, err = a.Run(t.Context(), &Call{Params: params})
	wantError(t, err, "note ticket: away", false)
}

// A file is journaled, shown and traced as what it is, without its bytes.
func TestFilesAreShownWithoutTheirBytes(t *testing.T) {
	params := map[string]any{"files": []any{&File{Field: "up", Name: "a.txt", ContentType: "text/plain", Body: []byte("canary-of-the-test")}}}
	text, err := expression.NewWalker(expression.Limits{}).JSON(params)
	if want := `{"files":[{"content_type":"text/plain","field":"up","name":"a.txt","size":18}]}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
}
