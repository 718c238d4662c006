package main

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/plugin"
)

// inStep runs fn as the runner runs an action: in one transaction.
func inStep(t *testing.T, db *gorm.DB, delivery string, fn func(tx plugin.Tx) error) error {
	t.Helper()
	return db.Transaction(func(tx *gorm.DB) error {
		return fn(plugin.Tx{DB: tx, AfterCommit: func(func()) {}, DeliveryID: delivery})
	})
}

func TestTickets(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		s := open(t, c)
		db := s.server.helpdesk.db.DB
		r := records{func() string { return "https://help.example.com" }}
		invoice := plugin.NewTicket{
			Subject: strings.Repeat("ü", 300), Text: "It is <b>broken</b>.", From: "Anna <Anna@example.com>", Group: "Billing", ExternalID: "A 1",
			Files:  []*plugin.File{{Name: "<a>.txt", ContentType: "text/html", Body: []byte("<script>")}, {}},
			Fields: map[string]any{"order": int64(7), "who": "Anna", "tags": []any{"x"}},
		}
		var made *plugin.Ticket
		create := func(n plugin.NewTicket) error {
			return inStep(t, db, "41", func(tx plugin.Tx) (err error) {
				made, err = r.CreateTicket(t.Context(), tx, n)
				return err
			})
		}
		if err := create(invoice); err != nil {
			t.Fatal(err)
		}
		want := plugin.Ticket{
			ID: made.ID, Mask: made.Mask, Subject: strings.Repeat("ü", 255), Status: "open", Group: "Billing",
			URL: "https://help.example.com/tickets/" + made.Mask, ExternalID: "A 1",
		}
		if *made != want || made.ID == "" || made.Mask == "" {
			t.Errorf("got %+v, want %+v", *made, want)
		}
		first := *made
		if err := create(invoice); !errors.Is(err, plugin.ErrExists) {
			t.Errorf("the same external id again: got %v, want %v", err, plugin.ErrExists)
		}
		for _, other := range []string{"a 1", "A 1 ", "Á 1"} {
			if err := create(plugin.NewTicket{Subject: "other", ExternalID: other}); err != nil {
				t.Errorf("external id %q: %v", other, err)
			} else if made.Group != defaultTeam || made.ExternalID != other {
				t.Errorf("external id %q: got %+v", other, made)
			}
		}

		for _, c := range []struct {
			q    plugin.TicketQuery
			want *plugin.Ticket
		}{
			{plugin.TicketQuery{ExternalID: "A 1"}, &first}, {plugin.TicketQuery{Mask: first.Mask}, &first}, {plugin.TicketQuery{ID: first.ID}, &first},
			{plugin.TicketQuery{ExternalID: "A"}, nil}, {plugin.TicketQuery{Mask: "%"}, nil}, {plugin.TicketQuery{ID: "0" + first.ID}, nil}, {plugin.TicketQuery{ID: "x"}, nil},
		} {
			err := inStep(t, db, "41", func(tx plugin.Tx) error {
				got, err := r.FindTicket(t.Context(), tx, c.q)
				if !reflect.DeepEqual(got, c.want) {
					t.Errorf("%+v: got %+v, want %+v", c.q, got, c.want)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}

		err := inStep(t, db, "42", func(tx plugin.Tx) error {
			m, err := r.NoteTicket(t.Context(), tx, plugin.TicketNote{TicketID: first.ID, Text: "Looked into it."})
			if err == nil && (m.ID == "" || m.MessageID == "" || m.Ticket != first || m.From != noteSender || m.Subject != first.Subject) {
				t.Errorf("the note: got %+v", m)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		for _, id := range []string{"999999", "x"} {
			err := inStep(t, db, "42", func(tx plugin.Tx) error {
				_, err := r.NoteTicket(t.Context(), tx, plugin.TicketNote{TicketID: id, Text: "a"})
				return err
			})
			if !errors.Is(err, plugin.ErrNotFound) {
				t.Errorf("a note on ticket %s: got %v, want %v", id, err, plugin.ErrNotFound)
			}
		}
		s.showsTheTicket(first.Mask)
	})
}

// showsTheTicket wants the page to say what is there and why, and a file to be
// saved and not shown.
func (s *site) showsTheTicket(mask string) {
	t := s.t
	t.Helper()
	s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
	s.logIn("admin", testPassword)
	page := s.get("/tickets/" + mask).body
	for _, want := range []string{
		`known elsewhere as <span class="mono">A 1</span>`, "<dt>order</dt><dd>7</dd>", "<dt>who</dt><dd>Anna</dd>", `<dt>tags</dt><dd>[&#34;x&#34;]</dd>`,
		"It is &lt;b&gt;broken&lt;/b&gt;.", "&lt;a&gt;.txt", "text/html, 8 bytes", "by Webhooks, for workers only", "Looked into it.",
		`href="/admin/webhooks/deliveries/41">Why is this here?`, `href="/admin/webhooks/deliveries/42">Why is this here?`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	_, rest, _ := strings.Cut(page, `href="/tickets/`+mask+`/files/`)
	id, _, _ := strings.Cut(rest, `"`)
	file := s.get("/tickets/" + mask + "/files/" + id)
	if file.status != http.StatusOK || file.body != "<script>" || file.header.Get("Content-Type") != "application/octet-stream" ||
		file.header.Get("Content-Disposition") != `attachment; filename="<a>.txt"` || file.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the file: got %+v", file)
	}
	for _, path := range []string{"/tickets/ABC-00000-000/files/" + id, "/tickets/" + mask + "/files/999999", "/tickets/" + mask + "/files/x"} {
		if got := s.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, got.status)
		}
	}
	var out struct {
		Messages []struct{ From, To, Text string }
	}
	s.want(http.StatusOK, "GET", "/api/tickets/"+mask, "", &out)
	if fmt.Sprint(out.Messages) != "[{Anna <Anna@example.com>  It is <b>broken</b>.} {Webhooks  Looked into it.}]" {
		t.Errorf("the API shows %v", out.Messages)
	}
	if got := s.script("GET", "/api/addresses/anna@example.com", "").status; got != http.StatusOK {
		t.Errorf("the sender's address: got %d, want 200", got)
	}
}

// Two deliveries that create the same external id at the same moment: both look
// first and find nothing, and one ticket is made.
func TestTicketsRace(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		s := open(t, c)
		db := s.server.helpdesk.db.DB
		r := records{func() string { return "" }}
		const racers = 4
		var start, done sync.WaitGroup
		errs := make([]error, racers)
		start.Add(1)
		for i := range racers {
			done.Go(func() {
				start.Wait()
				errs[i] = transact(t.Context(), db, func(tx *gorm.DB) error {
					_, err := r.CreateTicket(t.Context(), plugin.Tx{DB: tx, DeliveryID: "1"}, plugin.NewTicket{Subject: "a", ExternalID: "o-1"})
					return err
				})
			})
		}
		start.Done()
		done.Wait()
		made := 0
		for _, err := range errs {
			switch {
			case err == nil:
				made++
			case !errors.Is(err, plugin.ErrExists):
				t.Errorf("got %v, want %v", err, plugin.ErrExists)
			}
		}
		var n int64
		if err := db.Model(&ticket{}).Count(&n).Error; err != nil || n != 1 || made != 1 {
			t.Errorf("%d made, %d tickets, %v; want one", made, n, err)
		}
	})
}
