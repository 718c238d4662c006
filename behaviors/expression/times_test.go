package expression

import (
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// Times carry the behavior's zone, and a text without an offset is in it.
func TestTimes(t *testing.T) {
	zone := time.FixedZone("behavior", 2*60*60)
	for _, r := range []row{
		{source: `date("2026-03-01 09:00:00")`, want: `"2026-03-01T09:00:00+02:00"`},
		{source: `date("2026-03-01")`, want: `"2026-03-01T00:00:00+02:00"`},
		{source: `date("2026-03-01T09:00:00Z")`, want: `"2026-03-01T11:00:00+02:00"`},
		{source: `date("01.03.2026", "02.01.2006")`, want: `"2026-03-01T00:00:00+02:00"`},
		{source: `date("2026-03-01T09:00:00Z") == date("2026-03-01T10:00:00+01:00")`, want: `true`},
		{source: `format_date(date("2026-03-01T23:00:00Z"), "2006-01-02 15:04")`, want: `"2026-03-02 01:00"`},
		{source: `format_date(now, "Monday")`, want: `"Sunday"`},
		{source: `date("2026-03-01") + duration("36h") > date("2026-03-02")`, want: `true`},
		{source: `date("2026-03-02") - date("2026-03-01")`, want: `"24h0m0s"`},
		{source: `duration("90m") / duration("1h")`, want: `float 1.5`},
		{source: `2 * duration("90m") - duration("1h") == duration("2h")`, want: `true`},
		{source: `-duration("1h") < duration("0s")`, want: `true`},
		{source: `duration("1h") / 0`, code: `division-by-zero`},
		{source: `duration("2540400h") * 1000`, code: `overflow`},
		{source: `date(payload.s)`, code: `type`},
		{source: `duration(payload.s)`, code: `type`},
		{source: `date("x", payload.s + "MST")`, code: `type`},
		{source: `now + payload.a.b`, code: `type`},
		{source: `max(now)`, code: `type`},
	} {
		paths := new(payload.Paths)
		c, problems := Compile(r.source, testConfig(paths))
		if c == nil {
			t.Errorf("%s: %+v", r.source, problems)
			continue
		}
		f := testFrame(t, paths, testBody)
		f.Zone = zone
		v, err := c.Eval(f)
		if r.code != "" {
			if err == nil || asError(err).Code != r.code {
				t.Errorf("%s: got %v, %v, want %s", r.source, v, err, r.code)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", r.source, err)
		} else if got := show(t, v); got != r.want {
			t.Errorf("%s: got %s, want %s", r.source, got, r.want)
		}
	}
}
