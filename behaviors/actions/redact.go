package actions

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// redactor replaces secrets in the texts of a remote that sends them back: as
// they are, and in the forms in which answers tend to repeat them.
func redactor(secrets ...string) func(string) string {
	var forms []string
	for _, secret := range secrets {
		for _, part := range secretParts(secret) {
			forms = append(forms, part)
			if len(part) >= minEncoded {
				forms = append(forms, encodings(part)...)
			}
		}
	}
	// The longest first, so that none is left in part.
	slices.SortFunc(forms, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	var pairs []string
	for _, form := range slices.Compact(forms) {
		if form != "" {
			pairs = append(pairs, form, "[secret]")
		}
	}
	return strings.NewReplacer(pairs...).Replace
}

// minEncoded is in bytes: what is shorter has encodings that stand anywhere.
const minEncoded = 4

// secretParts are a secret, and what of it is secret by itself: path and query of
// a URL, what stands behind the scheme of an Authorization, the password of a
// Basic one.
func secretParts(secret string) []string {
	parts := []string{secret}
	if u, err := url.Parse(secret); err == nil && u.Host != "" {
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
