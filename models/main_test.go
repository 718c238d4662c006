package models_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(nodeDSN); dsn != "" {
		if err := beNode(dsn); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

const lease = 30 * time.Second

// patience is Accept's deadline here: a test on a busy machine is no overload.
const patience = time.Minute

// world is a store on a new database, with a behavior that is published and a
// listener that uses it.
type world struct {
	*models.Store
	t        *testing.T
	database *modelstest.Database
	clock    *modelstest.Clock
	behavior *models.Behavior
	version  *models.Version
	listener *models.Listener
}

// onEach runs a test in a new world on each kind of database.
func onEach(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) { test(t, newWorld(t, d)) })
}

func newWorld(t *testing.T, d *modelstest.Database) *world {
	t.Helper()
	w := &world{t: t, database: d, clock: modelstest.NewClock()}
	w.Store = w.another()
	w.configure()
	return w
}

// configure makes the world's behavior and listener.
func (w *world) configure() {
	t := w.t
	t.Helper()
	w.behavior = &models.Behavior{Name: "Bounces", Source: "steps: []", UpdatedBy: "ann"}
	must(t, w.CreateBehavior(t.Context(), w.behavior))
	var err error
	w.version, err = w.Publish(t.Context(), w.behavior.ID, "steps: []", "first", "ann", 0)
	must(t, err)
	w.listener = &models.Listener{Name: "Mailgun", BehaviorID: w.behavior.ID, Enabled: true, Inputs: map[string]any{}}
	must(t, w.CreateListener(t.Context(), w.listener))
}

// another opens a store of another node on the same database.
func (w *world) another() *models.Store {
	w.t.Helper()
	s := modelstest.Store(w.t, w.database.Open(), w.clock)
	s.SetTimeout(patience)
	return s
}

func (w *world) delivery() *models.Delivery {
	return &models.Delivery{
		UID: newUID(), ListenerID: w.listener.ID, VersionID: w.version.ID, Outcome: "accepted", ReceivedAt: w.clock.Micros(), Inputs: map[string]any{},
		Request: models.HTTPRequest{
			Method: "POST", Path: "/a%2fb", RawQuery: "x=1;y", URL: "https://help.example.com/webhooks/g/a%2fb?x=1;y", ClientIP: "192.0.2.1",
			ContentType: "application/json", Header: [][2]string{{"X-Latin", "caf\xe9"}, {"Content-Type", "application/json"}},
			Body: []byte(`{"event":"failed"}`),
		},
	}
}

// accept stores a delivery with a run that this node holds.
func (w *world) accept() *models.Run {
	w.t.Helper()
	run, err := w.Accept(w.t.Context(), w.delivery(), &models.NewRun{Lease: lease})
	must(w.t, err)
	return run
}

func newUID() string { return uuid.Must(uuid.NewV7()).String() }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same compares whole values.
func same(t testing.TB, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %s\nwant %s", show(got), show(want))
	}
}

// show prints values as JSON, where pointers would say nothing.
func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%+v", v)
	}
	return string(b)
}

func ctx(t testing.TB) context.Context { return t.Context() }
