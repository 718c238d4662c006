package behaviors

import (
	"fmt"
	"math/big"
	"net/url"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// verdict says whether a condition holds.
type verdict uint8

const (
	no     verdict = iota
	unsure         // the value is not known, or whoever reads it may read it otherwise
	yes
)

func verdictOf(holds bool) verdict {
	if holds {
		return yes
	}
	return no
}

// given is what is known of a parameter's value: all, or how its text begins.
type given struct {
	value any
	known bool
	stem  string
}

// text is the value as text, or its beginning. isText is false for a value that
// is known to be something else.
func (g given) text() (text string, isText bool) {
	if !g.known {
		return g.stem, true
	}
	text, isText = g.value.(string)
	return text, isText
}

func (c Condition) holds(param ParamSpec, g given) verdict {
	switch c.Test {
	case Equals, In:
		return c.same(g)
	case Host, Prefix:
		text, isText := g.text()
		switch {
		case g.known && g.value == nil:
			return no
		case !isText || len(c.Values) != 1:
			return unsure
		}
		want, _ := c.Values[0].(string)
		switch {
		case c.Test == Host:
			return leadsTo(want, text, g.known)
		case param.Format == URL:
			return below(want, text, g.known)
		}
		return begins(want, text, g.known)
	}
	return unsure
}

// same compares with each of the values. A number and a text that prints alike
// are not the same for sure.
func (c Condition) same(g given) verdict {
	if !g.known {
		return unsure
	}
	best := no
	for _, v := range c.Values {
		switch {
		case equalScalars(v, g.value):
			return yes
		case v != nil && g.value != nil && fmt.Sprint(v) == fmt.Sprint(g.value):
			best = unsure
		}
	}
	return best
}

func equalScalars(a, b any) bool {
	if x, y := rational(a), rational(b); x != nil && y != nil {
		return x.Cmp(y) == 0
	}
	switch a := a.(type) {
	case nil:
		return b == nil
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	case string:
		b, ok := b.(string)
		return ok && a == b
	}
	return false
}

func rational(v any) *big.Rat {
	switch v := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(v)
	case float64:
		return new(big.Rat).SetFloat64(v)
	case *big.Int:
		return new(big.Rat).SetInt(v)
	}
	return nil
}

func begins(want, text string, whole bool) verdict {
	switch {
	case strings.HasPrefix(text, want):
		return yes
	case !whole && strings.HasPrefix(want, text):
		return unsure
	}
	return no
}

// leadsTo compares a URL's host, as whoever calls it reads it.
func leadsTo(want, text string, whole bool) verdict {
	if !whole {
		if text = originOf(text, false); text == "" {
			return unsure
		}
	}
	to, err := parseURLHost(text)
	if err != nil {
		return unsure
	}
	return verdictOf(includes([]string{want}, to))
}

// below tells whether a URL is another one, or lies below its path.
func below(want, text string, whole bool) verdict {
	if !whole {
		origin := originOf(text, false)
		if origin == "" || belowPlace(want, origin) != no {
			return unsure
		}
		return no
	}
	place := belowPlace(want, text)
	if place != yes {
		return place
	}
	w, err := url.Parse(want)
	u, err2 := url.Parse(text)
	if err != nil || err2 != nil || !plainPath(u) {
		return unsure
	}
	root := strings.TrimSuffix(w.Path, "/")
	path := u.Path
	switch {
	case root == "", path == w.Path, strings.HasPrefix(path, root+"/"):
		return yes
	case strings.HasPrefix(strings.ToLower(path)+"/", strings.ToLower(root)+"/"):
		return unsure // some servers do not tell them apart
	}
	return no
}

// belowPlace compares scheme, host and port.
func belowPlace(want, text string) verdict {
	w, err := parseURLHost(want)
	to, err2 := parseURLHost(text)
	if err != nil || err2 != nil {
		return unsure
	}
	wanted, _, _ := strings.Cut(want, ":")
	scheme, _, _ := strings.Cut(text, ":")
	return verdictOf(w == to && strings.EqualFold(wanted, scheme))
}

// plainPath tells whether every server reads a path as it is written: no way up,
// no empty name, and nothing escaped that may be taken for such.
func plainPath(u *url.URL) bool {
	escaped := strings.ToLower(u.EscapedPath())
	for _, odd := range []string{"//", `\`, "%2f", "%5c", "%2e", "%25", "%00", "%3b"} {
		if strings.Contains(escaped, odd) {
			return false
		}
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if name, _, _ := strings.Cut(segment, ";"); name == "." || name == ".." {
			return false
		}
	}
	return u.Opaque == ""
}

// originOf is the beginning of a URL up to the end of its host, or "". whole: the
// text ends where it ends; otherwise something follows that may belong to the
// host.
func originOf(text string, whole bool) string {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return ""
	}
	end := strings.IndexAny(rest, `/?#\`)
	if end < 0 {
		if !whole {
			return ""
		}
		end = len(rest)
	}
	return scheme + "://" + rest[:end]
}

// givenValue is what a compiler knows of a value.
func givenValue(v *value) given {
	switch {
	case v.isConstant():
		return given{value: v.constant, known: true}
	case len(v.parts) > 0 && v.parts[0].expr == nil:
		return given{stem: v.parts[0].literal}
	}
	return given{}
}

// comparable tells whether a test is one for values of a parameter.
func (t Test) comparable(p ParamSpec) bool {
	scalar := p.Type.Kind != expression.List && p.Type.Kind != expression.Map
	switch t {
	case Host:
		return p.Format == URL || p.Secret
	case Prefix:
		return !p.Secret && (p.Type.Kind == expression.Text || p.Type.Kind == expression.Any)
	}
	return !p.Secret && scalar
}

// isPlainURL tells whether a URL names a place that others lie below.
func isPlainURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.RawQuery == "" && !u.ForceQuery && !strings.Contains(text, "#") && u.User == nil && plainPath(u)
}
