package models_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

// shape is what a table is like: its columns, as "type null default", and its
// unique keys.
type shape struct {
	columns map[string]column
	unique  map[string]bool
}

type column struct {
	kind     string
	optional bool // an INSERT may leave it out
}

// shapes reads the tables of ours that are there.
func shapes(t *testing.T, d *modelstest.Database, db *gorm.DB) map[string]shape {
	t.Helper()
	columns := `SELECT m.name AS tab, c.name AS col, c.type || ' ' || c."notnull" || ' ' || COALESCE(c.dflt_value, '') AS kind,
		c."notnull" = 0 OR c.dflt_value IS NOT NULL OR c.pk > 0 AS optional
		FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`
	unique := `SELECT m.name AS tab, i.name AS col FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND i."unique" = 1`
	if d.MySQL {
		columns = `SELECT TABLE_NAME AS tab, COLUMN_NAME AS col, CONCAT_WS(' ', COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA) AS kind,
			IS_NULLABLE = 'YES' OR COLUMN_DEFAULT IS NOT NULL OR EXTRA LIKE '%auto_increment%' AS optional
			FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()`
		unique = `SELECT DISTINCT TABLE_NAME AS tab, INDEX_NAME AS col FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0`
	}
	type line struct {
		Tab, Col, Kind string
		Optional       bool
	}
	var lines, keys []line
	must(t, db.Raw(columns).Scan(&lines).Error)
	must(t, db.Raw(unique).Scan(&keys).Error)
	all := map[string]shape{}
	for _, l := range lines {
		if all[l.Tab].columns == nil {
			all[l.Tab] = shape{map[string]column{}, map[string]bool{}}
		}
		all[l.Tab].columns[l.Col] = column{l.Kind, l.Optional}
	}
	for _, l := range keys {
		all[l.Tab].unique[l.Col] = true
	}
	return all
}

// notOnlyAdded says what of a change of the schema an older version could not
// live with.
func notOnlyAdded(before, after map[string]shape) []string {
	found := []string{}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		old, now := before[name], after[name]
		if now.columns == nil {
			found = append(found, name+" is gone")
			continue
		}
		for _, c := range slices.Sorted(maps.Keys(old.columns)) {
			if got, there := now.columns[c]; !there {
				found = append(found, name+"."+c+" is gone")
			} else if got != old.columns[c] {
				found = append(found, name+"."+c+" is another")
			}
		}
		for _, c := range slices.Sorted(maps.Keys(now.columns)) {
			if _, there := old.columns[c]; !there && !now.columns[c].optional {
				found = append(found, name+"."+c+" has no default")
			}
		}
		for _, key := range slices.Sorted(maps.Keys(now.unique)) {
			if !old.unique[key] {
				found = append(found, name+" must be unique by "+key)
			}
		}
	}
	return found
}

// Each migration that does not say otherwise only adds what older versions need
// not know.
func TestMigrationsOnlyAdd(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		db := d.Open()
		var before map[string]shape
		for i, m := range models.Migrations() {
			s, err := models.OpenAt(ctx(t), db, models.Options{Keys: modelstest.Keys()}, models.Migrations()[:i+1])
			must(t, err)
			must(t, s.Close())
			after := shapes(t, d, db)
			if i > 0 && !strings.HasSuffix(m.ID, "_breaking") {
				if found := notOnlyAdded(before, after); len(found) > 0 {
					t.Errorf("%s does not only add: %s", m.ID, strings.Join(found, ", "))
				}
			}
			before = after
		}
		if len(before) < len(models.OwnTables()) || len(before["webhooks_deliveries"].columns) < 10 || len(before["webhooks_listeners"].unique) == 0 {
			t.Errorf("the schema was not read: %v", before)
		}
	})
}

// What the test above is worth.
func TestNotOnlyAdded(t *testing.T) {
	before := map[string]shape{"a": {map[string]column{"id": {"int", true}, "x": {"int", false}}, map[string]bool{"PRIMARY": true}}, "b": {map[string]column{}, nil}}
	same(t, notOnlyAdded(before, before), []string{})
	same(t, notOnlyAdded(before, map[string]shape{
		"a": {map[string]column{"id": {"bigint", true}, "y": {"int", false}, "z": {"int", true}}, map[string]bool{"PRIMARY": true, "a_y": true}},
		"c": {map[string]column{"id": {"int", false}}, nil},
	}), []string{"a.id is another", "a.x is gone", "a.y has no default", "a must be unique by a_y", "b is gone"})
}

// later is what a version to come may do to the schema.
func later() []*gormigrate.Migration {
	return append(models.Migrations(), &gormigrate.Migration{ID: "0099_later", Migrate: func(db *gorm.DB) error {
		for _, name := range models.OwnTables() {
			if err := db.Exec("ALTER TABLE " + name + " ADD COLUMN later BIGINT NOT NULL DEFAULT 7").Error; err != nil {
				return fmt.Errorf("0099_later: %w", err)
			}
		}
		return db.Exec("CREATE TABLE webhooks_later (id INT)").Error
	}})
}

// During a roll-out nodes of an older and a newer version work on one database.
func TestRollOut(t *testing.T) {
	const firstRelease = 3
	for name, c := range map[string]struct{ older, newer []*gormigrate.Migration }{
		"since the first release": {models.Migrations()[:firstRelease], models.Migrations()},
		"to what comes later":     {models.Migrations(), later()},
	} {
		t.Run(name, func(t *testing.T) {
			modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
				w := &world{t: t, database: d, clock: modelstest.NewClock()}
				open := func(list []*gormigrate.Migration) *models.Store {
					t.Helper()
					s, err := models.OpenAt(ctx(t), d.Open(), models.Options{Keys: modelstest.Keys(), Now: w.clock.Now}, list)
					must(t, err)
					s.SetTimeout(patience)
					t.Cleanup(func() { must(t, s.Close()) })
					return s
				}
				older := open(c.older)
				w.Store = older
				w.configure()
				before := w.accept() // before the newer one migrates
				newer := open(c.newer)
				if _, err := newer.Delivery(ctx(t), before.ID); err != nil {
					t.Fatal(err)
				}
				w.workTogether(older, newer)
				w.workTogether(newer, older)
				// And an older one starts once more on what the newer one made.
				w.workTogether(open(c.older), newer)
			})
		})
	}
}

// workTogether has two nodes do everything to what the other one stored.
func (w *world) workTogether(a, b *models.Store) {
	t := w.t
	t.Helper()
	l := &models.Listener{Name: "by a", BehaviorID: w.behavior.ID, Enabled: true, Inputs: map[string]any{"x": "1"}}
	must(t, a.CreateListener(ctx(t), l))
	number, err := a.ChangeNumber(ctx(t))
	must(t, err)
	l.Paused = true
	must(t, b.UpdateListener(ctx(t), l))
	changes, err := a.ChangedSince(ctx(t), number)
	must(t, err)
	same(t, changes.Listeners, []*models.Listener{l})
	v, err := a.Publish(ctx(t), w.behavior.ID, "steps: [] #", "", "", 0)
	must(t, err)
	got, err := b.Version(ctx(t), v.ID)
	must(t, err)
	same(t, got, v)
	secret := &models.Secret{}
	must(t, a.PutSecret(ctx(t), secret, "one"))
	must(t, b.PutSecret(ctx(t), &models.Secret{ID: secret.ID}, "two"))
	value, err := a.SecretValue(ctx(t), secret.ID)
	must(t, err)
	same(t, value, "two")

	in := w.delivery()
	in.HasKey, in.DedupeKey = true, newUID()
	run, err := a.Accept(ctx(t), in, &models.NewRun{Lease: lease})
	must(t, err)
	again := w.delivery()
	again.HasKey, again.DedupeKey = true, in.DedupeKey
	if _, err := b.Accept(ctx(t), again, &models.NewRun{Lease: lease}); err == nil {
		t.Fatal("the same key was accepted by the other node")
	}
	out, err := b.Delivery(ctx(t), run.ID)
	must(t, err)
	in.HasKey, in.DedupeKey = false, ""
	same(t, out, in)
	first := &models.StepRow{Path: "steps[0]", Action: "slack.post", State: "done", Output: []byte("1")}
	must(t, a.StartAttempt(ctx(t), run, first, 1))

	w.clock.Add(2 * lease) // a's node crashes
	var taken *models.Run
	claimed, err := b.Claim(ctx(t), 50, lease)
	must(t, err)
	for _, r := range claimed {
		if r.ID == run.ID {
			taken = r
		} else {
			must(t, b.Finish(ctx(t), r, &models.Finish{State: "done"}))
		}
	}
	if taken == nil {
		t.Fatalf("%d runs are claimed, and not the other node's", len(claimed))
	}
	if err := a.Finish(ctx(t), run, &models.Finish{State: "done"}); err == nil {
		t.Fatal("the node that lost its lease wrote")
	}
	must(t, b.EndAttempt(ctx(t), taken, first, &models.Attempt{N: 1}, nil))
	second := &models.StepRow{Path: "steps[1]", Action: "message.note", State: "done", Output: []byte("2")}
	must(t, b.Step(ctx(t), taken, func(tx *gorm.DB) (*models.StepRow, error) {
		return second, models.StoreSet(tx, &models.StoreEntry{Space: "s", Key: "k", Value: []byte("v")})
	}, nil))
	must(t, b.SetAnswer(ctx(t), taken, &models.HTTPResponse{Status: 201, Body: []byte("made")}, &models.Finish{State: "done"}))
	steps, err := a.Steps(ctx(t), run.ID)
	must(t, err)
	same(t, []any{len(steps), string(steps[0].Output), len(steps[0].Attempts), string(steps[1].Output)}, []any{2, "1", 1, "2"})
	answer, err := a.Answer(ctx(t), run.ID)
	must(t, err)
	same(t, answer.Status, 201)

	refused := w.delivery()
	refused.Outcome, refused.Cause = "refused", "signature"
	a.Record(refused)
	must(t, a.Flush(ctx(t)))
	list, err := b.Deliveries(ctx(t), models.DeliveryFilter{Outcome: "refused"}, models.Page{Limit: 1})
	must(t, err)
	same(t, list[0].UID, refused.UID)
}

// Nodes that start at once: each migration is made by exactly one of them.
func TestMigrateOnce(t *testing.T) {
	const nodes = 3
	wantOnce := func(t *testing.T, made []string) {
		t.Helper()
		slices.Sort(made)
		same(t, made, released)
	}
	t.Run("processes on mariadb", func(t *testing.T) {
		t.Parallel()
		d := modelstest.MariaDB(t)
		wantOnce(t, startNodes(t, d, nodes))
		same(t, migrated(t, d.Open()), released)
		wantOnce(t, append(startNodes(t, d, nodes), released...)) // nothing is left to do
	})
	t.Run("goroutines on sqlite", func(t *testing.T) {
		t.Parallel()
		d := modelstest.SQLite(t)
		made := make(chan string, nodes*len(released))
		done := make(chan error, nodes)
		for range nodes {
			db := d.Open()
			go func() { done <- openCounting(context.Background(), db, func(id string) { made <- id }) }()
		}
		for range nodes {
			must(t, <-done)
		}
		close(made)
		wantOnce(t, slices.Collect(seq(made)))
	})
}

func seq(c <-chan string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for v := range c {
			if !yield(v) {
				return
			}
		}
	}
}

// openCounting opens a store and closes it, and tells which migrations it made.
func openCounting(ctx context.Context, db *gorm.DB, made func(id string)) error {
	list := models.Migrations()
	for _, m := range list {
		inner := m.Migrate
		m.Migrate = func(db *gorm.DB) error {
			made(m.ID)
			return inner(db)
		}
	}
	s, err := models.OpenAt(ctx, db, models.Options{Keys: modelstest.Keys()}, list)
	if err != nil {
		return err
	}
	if err := s.CreateBehavior(ctx, &models.Behavior{Name: "b"}); err != nil {
		return err
	}
	return s.Close()
}

// A migration that fails in the middle says so, is not in the record, and can be
// done again.
func TestMigrationFails(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, d *modelstest.Database) {
		db := d.Open()
		o := models.Options{Keys: modelstest.Keys()}
		_, err := models.OpenAt(ctx(t), db, o, append(models.Migrations(), models.HalfMigration(false)))
		const want = "open store: migrate: 0098_half: table webhooks_second: "
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Fatalf("got %v, want it to begin with %s", err, want)
		}
		if d.MySQL { // what came before it is there, and some of itself
			same(t, migrated(t, db), released)
			same(t, []bool{db.Migrator().HasTable("webhooks_first"), db.Migrator().HasTable("webhooks_second")}, []bool{true, false})
		} else { // nothing of it is
			same(t, len(tablesIn(t, db)), 0)
		}
		must(t, modelstest.Store(t, db, nil).Close()) // this version goes on without it
		s, err := models.OpenAt(ctx(t), db, o, append(models.Migrations(), models.HalfMigration(true)))
		must(t, err)
		must(t, s.Close())
		same(t, migrated(t, db), append(slices.Clone(released), "0098_half"))
	})
}
