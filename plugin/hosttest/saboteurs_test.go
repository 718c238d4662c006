package hosttest

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/deskhook/deskhook/plugin"
)

// saboteur is the desk, with one rule broken.
type saboteur struct {
	name string
	// host is given to the plugin in place of the desk; nil: the desk.
	host func(d *desk) plugin.Host
	// set changes the desk before the plugin is registered.
	set func(t testing.TB, d *desk)
	// front stands before everything of the desk.
	front func(d *desk, next http.Handler) http.Handler
	// options come after the desk's own.
	options []plugin.Option
	// suit changes what the suite is given.
	suit func(d *desk, h *Host)
	// fails is the one case that finds out.
	fails string
	// records: it changes nothing but the methods of records.
	records bool
}

// sees tells whether a case can meet what is broken. The methods of records are
// the good host's own in all but the saboteurs of records, which in turn have
// all else of it.
func (s *saboteur) sees(c string) bool {
	ofRecords := strings.HasPrefix(c, "records/")
	if !s.records {
		return !ofRecords
	}
	return ofRecords || strings.HasPrefix(c, "start/") || strings.HasPrefix(c, "permalinks/") || strings.HasPrefix(c, "runs/")
}

// TestSaboteurs wants each rule that is broken to be found by its own case, and
// no other case to complain.
func TestSaboteurs(t *testing.T) {
	if raced {
		withoutRaceDetector(t)
		return
	}
	content := migrated(t)
	names := map[string]bool{}
	for _, c := range cases() {
		names[c.name] = true
	}
	found := map[string]bool{}
	for _, s := range saboteurs() {
		found[s.fails] = true
		if !names[s.fails] {
			t.Errorf("%s: there is no case %q", s.name, s.fails)
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var failed []string
			text := ""
			judge(func(name string, check func(testing.TB)) bool {
				if !s.sees(name) {
					return true
				}
				r := record(t, check)
				if r.failed {
					failed = append(failed, name)
					text += name + ":\n" + r.text.String()
				}
				return !r.failed
			}, func(t testing.TB) *Host { return s.open(t, content) })
			if !slices.Equal(failed, []string{s.fails}) {
				t.Errorf("the cases that failed: got %q, want %q alone\n%s", failed, s.fails, text)
			}
			if testing.Verbose() {
				t.Log(text)
			}
		})
	}
	for name := range names {
		if !found[name] && !shownByAnother(name) {
			t.Errorf("no saboteur shows that the case %q finds anything", name)
		}
	}
}

// withoutRaceDetector runs the test as a build of its own: the detector makes it
// take ten times as long, and has seen the suite run over the good host.
func withoutRaceDetector(t *testing.T) {
	command := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-run", "^"+t.Name()+"$", ".")
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func saboteurs() []saboteur {
	ofRecords := recordSaboteurs()
	for i := range ofRecords {
		ofRecords[i].records = true
	}
	return slices.Concat(ofRecords, identitySaboteurs(), pageSaboteurs(), publicSaboteurs(), lifeSaboteurs())
}

// open makes the saboteur over a copy of the database.
func (s *saboteur) open(t testing.TB, content []byte) *Host {
	path := filepath.Join(t.TempDir(), "desk.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesk(openFile(t, path))
	d.path = path
	if s.set != nil {
		s.set(t, d)
	}
	var host plugin.Host = d
	if s.host != nil {
		host = s.host(d)
	}
	var handler http.Handler = d.echo
	if s.front != nil {
		handler = s.front(d, handler)
	}
	h := d.register(t, host, handler, s.options...)
	if s.suit != nil {
		s.suit(d, h)
	}
	return h
}

// migrated is a database with all tables, so that not every case makes them.
func migrated(t *testing.T) []byte {
	path := filepath.Join(t.TempDir(), "template.db")
	db := openFile(t, path)
	d := newDesk(db)
	d.migrate(t)
	p, err := plugin.Register(d, d)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Enable(t.Context()); err != nil {
		t.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil { // the last one writes the log into the file
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// openFile opens a database that need not survive the machine.
func openFile(t testing.TB, path string) *gorm.DB {
	dsn := "file:" + filepath.ToSlash(path) + "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)"
	db, err := gorm.Open(gormlite.Open(dsn), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		t.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// shownByAnother tells whether the rule of a case about one operation is shown
// to be found by the case about another one.
func shownByAnother(name string) bool {
	return slices.ContainsFunc(saboteurs(), func(s saboteur) bool {
		return filepath.Dir(filepath.Dir(s.fails)) == "records" && filepath.Dir(filepath.Dir(name)) == "records" &&
			filepath.Base(s.fails) == filepath.Base(name)
	})
}
