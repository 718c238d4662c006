package runner

import (
	"strings"
	"testing"
)

const findOrCreate = `
behavior: 1
name: Find or create
steps:
  - ticket.find: {external_id: "${{ payload.order }}"}
    as: ticket
  - ticket.create: {subject: "Order ${{ payload.order }}", external_id: "${{ payload.order }}"}
    when: ticket == nil
    as: ticket
    on_error:
      - ticket.find: {external_id: "${{ payload.order }}"}
        as: ticket
  - ticket.note: {ticket: "${{ ticket.id }}", text: seen}
`

// The second delivery finds what the first one created.
func TestFindOrCreate(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(findOrCreate, nil)
		n := w.node(nil)
		for range 2 {
			n.accepted(`{"order": "o-1"}`)
			if state := n.left(); state != "done reason=" {
				t.Fatalf("the run was left %s", state)
			}
		}
		if tickets, notes := w.count("SELECT COUNT(*) FROM host_tickets"), w.count("SELECT COUNT(*) FROM host_notes WHERE message = 'o-1'"); tickets != 1 || notes != 2 {
			t.Errorf("%d tickets and %d notes, want 1 and 2", tickets, notes)
		}
	})
}

// Another delivery creates the ticket between the look-up and the creation: the
// step fails in words, and what takes the failure finds that ticket.
func TestFindOrCreateRace(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		g := w.gate()
		w.listen(strings.Replace(findOrCreate, "  - ticket.create:", "  - test.call: {name: a}\n  - ticket.create:", 1), nil)
		n := w.node(nil)
		id := n.accepted(`{"order": "o-1"}`).DeliveryID
		get(t, g.entered) // it has found nothing
		must(t, w.db.Exec("INSERT INTO host_tickets VALUES ('o-1', '0')").Error)
		close(g.open)
		if state := n.left(); state != "done reason=" {
			t.Errorf("the run was left %s", state)
		}
		shown := w.shown(id)
		for _, want := range []string{
			"steps[2] ticket.create failed (a ticket with the external_id o-1 exists already); 1: behavior: a ticket with the external_id o-1 exists already\n",
			"steps[2].on_error[0] ticket.find done", "steps[3] ticket.note done",
		} {
			if !strings.Contains(shown, want) {
				t.Errorf("the run lacks %q:\n%s", want, shown)
			}
		}
		if got := w.count("SELECT COUNT(*) FROM host_notes WHERE message = 'o-1'"); got != 1 {
			t.Errorf("%d notes, want 1", got)
		}
	})
}
