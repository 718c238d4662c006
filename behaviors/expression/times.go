package expression

import (
	"strings"
	"time"
)

func timeFunctions() []*Function {
	return []*Function{
		fn("duration", []Param{param("text", Text)}, Duration, `a duration such as "1h30m"`, `duration("30m")`, func(m *machine, a []any) any {
			d, err := time.ParseDuration(m.str(a[0], "duration"))
			if err != nil {
				m.fail("type", "`duration` finds no duration in this text; write one such as 1h30m")
			}
			return d
		}),
		fn("date", []Param{param("text", Text), optional("layout", Text)}, Time, "a time, from a text in RFC 3339 or a common form, or in a layout of Go's; without an offset in the behavior's zone", `date("2026-03-01T09:00:00Z")`, parseDate),
		fn("format_date", []Param{param("time", Time), param("layout", Text)}, Text, "a time as a text, in a layout of Go's and the behavior's zone", `format_date(now, "2006-01-02")`, func(m *machine, a []any) any {
			t, ok := a[0].(time.Time)
			if !ok {
				m.fail("type", "`format_date` takes a time, but this is "+kindOf(a[0]).String())
			}
			layout := m.str(a[1], "format_date")
			m.take(4 * len(layout))
			return t.In(m.zone()).Format(layout)
		}),
	}
}

func (m *machine) zone() *time.Location {
	if m.f == nil || m.f.Zone == nil {
		return time.UTC
	}
	return m.f.Zone
}

var dateLayouts = []string{time.RFC3339Nano, "2006-01-02", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04",
	time.RFC1123Z, time.RFC822Z, "02/Jan/2006:15:04:05 -0700", "15:04:05"}

// parseDate reads a time. Abbreviations of zones are refused: they mean what
// the machine takes them for.
func parseDate(m *machine, a []any) any {
	text := m.str(a[0], "date")
	layouts := dateLayouts
	if len(a) > 1 {
		layout := m.str(a[1], "date")
		if strings.Contains(layout, "MST") {
			m.fail("type", "abbreviations of zones mean different things on different machines; use an offset (-0700)")
		}
		layouts = []string{layout}
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, m.zone()); err == nil {
			return t
		}
	}
	m.fail("type", "`date` finds no time in this text")
	return nil
}
