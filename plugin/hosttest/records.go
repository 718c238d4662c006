package hosttest

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/plugin"
)

// recordRule is one that every record operation must keep to.
type recordRule struct {
	name  string
	rule  rule
	check func(t testing.TB, h *Host, op operation, s subject)
	// of tells whether it concerns an operation; nil: all of them.
	of func(operation) bool
}

func recordRules() []recordRule {
	changes := func(op operation) bool { return op.changes }
	return []recordRule{
		{
			name: "works on the transaction alone", check: worksAlone,
			rule: rule{
				"a record operation works through tx.DB alone, also in hooks and callbacks",
				"what another connection writes is not undone with the step, and a pool that is used up by steps deadlocks",
				seeRecords,
			},
		},
		{
			name: "leaves the transaction open", check: leavesOpen,
			rule: rule{
				"a record operation neither commits nor rolls back",
				"the step and its journal row are one transaction: that is what makes it happen exactly once",
				seeRecords,
			},
		},
		{
			name: "gives what it found or made", check: givesResult,
			rule: rule{
				"an operation gives the record with its fields",
				"behaviors read them: the id for the next step, the URL for a message to somebody",
				seeRecords,
			},
		},
		{
			name: "starts no goroutine", check: startsNothing,
			rule: rule{
				"a record operation leaves no goroutine behind",
				"nobody waits for it: it outlives the transaction, whether that is committed or not",
				seeRecords,
			},
		},
		{
			name: "sends nothing", check: sendsNothing,
			rule: rule{
				"nothing leaves the host from within a record operation; what must leave goes into an outbox row, what may be lost into tx.AfterCommit",
				"the step may be rolled back and tried again: then it was sent for nothing, or twice",
				seeRecords,
			},
		},
		{
			name: "is undone by a rollback", check: isUndone,
			rule: rule{
				"after a rollback every table is as it was, and nothing was sent",
				"a step that failed is tried again from its beginning",
				seeRecords,
			},
		},
		{
			name: "is there after the commit", check: isThere,
			rule: rule{
				"once the transaction is committed, what the operation was asked for is in the database; an operation that finds changes nothing",
				"the journal says that the step is done, and it is never tried again",
				seeRecords,
			},
		},
		{
			name: "names its delivery", check: namesDelivery, of: changes,
			rule: rule{
				"a change that a run makes keeps tx.DeliveryID",
				"people ask why a note, a ticket or a mark is there, and the host shows them the delivery",
				seeRecords,
			},
		},
		{
			name: "keeps no transaction", check: keepsNothing,
			rule: rule{
				"tx and ctx are not kept after the operation has returned",
				"the next step has a transaction of its own, and the old one has ended",
				seeRecords,
			},
		},
		{
			name: "says what is not there", check: saysMissing, of: func(op operation) bool { return op.missing != nil },
			rule: rule{
				"what does not exist is nil, nil where one looks for it and plugin.ErrNotFound where one changes it; an ExternalID that is taken is plugin.ErrExists",
				"any other error is a failure of the host, which is tried again for hours",
				"plugin.Messages, plugin.Tickets",
			},
		},
	}
}

func recordCases() []testCase {
	var all []testCase
	for _, op := range operations() {
		prefix := "records/" + op.name + "/"
		after := []string{prefix}
		for _, needed := range op.needs {
			after = append(after, "records/"+needed+"/")
		}
		for _, r := range recordRules() {
			if r.of != nil && !r.of(op) {
				continue
			}
			all = append(all, testCase{
				name: prefix + r.name, rule: r.rule, after: after,
				check: func(t testing.TB, h *Host) {
					if !op.able(h.Host) {
						t.Logf("this host does not have %s", op.name)
						return
					}
					narrow(t, h)
					r.check(t, h, op, op.prepare(t, h))
				},
			})
		}
	}
	return append(all, testCase{
		name: "records/see their own transaction", after: []string{"records/"},
		rule: rule{
			"an operation sees what the same transaction has done before it",
			"the steps of a run follow one another, and a host's own action may do several things in one step",
			seeRecords,
		},
		check: seeTheirOwn,
	})
}

// call runs the operation in a transaction of its own, which is still open.
func (op *operation) call(t testing.TB, h *Host, s subject) (*step, outcome, error) {
	t.Helper()
	x := begin(t, h)
	var o outcome
	err := x.do(func(ctx context.Context, tx plugin.Tx) (err error) {
		o, err = op.do(ctx, tx, h.Host, s)
		return err
	})
	return x, o, err
}

// must is call for an operation that is known to work.
func (op *operation) must(t testing.TB, h *Host, s subject) (*step, outcome) {
	t.Helper()
	x, o, err := op.call(t, h, s)
	if err != nil {
		x.rollback()
		t.Fatalf("%s: %v", op.name, err)
	}
	return x, o
}

func worksAlone(t testing.TB, h *Host, op operation, s subject) {
	x, _ := op.must(t, h, s)
	x.rollback()
}

func leavesOpen(t testing.TB, h *Host, op operation, s subject) {
	x, _ := op.must(t, h, s)
	if err := x.usable(); err != nil {
		t.Errorf("after %s has returned, the transaction cannot be used: %v", op.name, err)
	}
	x.rollback()
}

func givesResult(t testing.TB, h *Host, op operation, s subject) {
	x, o := op.must(t, h, s)
	x.rollback()
	for _, wrong := range o.wrong {
		t.Errorf("%s: %s", op.name, wrong)
	}
}

func startsNothing(t testing.TB, h *Host, op operation, s subject) {
	x, _ := op.must(t, h, s)
	x.rollback()
	for _, function := range x.started {
		t.Errorf("%s left a goroutine behind, which was started by %s", op.name, function)
	}
}

func sendsNothing(t testing.TB, h *Host, op operation, s subject) {
	before := h.sent()
	x, _ := op.must(t, h, s)
	if n := h.sent() - before; n != 0 {
		t.Errorf("while the transaction of %s was open, %d left the host", op.name, n)
	}
	x.rollback()
}

func (h *Host) sent() int {
	if h.Sent == nil {
		return 0
	}
	return h.Sent()
}

func isUndone(t testing.TB, h *Host, op operation, s subject) {
	before, sent := snap(t, h), h.sent()
	x, _ := op.must(t, h, s)
	x.rollback()
	if came, went := before.changes(snap(t, h)); came != nil || went != nil {
		t.Errorf("%s was rolled back, and still these rows have changed:%s%s", op.name, show("-", went), show("+", came))
	}
	if n := h.sent() - sent; n != 0 {
		t.Errorf("%s was rolled back, and still %d left the host", op.name, n)
	}
}

func isThere(t testing.TB, h *Host, op operation, s subject) {
	before := snap(t, h)
	x, o := op.must(t, h, s)
	x.commit()
	came, went := before.changes(snap(t, h))
	if !op.changes && (came != nil || went != nil) {
		t.Errorf("%s only looks, and still these rows have changed:%s%s", op.name, show("-", went), show("+", came))
	}
	all := strings.Join(came, "\n")
	for _, mark := range o.marks {
		if !strings.Contains(all, mark) {
			t.Errorf("%s was committed, and no row that came holds %q:%s", op.name, mark, show("+", came))
		}
	}
}

func namesDelivery(t testing.TB, h *Host, op operation, s subject) {
	before := snap(t, h)
	x, _ := op.must(t, h, s)
	x.commit()
	if came, _ := before.changes(snap(t, h)); !strings.Contains(strings.Join(came, "\n"), deliveryID) {
		t.Errorf("no row that %s changed holds the delivery's id %q:%s", op.name, deliveryID, show("+", came))
	}
}

func keepsNothing(t testing.TB, h *Host, op operation, s subject) {
	first, _ := op.must(t, h, s)
	first.rollback()
	before := snap(t, h)
	second, _, err := op.call(t, h, s)
	switch {
	case errors.Is(err, sql.ErrTxDone), errors.Is(err, context.Canceled):
		t.Errorf("in a second transaction %s fails (%v): it works in the first one, which has ended", op.name, err)
	case err != nil:
		t.Errorf("in a second transaction %s fails: %v", op.name, err)
	}
	if t.Failed() {
		second.rollback()
		return
	}
	second.commit()
	if came, _ := before.changes(snap(t, h)); op.changes && came == nil {
		t.Errorf("in a second transaction %s changed nothing", op.name)
	}
}

func saysMissing(t testing.TB, h *Host, op operation, _ subject) {
	x := begin(t, h)
	defer x.rollback()
	var wrong []string
	err := x.do(func(ctx context.Context, tx plugin.Tx) error {
		wrong = op.missing(ctx, tx, h.Host)
		return nil
	})
	if err != nil {
		t.Errorf("%s: %v", op.name, err)
	}
	for _, w := range wrong {
		t.Errorf("%s %s", op.name, w)
	}
}

func seeTheirOwn(t testing.TB, h *Host) {
	if !hasTickets(h.Host) {
		t.Log("this host does not have Tickets")
		return
	}
	narrow(t, h)
	x := begin(t, h)
	defer x.rollback()
	err := x.do(func(ctx context.Context, tx plugin.Tx) error {
		tickets := ticketsOf(h.Host)
		made, err := tickets.CreateTicket(ctx, tx, newTicket)
		if err != nil {
			return err
		}
		found, err := tickets.FindTicket(ctx, tx, plugin.TicketQuery{ID: made.ID})
		if err == nil && found == nil {
			t.Error("FindTicket does not find the ticket that the same transaction has made")
		}
		if err != nil {
			return err
		}
		note, err := tickets.NoteTicket(ctx, tx, plugin.TicketNote{TicketID: made.ID, Text: noteText})
		if err != nil {
			return err
		}
		messages, ok := h.Host.(plugin.Messages)
		if !ok {
			return nil
		}
		message, err := messages.FindMessage(ctx, tx, "", note.ID)
		if err == nil && message == nil {
			t.Error("FindMessage does not find the message that NoteTicket has made in the same transaction")
		}
		return err
	})
	if err != nil {
		t.Errorf("in one transaction: %v", err)
	}
}
