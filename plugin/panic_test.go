package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/deskhook/deskhook/models/modelstest"
)

// brittle is a host each of whose methods can be made to panic.
type brittle struct {
	fakeHost
	breaks atomic.Pointer[string]
}

var _ Records = (*brittle)(nil)

// at panics where it is said to.
func (h *brittle) at(method string) {
	if b := h.breaks.Load(); b != nil && *b == method {
		panic("the host's " + method + " broke")
	}
}

func (h *brittle) BaseURL() string {
	h.at("BaseURL")
	return h.fakeHost.BaseURL()
}

func (h *brittle) Keys() (Keys, error) {
	h.at("Keys")
	return testKeys()
}

func (h *brittle) Caller(r *http.Request) (*Caller, error) {
	h.at("Caller")
	c, err := h.fakeHost.Caller(r)
	may := c.May
	c.May = func(p Permission) bool {
		h.at("May")
		return may(p)
	}
	return c, err
}

func (h *brittle) Page(w http.ResponseWriter, r *http.Request, c *Caller, p Page) error {
	h.at("Page")
	return h.fakeHost.Page(w, r, c, p)
}

func (h *brittle) FindMessage(context.Context, Tx, string, string) (*Message, error) {
	h.at("FindMessage")
	return &Message{ID: "1"}, nil
}

func (h *brittle) AddNote(_ context.Context, tx Tx, _ Note) (string, error) {
	h.at("AddNote")
	tx.AfterCommit(func() { h.at("AfterCommit") })
	return "1", nil
}

func (h *brittle) SetDefunct(_ context.Context, _ Tx, email, _ string) (*Address, error) {
	h.at("SetDefunct")
	return &Address{Email: email, Defunct: true}, nil
}

func (h *brittle) CreateTicket(context.Context, Tx, NewTicket) (*Ticket, error) {
	h.at("CreateTicket")
	return &Ticket{ID: "1"}, nil
}

func (h *brittle) FindTicket(context.Context, Tx, TicketQuery) (*Ticket, error) {
	h.at("FindTicket")
	return &Ticket{ID: "1"}, nil
}

func (h *brittle) NoteTicket(context.Context, Tx, TicketNote) (*Message, error) {
	h.at("NoteTicket")
	return &Message{ID: "2"}, nil
}

// own are the host's additions, which can break too.
func (h *brittle) own() []Option {
	a, f, r, p := desk()
	do, call, search, find := a.Do, f.Call, p.Search, p.Find
	a.Do = func(ctx context.Context, c *Call) (any, error) { h.at("Do"); return do(ctx, c) }
	f.Call = func(frame *Frame, args []any) (any, error) { h.at("Call"); return call(frame, args) }
	p.Search = func(ctx context.Context, text string) ([]Choice, error) { h.at("Search"); return search(ctx, text) }
	p.Find = func(ctx context.Context, value string) (*Choice, error) { h.at("Find"); return find(ctx, value) }
	clientIP := func(*http.Request) string { h.at("ClientIP"); return "192.0.2.1" }
	return []Option{WithAction(a), WithFunction(f), WithRecordType(r), WithPicker(p), WithClientIP(clientIP)}
}

const everyAbility = `behavior: 1
name: Everything that a host does
inputs:
  team: {type: team, required: true}
steps:
  - message.find: {id: "1"}
  - message.note: {message: "1", text: x}
  - address.defunct: {email: anna@example.net}
  - ticket.create: {subject: x, text: x, from: anna@example.net}
  - ticket.find: {id: "1"}
  - ticket.note: {ticket: "1", text: x}
  - team.page: {team: "${{ inputs.team }}"}
  - respond: {text: "${{ desk.greet(listener.url) }}"}
`

// TestPanicOfTheHost wants a panic in each method of the host to be one failed
// request or step, and nothing to be left broken.
func TestPanicOfTheHost(t *testing.T) {
	r, h := newFakeRegistry(), &brittle{fakeHost: fakeHost{db: modelstest.Open(t)}}
	p, err := Register(r, h, h.own()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err := p.Enable(t.Context()); err != nil {
		t.Fatal(err)
	}
	call := func(method, path, body string, out any) int {
		t.Helper()
		req := httptest.NewRequest(method, path, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		r.echo.ServeHTTP(w, req)
		if out != nil {
			if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
				t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
			}
		}
		return w.Code
	}
	source, err := json.Marshal(map[string]string{"source": everyAbility})
	if err != nil {
		t.Fatal(err)
	}
	var b, l struct{ ID, GUID string }
	call(http.MethodPost, "/api/hooks/behaviors", string(source), &b)
	if got := call(http.MethodPost, "/api/hooks/behaviors/"+b.ID+"/publish", `{"note": ""}`, nil); got != http.StatusOK {
		t.Fatalf("publish: got %d", got)
	}
	listener := `{"name": "l", "behavior_id": "` + b.ID + `", "inputs": {"team": "1"}}`
	call(http.MethodPost, "/api/hooks/listeners", listener, &l)

	ways := map[string]func() int{
		"post":   func() int { return call(http.MethodPost, "/in/"+l.GUID, "{}", nil) },
		"api":    func() int { return call(http.MethodGet, "/api/hooks/listeners", "", nil) },
		"page":   func() int { return call(http.MethodGet, "/ui/hooks", "", nil) },
		"search": func() int { return call(http.MethodGet, "/api/hooks/pickers/team?text=s", "", nil) },
		"save": func() int {
			return call(http.MethodPatch, "/api/hooks/listeners/"+l.ID, `{"inputs": {"team": "1"}}`, nil)
		},
		"enable": func() int {
			err := errors.Join(p.Disable(context.Background()), p.Enable(context.Background()))
			switch {
			case err == nil:
				return http.StatusOK
			case err.Error() == "enable the plugin: get the host's keys: it panicked with a string":
				return http.StatusInternalServerError
			}
			t.Error(err)
			return 0
		},
	}
	for _, c := range []struct {
		method, way string
		want        int
	}{
		{"Caller", "api", 500},
		{"May", "api", 500},
		{"Caller", "page", 500},
		{"Page", "page", 500},
		{"BaseURL", "api", 500},
		{"BaseURL", "post", 500},
		{"ClientIP", "post", 500},
		{"FindMessage", "post", 500},
		{"AddNote", "post", 500},
		{"AfterCommit", "post", 200}, // the step is done, and what may be lost is lost
		{"SetDefunct", "post", 500},
		{"CreateTicket", "post", 500},
		{"FindTicket", "post", 500},
		{"NoteTicket", "post", 500},
		{"Do", "post", 500},
		{"Call", "post", 500},
		{"Search", "search", 500},
		{"Find", "save", 500},
		{"Keys", "enable", 500},
	} {
		t.Run(c.method+" by "+c.way, func(t *testing.T) {
			h.breaks.Store(&c.method)
			got := ways[c.way]()
			h.breaks.Store(nil)
			if got != c.want {
				t.Errorf("while it panics: got %d, want %d", got, c.want)
			}
			if got := ways[c.way](); got != http.StatusOK {
				t.Errorf("afterwards: got %d, want 200", got)
			}
		})
	}
}
