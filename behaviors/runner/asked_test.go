package runner

import (
	"errors"
	"reflect"
	"testing"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/models"
)

// stored counts what is in the log.
func (w *world) stored() (n int64) {
	w.t.Helper()
	must(w.t, w.db.Raw("SELECT COUNT(*) FROM webhooks_deliveries").Scan(&n).Error)
	return n
}

// What is no event is answered, also while the listener is paused, and leaves
// nothing behind.
func TestPreflightsAndHandshakes(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.listen(`
behavior: 1
name: Asked
cors: {origins: [https://www.example.com]}
handshake:
  - when: payload.ping
    respond: {json: {pong: "${{ listener.name }}"}}
dedupe: payload.id
verify: payload.ok
`, nil)
		w.change(func(l *models.Listener) { l.Paused = true })
		n := w.node(nil)
		preflight := &payload.Request{Method: "OPTIONS", Header: payload.Header{
			{Name: "Access-Control-Request-Method", Value: "POST"}, {Name: "Origin", Value: "https://www.example.com"},
		}}
		cors, err := n.CORS(t.Context(), n.found(), preflight)
		must(t, err)
		want := payload.Header{{Name: "Access-Control-Allow-Origin", Value: "https://www.example.com"}, {Name: "Vary", Value: "Origin"}}
		if !reflect.DeepEqual(cors, want) {
			t.Errorf("got %v, want %v", cors, want)
		}
		answer, err := n.Receive(t.Context(), n.found(), preflight)
		must(t, err)
		if answer.Outcome != behaviors.Preflight || answer.Response.Status != 204 || answer.DeliveryID != 0 {
			t.Errorf("got %+v", answer)
		}
		answer, err = n.post(`{"ping": true, "id": 1}`)
		must(t, err)
		if answer.Outcome != behaviors.Handshake || string(answer.Response.Body) != `{"pong":"Test"}` || answer.DeliveryID != 0 {
			t.Errorf("got %+v %s", answer, answer.Response.Body)
		}
		if got := w.stored(); got != 0 {
			t.Errorf("%d deliveries were stored", got)
		}
		if n.accepted(`{"ok": true, "id": 1}`); w.stored() != 1 {
			t.Errorf("%d deliveries were stored after an event, want 1", w.stored())
		}
	})
}

// What cannot be done, or told, just now is not acknowledged and not refused:
// the sender keeps it.
func TestWhatIsAskedCannotBeAnsweredNow(t *testing.T) {
	for name, document := range map[string]string{
		"a handshake that keeps":          "handshake: [{when: true, keep: {key: payload.key}}]",
		"a handshake that has steps":      "handshake: [{when: true, steps: [{log: a}]}]",
		"a signature":                     "verify: {check: test.signed(request), reject: {status: 403}}",
		"a signature, asked by handshake": "handshake: [{when: test.signed(request)}]",
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, w *world) {
				w.listen("behavior: 1\nname: Asked\ninputs: {key: {type: secret}}\n"+document+"\n", nil)
				n := w.node(func(o *Options, _ *gorm.DB) {
					o.Catalog.Functions["test.signed"] = &expression.Function{
						Name: "test.signed", Params: []expression.Param{{Name: "request"}}, Result: expression.Of(expression.Bool),
						Call: func(*expression.Frame, []any) (any, error) {
							return nil, &expression.Error{Code: "unchecked", Message: "the certificate could not be fetched"}
						},
					}
				})
				answer, err := n.post(`{"key": "hunter2"}`)
				if answer != nil || !errors.Is(err, ErrUnavailable) {
					t.Errorf("got %+v, %v", answer, err)
				}
				if got := w.stored(); got != 0 {
					t.Errorf("%d deliveries were stored", got)
				}
			})
		})
	}
}
