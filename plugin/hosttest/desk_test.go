package hosttest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/labstack/echo/v4"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/deskhook/deskhook/plugin"
)

// desk is a small host that keeps every rule. Saboteurs are made of it.
type desk struct {
	db   *gorm.DB
	echo *echo.Echo
	page *template.Template
	// Of saboteurs: the database's file, and another pool on it.
	path    string
	replica *gorm.DB

	mu      sync.Mutex
	base    string
	keys    plugin.Keys
	workers map[string]*deskWorker // by session cookie, and by "Bearer TOKEN"
	mails   int                    // that have left
	menu    []plugin.MenuEntry
	sw      plugin.Switch
}

type deskWorker struct {
	id, name, csrf string
	may            []plugin.Permission
	bearer         bool
}

type deskTicket struct {
	ID                              int64
	Mask, Subject, Text, DeliveryID string
	ExternalID                      *string `gorm:"size:255;uniqueIndex"`
}

type deskMessage struct {
	ID, TicketID                            int64
	MessageID, Sender, Subject, Text, Files string
	DeliveryID                              string
	Ticket                                  deskTicket
}

type deskNote struct {
	ID, MessageID    int64
	Text, DeliveryID string
	Sticky           bool
}

type deskAddress struct {
	Email              string `gorm:"size:255;primaryKey"`
	Defunct            bool
	Reason, DeliveryID string
}

const deskCookie = "desk"

const shellText = `<!doctype html>
<html><head><title>{{.Title}} - Desk</title><script type="module" src="{{.Script}}"></script></head>
<body><nav>{{range .Menu}}<a href="{{.Path}}">{{.Label}}</a>{{end}}</nav><main>{{.Body}}</main></body></html>
`

var shell = template.Must(template.New("").Parse(shellText))

func newDesk(db *gorm.DB) *desk {
	d := &desk{
		db: db, echo: echo.New(), page: shell, base: "https://desk.example.com", workers: map[string]*deskWorker{},
		keys: plugin.Keys{Current: 7, ByID: map[byte][]byte{7: bytes.Repeat([]byte{7}, 32)}},
	}
	d.echo.GET("/t/:mask", d.showTicket)
	return d
}

func (d *desk) migrate(t testing.TB) {
	if err := d.db.AutoMigrate(&deskTicket{}, &deskMessage{}, &deskNote{}, &deskAddress{}); err != nil {
		t.Fatal(err)
	}
}

// register makes a hosttest.Host of it: host is the desk, or what sabotages it.
func (d *desk) register(t testing.TB, host plugin.Host, handler http.Handler, options ...plugin.Option) *Host {
	p, err := plugin.Register(d, host, append([]plugin.Option{plugin.WithSessionCookie(deskCookie)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	set := func(do func()) { d.mu.Lock(); defer d.mu.Unlock(); do() }
	return &Host{
		Host: host, Plugin: p, Handler: handler, PublicPath: "/in", PagesPath: "/setup/hooks", APIPath: "/api/hooks",
		LogIn: func(may ...plugin.Permission) *http.Cookie {
			value := d.enter("", false, may)
			return &http.Cookie{Name: deskCookie, Value: value}
		},
		LogOut:     func(c *http.Cookie) { set(func() { delete(d.workers, c.Value) }) },
		Token:      func(may ...plugin.Permission) string { return d.enter("Bearer ", true, may) },
		Revoke:     func(token string) { set(func() { delete(d.workers, "Bearer "+token) }) },
		SetKeys:    func(k plugin.Keys) { set(func() { d.keys = k }) },
		SetBaseURL: func(base string) { set(func() { d.base = base }) },
		Mail: func(m Mail) {
			if err := d.receive(m); err != nil {
				t.Fatal(err)
			}
		},
		Sent: func() (n int) { set(func() { n = d.mails }); return n },
	}
}

func (d *desk) enter(scheme string, bearer bool, may []plugin.Permission) string {
	secret, id := rand.Text(), rand.Text()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.workers[scheme+secret] = &deskWorker{id, "Worker " + id, rand.Text(), may, bearer}
	return secret
}

func (d *desk) receive(m Mail) error {
	ticket := deskTicket{Mask: "T" + rand.Text(), Subject: m.Subject}
	if err := d.db.Create(&ticket).Error; err != nil {
		return err
	}
	return d.db.Omit("Ticket").Create(&deskMessage{TicketID: ticket.ID, MessageID: m.MessageID, Sender: m.From, Subject: m.Subject, Text: m.Text}).Error
}

func (d *desk) showTicket(c echo.Context) error {
	if d.worker(c.Request()) == nil {
		return c.String(http.StatusUnauthorized, "log in")
	}
	var t deskTicket
	if err := d.db.Where("mask = ?", c.Param("mask")).Take(&t).Error; err != nil {
		return echo.ErrNotFound
	}
	return c.String(http.StatusOK, t.Subject)
}

func (d *desk) worker(r *http.Request) *deskWorker {
	d.mu.Lock()
	defer d.mu.Unlock()
	if h := r.Header.Get("Authorization"); h != "" {
		return d.workers[h]
	}
	if c, err := r.Cookie(deskCookie); err == nil {
		return d.workers[c.Value]
	}
	return nil
}

// DB and the methods below implement plugin.Host.
func (d *desk) DB() *gorm.DB         { return d.db }
func (d *desk) Logger() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (d *desk) BaseURL() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.base
}

func (d *desk) Keys() (plugin.Keys, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.keys, nil
}

func (d *desk) Caller(r *http.Request) (*plugin.Caller, error) {
	w := d.worker(r)
	if w == nil {
		return nil, nil
	}
	may := func(p plugin.Permission) bool { return slices.Contains(w.may, p) }
	return &plugin.Caller{ID: w.id, Name: w.name, May: may, Bearer: w.bearer, CSRF: w.csrf}, nil
}

func (d *desk) Page(w http.ResponseWriter, _ *http.Request, _ *plugin.Caller, p plugin.Page) error {
	var b bytes.Buffer
	err := d.page.Execute(&b, struct {
		Title, Script string
		Menu          []plugin.MenuEntry
		Body          template.HTML
	}{p.Title, p.Script, d.menu, template.HTML(p.Body)}) //nolint:gosec // the plugin's own
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = b.WriteTo(w)
	return err
}

// The methods below implement plugin.Registry.
func (d *desk) group(path string) plugin.Mount {
	return plugin.Mount{Group: d.echo.Group(path), Path: path}
}
func (d *desk) Public() plugin.Mount               { return d.group("/in") }
func (d *desk) Pages() plugin.Mount                { return d.group("/setup/hooks") }
func (d *desk) API() plugin.Mount                  { return d.group("/api/hooks") }
func (d *desk) Configuration(plugin.Configuration) {}
func (d *desk) Manifest(*plugin.Manifest)          {}
func (d *desk) Menu(e plugin.MenuEntry)            { d.menu = append(d.menu, e) }
func (d *desk) Switch(s plugin.Switch)             { d.sw = s }

// The methods below implement plugin.Records.
func (d *desk) ticket(t *deskTicket) plugin.Ticket {
	out := plugin.Ticket{ID: strconv.FormatInt(t.ID, 10), Mask: t.Mask, Subject: t.Subject, Status: "open", URL: d.BaseURL() + "/t/" + t.Mask}
	if t.ExternalID != nil {
		out.ExternalID = *t.ExternalID
	}
	return out
}

// take finds a record, or nothing.
func take[T any](q *gorm.DB) (*T, error) {
	var row T
	err := q.Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	return &row, err
}

func (d *desk) FindMessage(ctx context.Context, tx plugin.Tx, messageID, id string) (*plugin.Message, error) {
	q := tx.DB.WithContext(ctx).Preload("Ticket")
	if id != "" {
		q = q.Where("id = ?", idOf(id))
	} else {
		q = q.Where("message_id = ?", messageID)
	}
	m, err := take[deskMessage](q)
	if m == nil || err != nil {
		return nil, err
	}
	return &plugin.Message{ID: strconv.FormatInt(m.ID, 10), MessageID: m.MessageID, From: m.Sender, Subject: m.Subject, Ticket: d.ticket(&m.Ticket)}, nil
}

// idOf is 0, which no row has, for what is no id.
func idOf(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (d *desk) AddNote(ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
	m, err := take[deskMessage](tx.DB.WithContext(ctx).Where("id = ?", idOf(n.MessageID)))
	if err != nil {
		return "", err
	}
	if m == nil {
		return "", plugin.ErrNotFound
	}
	row := deskNote{MessageID: m.ID, Text: n.Text, Sticky: n.Sticky, DeliveryID: tx.DeliveryID}
	return "1", tx.DB.WithContext(ctx).Create(&row).Error
}

func (d *desk) SetDefunct(ctx context.Context, tx plugin.Tx, email, reason string) (*plugin.Address, error) {
	row := deskAddress{email, true, reason, tx.DeliveryID}
	err := tx.DB.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	return &plugin.Address{Email: email, Defunct: true}, err
}

func (d *desk) CreateTicket(ctx context.Context, tx plugin.Tx, n plugin.NewTicket) (*plugin.Ticket, error) {
	row := deskTicket{Mask: "T" + rand.Text(), Subject: n.Subject, Text: n.Text, DeliveryID: tx.DeliveryID}
	if n.ExternalID != "" {
		row.ExternalID = &n.ExternalID
		taken, err := take[deskTicket](tx.DB.WithContext(ctx).Where("external_id = ?", n.ExternalID))
		if err != nil {
			return nil, err
		}
		if taken != nil {
			return nil, plugin.ErrExists
		}
	}
	if err := tx.DB.WithContext(ctx).Create(&row).Error; err != nil {
		return nil, err
	}
	tx.AfterCommit(func() {}) // a live update, say
	t := d.ticket(&row)
	return &t, nil
}

func (d *desk) FindTicket(ctx context.Context, tx plugin.Tx, q plugin.TicketQuery) (*plugin.Ticket, error) {
	db := tx.DB.WithContext(ctx)
	switch {
	case q.ID != "":
		db = db.Where("id = ?", idOf(q.ID))
	case q.Mask != "":
		db = db.Where("mask = ?", q.Mask)
	default:
		db = db.Where("external_id = ?", q.ExternalID)
	}
	row, err := take[deskTicket](db)
	if row == nil || err != nil {
		return nil, err
	}
	t := d.ticket(row)
	return &t, nil
}

func (d *desk) NoteTicket(ctx context.Context, tx plugin.Tx, n plugin.TicketNote) (*plugin.Message, error) {
	t, err := take[deskTicket](tx.DB.WithContext(ctx).Where("id = ?", idOf(n.TicketID)))
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, plugin.ErrNotFound
	}
	var files []string
	for _, f := range n.Files {
		files = append(files, fmt.Sprintf("%s (%d bytes)", f.Name, len(f.Body)))
	}
	row := deskMessage{TicketID: t.ID, Text: n.Text, Files: strings.Join(files, ", "), DeliveryID: tx.DeliveryID}
	if err := tx.DB.WithContext(ctx).Omit("Ticket").Create(&row).Error; err != nil {
		return nil, err
	}
	return &plugin.Message{ID: strconv.FormatInt(row.ID, 10), Ticket: d.ticket(t)}, nil
}
