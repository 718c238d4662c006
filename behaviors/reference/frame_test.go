package reference

import (
	_ "embed"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/runner"
)

// What the examples stand in: they see this delivery, and steps these inputs.
var (
	//go:embed testdata/delivery.http
	deliveryText string
	//go:embed testdata/frame.yaml
	frame string
)

// token is the value of the inputs in the examples.
const token = "example-token"

var receivedAt = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// catalog is the product's own, without what a host adds: all that it can be
// with a host that is able to do everything. notYet are the parts that the
// runner cannot do.
func catalog(tb testing.TB, notYet ...string) *behaviors.Catalog {
	tb.Helper()
	c, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: actions.BuiltinSpecs(), Records: actions.RecordTypes(), NotYet: notYet})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func product(tb testing.TB) *behaviors.Catalog { return catalog(tb, runner.NotYet()...) }

func request(tb testing.TB) *payload.Request {
	tb.Helper()
	r, err := payload.ReadRequest([]byte(strings.TrimSuffix(deliveryText, "\n")))
	if err != nil {
		tb.Fatal(err)
	}
	r.URL, r.ClientIP, r.ReceivedAt = "https://desk.example.com/webhooks/test"+r.Path+"?"+r.RawQuery, "192.0.2.7", receivedAt
	return r
}

// evaluate gives the JSON of what an expression gives, nil for null, or error
// and why.
func evaluate(tb testing.TB, c *behaviors.Catalog, r *payload.Request, expression string) (value, why string) {
	tb.Helper()
	source := frame + "let:\n  result: |-\n    " + expression + "\nsteps:\n  - respond: {json: \"${{ result }}\"}\n"
	s := behaviors.Simulate(source, c, &behaviors.Delivery{
		ID: "delivery-1", Request: r, Inputs: map[string]any{"token": token, "signing_key": token},
	}, nil)
	for _, d := range s.Diagnostics {
		if d.Code != "raw-without-effect" { // of raw, which shows only within a text
			return "error", d.Message
		}
	}
	if s.State != behaviors.RunDone || s.Response == nil {
		_, why, _ = strings.Cut(s.Detail, "column ")
		_, why, _ = strings.Cut(why, ": ")
		return "error", why
	}
	if value = string(s.Response.Body); value == "null" {
		value = "nil"
	}
	return value, ""
}

func namespace(function string) string {
	space, _, _ := strings.Cut(function, ".")
	return space
}
