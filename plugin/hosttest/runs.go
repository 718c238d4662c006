package hosttest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

func runCases() []testCase {
	return []testCase{{
		name: "runs/change records once", after: append([]string{"records/"}, posting...),
		rule: rule{
			"a delivery changes the host's records once, in the transaction that also writes the journal, and they name it",
			"it is what the plugin is for",
			seeRecords,
		},
		check: changesOnce,
	}}
}

// changesOnce runs a behavior with the host's records from the request to the
// end of the run.
func changesOnce(t testing.TB, h *Host) {
	const marked = "marked by a run"
	var steps []string
	var actions []string
	if _, ok := h.Host.(plugin.Messages); ok {
		h.Mail(filed)
		actions = append(actions, "message.find", "message.note")
		steps = append(steps,
			`  - message.find: {message_id: "<`+filed.MessageID+`>"}
    as: message
  - message.note: {message: "${{ message.id }}", text: "a note `+marked+`"}`)
	}
	if hasTickets(h.Host) {
		actions = append(actions, "ticket.create", "ticket.find", "ticket.note")
		steps = append(steps,
			`  - ticket.create: {subject: "a ticket `+marked+`", text: "x", from: "run@example.net", external_id: "conformance-run"}
  - ticket.find: {external_id: "conformance-run"}
    as: ticket
  - ticket.note: {ticket: "${{ ticket.id }}", text: "a remark `+marked+`"}`)
	}
	if _, ok := h.Host.(plugin.Addresses); ok {
		actions = append(actions, "address.defunct")
		steps = append(steps, `  - address.defunct: {email: "bounced@example.net", reason: "an address `+marked+`"}`)
	}
	if steps == nil {
		t.Log("this host has no records")
		return
	}
	s := serveEnabled(t, h)
	admin := s.session(everything...)
	l := s.listen(admin, "behavior: 1\nname: Conformance, records\nsteps:\n"+strings.Join(steps, "\n")+"\n", nil)
	before := snap(t, h)
	if got := s.post(l, &sent{body: []byte("{}")}); got.status != http.StatusOK {
		t.Fatalf("POST %s: got %s, want 200", s.path(l), got)
	}
	d := s.finished(admin, l)
	if d.Run == nil || d.Run.State != "done" {
		t.Fatalf("the run of %v did not get done: %+v", actions, d.Run)
	}
	for _, step := range d.Run.Steps {
		if step.State != "done" {
			t.Errorf("the step %s (%s) is %s", step.Path, step.Action, step.State)
		}
	}
	came, _ := before.changes(snap(t, h))
	named := 0
	for _, row := range came {
		if strings.HasPrefix(row, "webhooks_") || !strings.Contains(row, marked) {
			continue
		}
		if fields := " " + row + " "; strings.Contains(fields, "="+d.ID+" ") {
			named++
		}
	}
	if named == 0 {
		t.Errorf("no row that the run %v has changed holds the delivery's id %s:%s", actions, d.ID, show("+", came))
	}
}

// finished waits for the end of the newest delivery's run.
func (s *site) finished(admin *visitor, l listener) *delivery {
	s.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		d := s.last(admin, l)
		if d.Run == nil || d.Run.State != "open" {
			return d
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.Fatalf("the run is %s after %s", d.Run.State, patience)
		}
	}
}
