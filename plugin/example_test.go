package plugin_test

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	_ "github.com/ncruces/go-sqlite3/driver" // what gormlite opens
	"github.com/ncruces/go-sqlite3/gormlite"

	"github.com/labstack/echo/v4"
	"gorm.io/gorm"

	"github.com/deskhook/deskhook/plugin"
)

// Parley is a whole host: an office that keeps affairs, letters and remarks. It
// has Messages and Tickets, and neither Addresses nor bearer tokens.
type parley struct {
	db     *gorm.DB
	web    *echo.Echo
	config atomic.Pointer[config]
	hooks  plugin.Switch
	menu   []plugin.MenuEntry
}

// config is read anew whenever its file changes.
type config struct {
	address string // "https://parley.example.org"
	keys    plugin.Keys
}

// affair is what the plugin calls a ticket.
type affair struct {
	Number                   int64 `gorm:"primaryKey"`
	Ref                      string
	Title, Bureau, Elsewhere string
	Because                  string // the delivery that it is there for
}

// letter is what the plugin calls a message. An inside one is for clerks alone.
type letter struct {
	Number                     int64 `gorm:"primaryKey"`
	AffairNumber               int64
	Affair                     affair
	Postmark                   string // its Message-ID
	Sender, Title, Text, Files string
	Inside                     bool
	Because                    string
}

// remark is a slip of paper on a letter.
type remark struct {
	Number, LetterNumber int64
	Text                 string
	OnTop                bool
	Because              string
}

// clerk is a worker, who sits down with a passphrase.
type clerk struct {
	Name               string `gorm:"primaryKey"`
	Passphrase, Rights string
	Seat, Proof        string // the session's cookie and its CSRF token
}

// ---- The glue begins: what a host writes to embed the plugin.

func (p *parley) DB() *gorm.DB               { return p.db }
func (p *parley) Logger() *slog.Logger       { return slog.New(slog.DiscardHandler) }
func (p *parley) BaseURL() string            { return p.config.Load().address }
func (p *parley) Keys() (plugin.Keys, error) { return p.config.Load().keys, nil }

// Caller tells who is logged in, and what they may do.
func (p *parley) Caller(r *http.Request) (*plugin.Caller, error) {
	c, err := p.seated(r)
	if c == nil || err != nil {
		return nil, err
	}
	rights := strings.Fields(c.Rights)
	may := func(right plugin.Permission) bool { return slices.Contains(rights, string(right)) }
	return &plugin.Caller{ID: c.Name, Name: c.Name, CSRF: c.Proof, May: may}, nil
}

// Page puts the plugin's element into the office's own page.
func (p *parley) Page(w http.ResponseWriter, _ *http.Request, c *plugin.Caller, page plugin.Page) error {
	var menu []plugin.MenuEntry
	for _, e := range p.menu {
		if p.hooks.Enabled() && c.Allows(e.Permission) {
			menu = append(menu, e)
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return office.Execute(w, sheet{page.Title, page.Script, menu, template.HTML(page.Body)})
}

func (p *parley) mount(path string) plugin.Mount {
	return plugin.Mount{Group: p.web.Group(path), Path: path}
}

// The registry: where the plugin goes, and what it brings.
func (p *parley) Public() plugin.Mount               { return p.mount("/post") }
func (p *parley) Pages() plugin.Mount                { return p.mount("/office/post") }
func (p *parley) API() plugin.Mount                  { return p.mount("/office/post-api") }
func (p *parley) Manifest(*plugin.Manifest)          {}
func (p *parley) Menu(e plugin.MenuEntry)            { p.menu = append(p.menu, e) }
func (p *parley) Switch(s plugin.Switch)             { p.hooks = s }
func (p *parley) Configuration(plugin.Configuration) {}

func (p *parley) embed() (*plugin.Plugin, error) {
	return plugin.Register(p, p, plugin.WithSessionCookie("seat"))
}

// ---- The glue ends. What follows is the office: its records as behaviors reach
// them, and its own pages.

var (
	_ plugin.Messages = (*parley)(nil)
	_ plugin.Tickets  = (*parley)(nil)
)

// FindMessage finds a letter.
func (p *parley) FindMessage(ctx context.Context, tx plugin.Tx, messageID, id string) (*plugin.Message, error) {
	q := tx.DB.WithContext(ctx).Preload("Affair")
	if id != "" {
		q = q.Where("number = ?", number(id))
	} else {
		q = q.Where("postmark = ?", messageID)
	}
	l, err := first[letter](q)
	if l == nil || err != nil {
		return nil, err
	}
	return p.message(l), nil
}

// AddNote puts a remark on a letter.
func (p *parley) AddNote(ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
	l, err := first[letter](tx.DB.WithContext(ctx).Where("number = ?", number(n.MessageID)))
	if err != nil {
		return "", err
	}
	if l == nil {
		return "", plugin.ErrNotFound
	}
	r := remark{LetterNumber: l.Number, Text: n.Text, OnTop: n.Sticky, Because: tx.DeliveryID}
	err = tx.DB.WithContext(ctx).Create(&r).Error
	return strconv.FormatInt(r.Number, 10), err
}

// CreateTicket opens an affair with its first letter.
func (p *parley) CreateTicket(ctx context.Context, tx plugin.Tx, n plugin.NewTicket) (*plugin.Ticket, error) {
	db := tx.DB.WithContext(ctx)
	if n.ExternalID != "" {
		if taken, err := first[affair](db.Where("elsewhere = ?", n.ExternalID)); taken != nil || err != nil {
			return nil, errors.Join(err, plugin.ErrExists)
		}
	}
	a := affair{Ref: rand.Text()[:8], Title: n.Subject, Bureau: n.Group, Elsewhere: n.ExternalID, Because: tx.DeliveryID}
	if err := db.Create(&a).Error; err != nil {
		return nil, err
	}
	l := letter{AffairNumber: a.Number, Sender: n.From, Title: n.Subject, Text: n.Text, Files: names(n.Files), Because: tx.DeliveryID}
	if err := db.Omit("Affair").Create(&l).Error; err != nil {
		return nil, err
	}
	t := p.ticket(&a)
	return &t, nil
}

// FindTicket finds an affair.
func (p *parley) FindTicket(ctx context.Context, tx plugin.Tx, q plugin.TicketQuery) (*plugin.Ticket, error) {
	db := tx.DB.WithContext(ctx)
	switch {
	case q.ID != "":
		db = db.Where("number = ?", number(q.ID))
	case q.Mask != "":
		db = db.Where("ref = ?", q.Mask)
	default:
		db = db.Where("elsewhere = ?", q.ExternalID)
	}
	a, err := first[affair](db)
	if a == nil || err != nil {
		return nil, err
	}
	t := p.ticket(a)
	return &t, nil
}

// NoteTicket adds a letter that stays inside.
func (p *parley) NoteTicket(ctx context.Context, tx plugin.Tx, n plugin.TicketNote) (*plugin.Message, error) {
	a, err := first[affair](tx.DB.WithContext(ctx).Where("number = ?", number(n.TicketID)))
	if err != nil {
		return nil, err
	}
	if a == nil {
		return nil, plugin.ErrNotFound
	}
	l := letter{AffairNumber: a.Number, Title: a.Title, Text: n.Text, Files: names(n.Files), Inside: true, Because: tx.DeliveryID}
	if err := tx.DB.WithContext(ctx).Omit("Affair").Create(&l).Error; err != nil {
		return nil, err
	}
	l.Affair = *a
	return p.message(&l), nil
}

func (p *parley) message(l *letter) *plugin.Message {
	return &plugin.Message{
		ID: strconv.FormatInt(l.Number, 10), MessageID: l.Postmark, From: l.Sender, Subject: l.Title, Ticket: p.ticket(&l.Affair),
	}
}

func (p *parley) ticket(a *affair) plugin.Ticket {
	return plugin.Ticket{
		ID: strconv.FormatInt(a.Number, 10), Mask: a.Ref, Subject: a.Title, Status: "open", Group: a.Bureau,
		URL: p.BaseURL() + "/affairs/" + a.Ref, ExternalID: a.Elsewhere,
	}
}

// number is that of a record, or 0, which none has.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// first gives a record, or nil.
func first[T any](q *gorm.DB) (*T, error) {
	var found []T
	if err := q.Limit(1).Find(&found).Error; err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

func names(files []*plugin.File) string {
	var all []string
	for _, f := range files {
		all = append(all, f.Name)
	}
	return strings.Join(all, ", ")
}

type sheet struct {
	Title, Script string
	Menu          []plugin.MenuEntry
	Body          template.HTML
}

var office = template.Must(template.New("office").Parse(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{.Title}} | Parley</title>
{{with .Script}}<script type="module" src="{{.}}"></script>{{end}}</head>
<body><ul><li><a href="/">Affairs</a></li>{{range .Menu}}<li><a href="{{.Path}}">{{.Label}}</a></li>{{end}}</ul>
<main>{{.Body}}</main></body>
</html>
`))

// open is the office over its database, without the plugin.
func open(folder string, c config) (*parley, error) {
	// What package plugin asks of an SQLite database.
	dsn := "file:" + filepath.ToSlash(filepath.Join(folder, "parley.db")) +
		"?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)"
	db, err := gorm.Open(gormlite.Open(dsn), &gorm.Config{})
	if err != nil {
		return nil, err
	}
	p := &parley{db: db, web: echo.New()}
	p.config.Store(&c)
	p.web.POST("/door", p.door)
	p.web.GET("/affairs/:ref", p.affair)
	return p, db.AutoMigrate(&affair{}, &letter{}, &remark{}, &clerk{})
}

func (p *parley) close() error {
	pool, err := p.db.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

// door lets a clerk sit down: its own log-in.
func (p *parley) door(c echo.Context) error {
	who, err := first[clerk](p.db.Where("name = ?", c.FormValue("name")))
	if err != nil {
		return err
	}
	if who == nil || subtle.ConstantTimeCompare([]byte(who.Passphrase), []byte(c.FormValue("passphrase"))) != 1 {
		return echo.ErrUnauthorized
	}
	who.Seat, who.Proof = rand.Text(), rand.Text()
	if err := p.db.Save(who).Error; err != nil {
		return err
	}
	c.SetCookie(&http.Cookie{Name: "seat", Value: who.Seat, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode})
	return c.NoContent(http.StatusNoContent)
}

// seated gives the clerk of a request, or nil.
func (p *parley) seated(r *http.Request) (*clerk, error) {
	cookie, err := r.Cookie("seat")
	if err != nil || cookie.Value == "" {
		return nil, nil
	}
	return first[clerk](p.db.WithContext(r.Context()).Where("seat = ?", cookie.Value))
}

// affair is the page that permalinks lead to.
func (p *parley) affair(c echo.Context) error {
	who, err := p.seated(c.Request())
	if err != nil {
		return err
	}
	if who == nil {
		return echo.ErrUnauthorized
	}
	a, err := first[affair](p.db.Where("ref = ?", c.Param("ref")))
	if err != nil {
		return err
	}
	if a == nil {
		return echo.ErrNotFound
	}
	return office.Execute(c.Response(), sheet{Title: a.Title, Menu: p.menu})
}

// A second, small host beside plugin/devhost.
func Example() {
	folder, err := os.MkdirTemp("", "parley")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	key := make([]byte, 32)
	rand.Read(key)
	p, err := open(folder, config{"https://parley.example.org", plugin.Keys{Current: 1, ByID: map[byte][]byte{1: key}}})
	if err != nil {
		panic(err)
	}
	defer p.close()

	hooks, err := p.embed() // before the office serves
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	if err := hooks.Enable(ctx); err != nil { // where an administrator has switched it on
		panic(err)
	}
	for _, entry := range p.menu {
		fmt.Printf("%s is at %s%s\n", entry.Label, p.BaseURL(), entry.Path)
	}
	if err := hooks.Close(ctx); err != nil { // after the server has ended, before the database is closed
		panic(err)
	}
	// Output: Webhooks is at https://parley.example.org/office/post
}
