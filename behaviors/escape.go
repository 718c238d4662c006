package behaviors

import (
	"errors"
	"net/url"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

var (
	errDotSegment = errors.New("a path segment of a url cannot be `.` or `..`")
	errHostPart   = errors.New("a host in a url is made of letters, digits, `.` and `-` only")
)

// escape makes a text safe where it is interpolated, behind the text before.
// HTML, whose places differ more, is an [htmlText].
func (f Format) escape(text, before string) (string, error) {
	switch f {
	case Slack:
		return slackEscapes.Replace(text), nil
	case XML:
		return expression.EscapeXML(text), nil
	case URL:
		return escapeInURL(text, before)
	}
	return text, nil
}

// slackEscapes are the three characters that Slack's text gives a meaning.
var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escapeInURL keeps what stands at the start of a URL, as a prefix; later texts
// are escaped as part of a path segment or as a value of the query.
func escapeInURL(text, before string) (string, error) {
	if before == "" {
		return text, nil
	}
	if strings.ContainsAny(before, "?#") {
		return url.QueryEscape(text), nil
	}
	_, rest, ok := strings.Cut(before, "://")
	if ok && !strings.Contains(rest, "/") && strings.IndexFunc(text, notInHost) >= 0 {
		return "", errHostPart
	}
	return url.PathEscape(text), nil // which leaves what a host is made of
}

func notInHost(c rune) bool {
	return c != '.' && c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
}

var (
	errRedirectStart = errors.New("must begin with https:// or http:// and a host, or with a single /")
	errRedirectRune  = errors.New("cannot hold a blank, a backslash, a control character or what is not ASCII")
	errRedirectUser  = errors.New("cannot name a user before its host")
)

// checkRedirect refuses what leads elsewhere than it seems to, or is no place of
// the web: errors are phrases that follow the URL.
func checkRedirect(u string) error {
	if strings.ContainsFunc(u, func(c rune) bool { return c <= ' ' || c > '~' || c == '\\' }) {
		return errRedirectRune
	}
	if strings.HasPrefix(u, "/") && !strings.HasPrefix(u, "//") {
		return nil
	}
	parsed, err := url.Parse(u)
	switch {
	case err != nil || parsed.Scheme != "https" && parsed.Scheme != "http" || parsed.Hostname() == "":
		return errRedirectStart
	case parsed.User != nil:
		return errRedirectUser
	}
	return nil
}

// checkURL refuses dot segments: a text must not climb out of its path.
func checkURL(u string) error {
	if i := strings.IndexAny(u, "?#"); i >= 0 {
		u = u[:i]
	}
	for segment := range strings.SplitSeq(u, "/") {
		if segment == "." || segment == ".." {
			return errDotSegment
		}
	}
	return nil
}

// inXMLText tells whether XML leaves off where escaping makes a text safe: in
// text, or in the quoted value of an attribute.
func inXMLText(before string) bool {
	for {
		start := strings.IndexByte(before, '<')
		if start < 0 {
			return true
		}
		before = before[start:]
		var end int
		switch {
		case strings.HasPrefix(before, "<!--"):
			end = behind(before, 4, "-->")
		case strings.HasPrefix(before, "<![CDATA["):
			end = behind(before, 9, "]]>")
		case strings.HasPrefix(before, "<?"):
			end = behind(before, 2, "?>")
		case strings.HasPrefix(before, "<!"):
			end = behind(before, 2, ">")
		default:
			var quoted bool
			if end, quoted = tagEnd(before); quoted {
				return true
			}
		}
		if end < 0 {
			return false
		}
		before = before[end:]
	}
}

// behind is the offset behind the first mark from an offset on, or -1.
func behind(s string, from int, mark string) int {
	i := strings.Index(s[from:], mark)
	if i < 0 {
		return -1
	}
	return from + i + len(mark)
}

// tagEnd is the offset behind a tag, or -1. quoted: it leaves off in the value of
// an attribute.
func tagEnd(s string) (end int, quoted bool) {
	var quote byte
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1, false
		}
	}
	return -1, quote != 0
}
