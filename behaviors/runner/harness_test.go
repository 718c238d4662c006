package runner

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/outbound"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// patience is for what should have happened by now; nothing waits for it to pass.
const patience = 30 * time.Second

// remote stands in for Slack.
type remote struct {
	url string
	mu  sync.Mutex
	got []remoteCall
	// answer decides; nil is 200 ok.
	answer func(n int, w http.ResponseWriter)
}

type remoteCall struct{ Key, Body string }

func newRemote(t testing.TB) *remote {
	r := &remote{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		r.got = append(r.got, remoteCall{q.Header.Get("Idempotency-Key"), string(body)})
		n, answer := len(r.got), r.answer
		r.mu.Unlock()
		if answer != nil {
			answer(n, w)
			return
		}
		io.WriteString(w, "ok")
	}))
	t.Cleanup(server.Close)
	r.url = server.URL + "/services/T0/B0/hunter2"
	return r
}

func (r *remote) calls() []remoteCall {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]remoteCall(nil), r.got...)
}

// records are a host's, on the same database.
type records struct {
	// before runs in the transaction, ahead of each change.
	before func(tx actions.Tx) error
}

func createRecords(t testing.TB, db *gorm.DB) {
	for _, table := range []string{
		"CREATE TABLE host_messages (id VARCHAR(20) NOT NULL PRIMARY KEY, message_id VARCHAR(200) NOT NULL)",
		"CREATE TABLE host_notes (message VARCHAR(20) NOT NULL, text VARCHAR(1000) NOT NULL, sticky INT NOT NULL, delivery VARCHAR(20) NOT NULL)",
		"CREATE TABLE host_defunct (email VARCHAR(200) NOT NULL, reason VARCHAR(1000) NOT NULL, delivery VARCHAR(20) NOT NULL)",
		"CREATE TABLE host_tickets (external_id VARCHAR(100) NOT NULL PRIMARY KEY, delivery VARCHAR(20) NOT NULL)",
		"CREATE TABLE host_effects (name VARCHAR(100) NOT NULL, delivery VARCHAR(20) NOT NULL)",
	} {
		must(t, db.Exec(table).Error)
	}
	must(t, db.Exec("INSERT INTO host_messages VALUES ('41', '20260212091530.7.ABCDEF@desk.example.com')").Error)
}

func (r *records) FindMessage(_ context.Context, tx actions.Tx, messageID, id string) (*actions.Message, error) {
	var found []string
	if err := tx.DB.Raw("SELECT id FROM host_messages WHERE message_id = ? OR id = ?", messageID, id).Scan(&found).Error; err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &actions.Message{ID: found[0], MessageID: messageID, From: "a@example.com", Subject: "Hello", Ticket: actions.Ticket{
		ID: "7", Mask: "ABC-123", Subject: "Hello", Status: "open", Group: "Support", URL: "https://help.example.com/tickets/ABC-123",
	}}, nil
}

func (r *records) AddNote(_ context.Context, tx actions.Tx, n actions.Note) (string, error) {
	if r.before != nil {
		if err := r.before(tx); err != nil {
			return "", err
		}
	}
	return "1", tx.DB.Exec("INSERT INTO host_notes VALUES (?, ?, ?, ?)", n.MessageID, n.Text, n.Sticky, tx.DeliveryID).Error
}

func (r *records) SetDefunct(_ context.Context, tx actions.Tx, email, reason string) (*actions.Address, error) {
	err := tx.DB.Exec("INSERT INTO host_defunct VALUES (?, ?, ?)", email, reason, tx.DeliveryID).Error
	return &actions.Address{Email: email, Defunct: true}, err
}

func (r *records) CreateTicket(_ context.Context, tx actions.Tx, t actions.NewTicket) (*actions.Ticket, error) {
	if r.before != nil {
		if err := r.before(tx); err != nil {
			return nil, err
		}
	}
	done := tx.DB.Exec("INSERT INTO host_tickets SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM host_tickets WHERE external_id = ?)",
		t.ExternalID, tx.DeliveryID, t.ExternalID)
	if done.Error == nil && done.RowsAffected == 0 {
		return nil, actions.ErrExists
	}
	return &actions.Ticket{ID: t.ExternalID, ExternalID: t.ExternalID, Subject: t.Subject}, done.Error
}

func (r *records) FindTicket(_ context.Context, tx actions.Tx, q actions.TicketQuery) (*actions.Ticket, error) {
	var found []string
	err := tx.DB.Raw("SELECT external_id FROM host_tickets WHERE external_id = ?", q.ExternalID).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &actions.Ticket{ID: found[0], ExternalID: found[0]}, nil
}

func (r *records) NoteTicket(_ context.Context, tx actions.Tx, n actions.TicketNote) (*actions.Message, error) {
	err := tx.DB.Exec("INSERT INTO host_notes VALUES (?, ?, ?, ?)", n.TicketID, n.Text, false, tx.DeliveryID).Error
	return &actions.Message{ID: "1", Ticket: actions.Ticket{ID: n.TicketID}}, err
}

// world is a database with hosts and nodes on it.
type world struct {
	t        testing.TB
	database *modelstest.Database
	db       *gorm.DB // the test's own
	clock    *fakeClock
	remote   *remote
	records  *records
	// call is what the action test.call does, do what test.do does besides
	// leaving a row.
	call func(ctx context.Context, c *actions.Call) (any, error)
	do   func(ctx context.Context, c *actions.Call) (any, error)

	store    *models.Store // the test's own
	behavior int64
	listener *models.Listener
}

func newWorld(t testing.TB, d *modelstest.Database) *world {
	w := &world{t: t, database: d, db: d.Open(), clock: newClock(), remote: newRemote(t), records: &records{}}
	w.store = w.open(w.db)
	createRecords(t, w.db)
	return w
}

func onEach(t *testing.T, test func(t *testing.T, w *world)) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) { test(t, newWorld(t, d)) })
}

func (w *world) open(db *gorm.DB) *models.Store {
	w.t.Helper()
	store, err := models.Open(w.t.Context(), db, models.Options{Keys: modelstest.Keys(), Now: w.clock.Now})
	must(w.t, err)
	w.t.Cleanup(func() { must(w.t, store.Close()) })
	return store
}

// registry has the built-in actions, and two for tests.
func (w *world) registry() *actions.Registry {
	reg := actions.Builtin(w.records)
	open := expression.Type{Kind: expression.Map, Open: true}
	reg.MustRegister(&actions.Action{
		ActionSpec: behaviors.ActionSpec{
			Name: "test.do", Summary: "Leaves a row in the host's tables.", Reach: behaviors.ReachHost, Output: open, Example: map[string]any{},
			Params: []behaviors.ParamSpec{{Name: "name", Type: expression.Type{Kind: expression.Text}, Format: behaviors.Plain}},
		},
		Do: func(ctx context.Context, c *actions.Call) (any, error) {
			name, _ := c.Params["name"].(string)
			if err := c.Tx.DB.Exec("INSERT INTO host_effects VALUES (?, ?)", name, c.Tx.DeliveryID).Error; err != nil {
				return nil, err
			}
			if w.do != nil {
				return w.do(ctx, c)
			}
			return map[string]any{"name": name}, nil
		},
	})
	reg.MustRegister(&actions.Action{
		ActionSpec: behaviors.ActionSpec{
			Name: "test.call", Summary: "Calls somewhere.", Reach: behaviors.ReachOutside, Output: open, Example: map[string]any{},
			Params: []behaviors.ParamSpec{
				{Name: "name", Type: expression.Type{Kind: expression.Text}, Format: behaviors.Plain},
				{Name: "key", Type: expression.Type{Kind: expression.SecretValue}, Secret: true},
			},
		},
		Do: func(ctx context.Context, c *actions.Call) (any, error) { return w.call(ctx, c) },
	})
	return reg
}

// node is a process.
type node struct {
	*Runner
	w    *world
	logs *logs
}

// node starts one on a pool of its own. change may change its options.
func (w *world) node(change func(*Options, *gorm.DB)) *node {
	w.t.Helper()
	db := w.database.Open()
	n := &node{w: w, logs: newLogs()}
	reg := w.registry()
	catalog, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: reg.Specs()})
	must(w.t, err)
	client := outbound.New(outbound.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	w.t.Cleanup(client.Close)
	o := Options{
		Store: w.open(db), Catalog: catalog, Actions: reg, HTTP: client, Logger: slog.New(logHandler{logs: n.logs}),
		BaseURL: func() string { return "https://help.example.com/webhooks" }, Clock: w.clock,
	}
	if change != nil {
		change(&o, db)
	}
	n.Runner = New(o)
	w.t.Cleanup(func() {
		if w.t.Failed() {
			w.t.Log(n.logs.all())
		}
	})
	must(w.t, n.Start(w.t.Context()))
	w.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		must(w.t, n.Stop(ctx))
	})
	return n
}

// listen publishes a behavior with a listener; inputs that begin with "secret:"
// become secrets.
func (w *world) listen(source string, inputs map[string]any) {
	w.t.Helper()
	b := &models.Behavior{Name: "test", Source: source}
	must(w.t, w.store.CreateBehavior(w.t.Context(), b))
	_, err := w.store.Publish(w.t.Context(), b.ID, source, "", "test", 0)
	must(w.t, err)
	w.behavior = b.ID
	values := map[string]any{}
	for name, v := range inputs {
		if text, ok := v.(string); ok && strings.HasPrefix(text, "secret:") {
			sec := &models.Secret{}
			must(w.t, w.store.PutSecret(w.t.Context(), sec, strings.TrimPrefix(text, "secret:")))
			v = models.SecretInput{ID: sec.ID}
		}
		values[name] = v
	}
	w.listener = &models.Listener{Name: "Test", BehaviorID: b.ID, Inputs: values, Enabled: true}
	must(w.t, w.store.CreateListener(w.t.Context(), w.listener))
}

func (w *world) change(fn func(l *models.Listener)) {
	w.t.Helper()
	l, err := w.store.Listener(w.t.Context(), w.listener.ID)
	must(w.t, err)
	fn(l)
	must(w.t, w.store.UpdateListener(w.t.Context(), l))
	w.listener = l
}

// found is the listener as the node finds it.
func (n *node) found() *Listener {
	n.w.t.Helper()
	l, err := n.Listener(n.w.t.Context(), n.w.listener.GUID)
	must(n.w.t, err)
	if l == nil {
		n.w.t.Fatal("the listener was not found")
	}
	return l
}

func jsonRequest(body string) *payload.Request {
	return &payload.Request{
		Method: http.MethodPost, ClientIP: "192.0.2.1", Body: []byte(body),
		Header: payload.Header{{Name: "Content-Type", Value: "application/json"}},
	}
}

// post sends a JSON body to the listener.
func (n *node) post(body string) (*Answer, error) {
	n.w.t.Helper()
	return n.Receive(n.w.t.Context(), n.found(), jsonRequest(body))
}

// accepted posts, and fails the test where it is not accepted.
func (n *node) accepted(body string) *Answer {
	n.w.t.Helper()
	a, err := n.post(body)
	must(n.w.t, err)
	if a.Outcome != behaviors.Accepted {
		n.w.t.Fatalf("outcome: got %s, want accepted", a.Outcome)
	}
	return a
}

// occupy takes the slot of a node that has one; its claim loop may hold it for
// a moment.
func (n *node) occupy() {
	for !n.slots.take() {
		runtime.Gosched()
	}
}

// left waits until the node has left a run, and gives how it stands.
func (n *node) left() string {
	n.w.t.Helper()
	line := n.logs.wait(n.w.t, "run left")
	_, state, _ := strings.Cut(line, "state=")
	return state
}

// wake moves the clock and lets the node claim.
func (n *node) wake(d time.Duration) {
	n.w.clock.Add(d)
	n.slots.poke()
}

func (w *world) run(id int64) *models.Run {
	w.t.Helper()
	run, err := w.store.Run(w.t.Context(), id)
	must(w.t, err)
	return run
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	must(w.t, w.db.Raw(query, args...).Row().Scan(&n))
	return n
}

// shown is the log of a run as text: a step a line, its attempts behind it.
func (w *world) shown(id int64) string {
	w.t.Helper()
	steps, err := w.store.Steps(w.t.Context(), id)
	must(w.t, err)
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "%s %s %s", s.Path, s.Action, s.State)
		if s.Error != "" {
			fmt.Fprintf(&b, " (%s)", s.Error)
		}
		if len(s.Output) > 0 && string(s.Output) != "null" {
			fmt.Fprintf(&b, " = %s", s.Output)
		}
		for _, a := range s.Attempts {
			switch {
			case a.FinishedAt == 0:
				fmt.Fprintf(&b, "; %d: unfinished", a.N)
			case a.Error != "":
				fmt.Fprintf(&b, "; %d: %s: %s", a.N, a.Blame, a.Error)
			default:
				fmt.Fprintf(&b, "; %d: ok", a.N)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (w *world) wantShown(id int64, want string) {
	w.t.Helper()
	if got := w.shown(id); strings.TrimSpace(got) != strings.TrimSpace(strings.ReplaceAll(want, "\t", "")) {
		w.t.Errorf("run %d: got\n%s\nwant\n%s", id, got, want)
	}
}

// deliveries of the listener, oldest first, once all are written.
func (n *node) deliveries() []*models.DeliveryRow {
	n.w.t.Helper()
	must(n.w.t, n.store.Flush(n.w.t.Context()))
	rows, err := n.w.store.Deliveries(n.w.t.Context(), models.DeliveryFilter{ListenerID: n.w.listener.ID}, models.Page{Limit: 200})
	must(n.w.t, err)
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		rows[i], rows[j] = rows[j], rows[i]
	}
	return rows
}
