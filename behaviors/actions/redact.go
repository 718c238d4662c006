package actions

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/outbound"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// redactor replaces secrets in what a remote sends back, or a host says of a
// failure: as they are, and in the forms in which such texts tend to repeat them,
// in upper case or in lower.
type redactor struct {
	forms []string // in lower case
	exact []string // those that are no UTF-8, as they are
}

const hidden = "[secret]"

func newRedactor(secrets ...string) *redactor {
	var forms []string
	for _, secret := range secrets {
		for _, part := range secretParts(secret) {
			forms = append(forms, part)
			if len(part) >= minEncoded {
				forms = append(forms, encodings(part)...)
			}
		}
	}
	var exact []string
	for i, form := range forms {
		if !utf8.ValidString(form) {
			exact = append(exact, form)
		}
		forms[i] = lower(strings.ToValidUTF8(form, "\uFFFD"))
	}
	slices.Sort(forms)
	forms = slices.DeleteFunc(slices.Compact(forms), func(form string) bool { return form == "" })
	return &redactor{forms, exact}
}

// lower is a text in lower case in which each byte stays where it is, also one
// that is no UTF-8.
func lower(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for from := 0; from < len(text); {
		r, n := utf8.DecodeRuneInString(text[from:])
		if low := unicode.ToLower(r); low != r && utf8.RuneLen(low) == n {
			b.WriteRune(low)
		} else {
			b.WriteString(text[from : from+n])
		}
		from += n
	}
	return b.String()
}

// hide gives a text without the secrets, as UTF-8. It looks at the bytes first:
// the last one of a secret that is no UTF-8 may have become part of a character.
func (r *redactor) hide(text string) string {
	text = r.cover(text)
	if !utf8.ValidString(text) {
		text = r.cover(strings.ToValidUTF8(text, "\uFFFD"))
	}
	return text
}

// cover replaces what is found. What lies across each other goes as one.
func (r *redactor) cover(text string) string {
	if len(r.forms) == 0 {
		return text
	}
	found := occurrences(nil, lower(text), r.forms)
	if found = occurrences(found, text, r.exact); len(found) == 0 {
		return text
	}
	slices.SortFunc(found, func(a, b [2]int) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) })
	var b strings.Builder
	from, end := 0, 0
	for i, f := range found {
		if i == 0 || f[0] >= end {
			b.WriteString(text[from:f[0]])
			b.WriteString(hidden)
		}
		end = max(end, f[1])
		from = end
	}
	b.WriteString(text[from:])
	return b.String()
}

// occurrences adds from where to where the forms stand in a text.
func occurrences(found [][2]int, text string, forms []string) [][2]int {
	for _, form := range forms {
		for from := 0; ; {
			i := strings.Index(text[from:], form)
			if i < 0 {
				break
			}
			from += i + len(form)
			found = append(found, [2]int{from - len(form), from})
		}
	}
	return found
}

// hideCut is hide for a text that was cut, perhaps amidst a secret.
func (r *redactor) hideCut(text string) string {
	text = r.hide(text)
	low := lower(text)
	longest := 0
	for _, form := range r.forms {
		for n := min(len(form)-1, len(low)); n > longest && n >= minEncoded; n-- {
			if strings.HasSuffix(low, form[:n]) {
				longest = n
			}
		}
	}
	if longest > 0 {
		return text[:len(text)-longest] + hidden
	}
	return text
}

// hideIn is a value without the secrets in its texts and names. found: there was
// one. The value must be bounded.
func (r *redactor) hideIn(v any) (clean any, found bool) {
	switch v := v.(type) {
	case string:
		text := r.hide(v)
		return text, text != v
	case []any:
		list := make([]any, len(v))
		for i := range v {
			item, had := r.hideIn(v[i])
			list[i], found = item, found || had
		}
		return list, found
	case map[string]any:
		m := make(map[string]any, len(v))
		for name, item := range v {
			value, had := r.hideIn(item)
			shown := r.hide(name)
			m[shown], found = value, found || had || shown != name
		}
		return m, found
	}
	return v, false
}

// hideAnswer gives the body of an answer, and its value where it is JSON.
func (r *redactor) hideAnswer(a *outbound.Response) (body string, decoded any) {
	if a.Cut {
		return r.hideCut(string(wholeRunes(a.Body))), nil
	}
	body = r.hide(string(a.Body))
	decoded, err := payload.ParseJSON(body, payload.DefaultLimits)
	if err != nil {
		return body, nil
	}
	// JSON can spell a text in more ways than are looked for.
	if clean, found := r.hideIn(decoded); found {
		text, err := expression.NewWalker(expression.Limits{}).JSON(clean)
		if err != nil {
			return hidden, nil
		}
		return string(text), clean
	}
	return body, decoded
}

// minEncoded is in bytes: what is shorter has encodings that stand anywhere.
const minEncoded = 4

// secretParts are a secret, and what of it is secret by itself: path, query and
// password of a URL, what stands behind the scheme of an Authorization, the password of a
// Basic one.
func secretParts(secret string) []string {
	parts := []string{secret}
	if u, err := url.Parse(secret); err == nil && u.Host != "" {
		if password, has := u.User.Password(); has { // which goes as a Basic one
			parts = append(parts, u.User.Username()+":"+password, password)
		}
		for _, part := range []string{u.EscapedPath(), u.Path, u.RawQuery} {
			if len(part) > 1 {
				parts = append(parts, part)
			}
		}
	}
	scheme, rest, ok := strings.Cut(secret, " ")
	if !ok || len(rest) < minEncoded {
		return parts
	}
	parts = append(parts, rest)
	if plain, err := base64.StdEncoding.DecodeString(rest); err == nil && strings.EqualFold(scheme, "Basic") {
		_, password, _ := strings.Cut(string(plain), ":")
		parts = append(parts, string(plain), password)
	}
	return parts
}

// encodings are forms in which a text is repeated.
func encodings(text string) []string {
	forms := []string{url.QueryEscape(text), url.PathEscape(text), hex.EncodeToString([]byte(text)), strings.ToUpper(hex.EncodeToString([]byte(text)))}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		forms = append(forms, e.EncodeToString([]byte(text)))
	}
	if quoted, err := expression.NewWalker(expression.Limits{}).JSON(text); err == nil {
		inner := string(quoted[1 : len(quoted)-1])
		forms = append(forms, inner, strings.ReplaceAll(inner, "/", `\/`))
	}
	if quoted, err := json.Marshal(text); err == nil { // with HTML's characters escaped, as many do
		forms = append(forms, string(quoted[1:len(quoted)-1]))
	}
	return append(forms, html.EscapeString(text))
}
