package expression

import (
	"slices"
	"strings"
	"time"
)

func timeFunctions() []*Function {
	return []*Function{
		fn("duration", []Param{param("text", Text)}, Duration, `a duration: numbers with the units h, m, s, ms, us or ns, such as "1h30m"`, `duration("1h30m") -> "1h30m0s"
now - duration("48h") -> "2026-02-27T09:00:00Z"
duration("2 days") -> error`, func(m *machine, a []any) any {
			text := m.str(a[0], "duration")
			if len(text) > maxTimeText {
				m.fail("type", noDuration)
			}
			d, err := time.ParseDuration(text)
			if err != nil {
				m.fail("type", noDuration)
			}
			return d
		}).binds(func(literals []constant) (builtin, *fault) {
			text, ok := literals[0].value.(string)
			if !ok {
				return nil, nil
			}
			d, err := time.ParseDuration(text)
			if err != nil {
				return nil, &fault{0, "bad-argument", noDuration}
			}
			var result any = d
			return func(*machine, []any) any { return result }, nil
		}),
		fn("date", []Param{param("text", Text), optional("layout", Text)}, Time, "a time, from a text in RFC 3339 or another common form, or in a layout of Go's; without an offset in the behavior's zone", `date("2026-03-01T09:00:00+01:00") -> "2026-03-01T08:00:00Z"
date("01.03.2026", "02.01.2006") -> "2026-03-01T00:00:00Z"
date("tomorrow") -> error`, parseDate).binds(bindDate),
		fn("format_date", []Param{param("time", Time), param("layout", Text)}, Text, "a time as a text, in a layout of Go's and the behavior's zone", `format_date(now, "2006-01-02 15:04") -> "2026-03-01 09:00"`, func(m *machine, a []any) any {
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

// maxTimeText of a time, a duration or a layout that is read, in bytes: none is
// longer, and errors of the standard library repeat it.
const maxTimeText = 256

const (
	noDate     = "`date` finds no time in this text"
	noDuration = "`duration` finds no duration in this text; write one such as 1h30m"
	noZoneName = "abbreviations of zones mean different things on different machines; use an offset (-0700)"
)

func (m *machine) zone() *time.Location {
	if m.f == nil || m.f.Zone == nil {
		return time.UTC
	}
	return m.f.Zone
}

// DateLayouts are the forms in which `date` reads a text without a layout, as Go
// writes them.
func DateLayouts() []string { return slices.Clone(dateLayouts) }

var dateLayouts = []string{time.RFC3339Nano, "2006-01-02", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04",
	time.RFC1123Z, time.RFC822Z, "02/Jan/2006:15:04:05 -0700", "15:04:05"}

// parseDate reads a time, which carries the behavior's zone. Abbreviations of
// zones are refused: they mean what the machine takes them for.
func parseDate(m *machine, a []any) any {
	text := m.str(a[0], "date")
	if len(text) > maxTimeText {
		m.fail("type", noDate)
	}
	layouts := dateLayouts
	if len(a) > 1 {
		layout := m.str(a[1], "date")
		if len(layout) > maxTimeText {
			m.fail("type", noDate)
		}
		if strings.Contains(layout, "MST") {
			m.fail("type", noZoneName)
		}
		layouts = []string{layout}
	}
	m.step(2 * len(layouts))
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, m.zone()); err == nil {
			return t.In(m.zone())
		}
	}
	m.fail("type", noDate)
	return nil
}

// bindDate finds what no zone makes right.
func bindDate(literals []constant) (builtin, *fault) {
	layouts := dateLayouts
	if len(literals) > 1 {
		layout, ok := literals[1].value.(string)
		if !ok {
			return nil, nil
		}
		if strings.Contains(layout, "MST") {
			return nil, &fault{1, "bad-argument", noZoneName}
		}
		layouts = []string{layout}
	}
	text, ok := literals[0].value.(string)
	if !ok {
		return nil, nil
	}
	for _, layout := range layouts {
		if _, err := time.Parse(layout, text); err == nil {
			return nil, nil
		}
	}
	return nil, &fault{0, "bad-argument", noDate}
}
