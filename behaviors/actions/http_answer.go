package actions

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/behaviors/outbound"
)

// statuses are those that a call accepts: single ones, and classes by their
// first digit.
type statuses struct {
	single map[int]bool
	class  [6]bool
}

func (s *statuses) include(status int) bool {
	return s.single[status] || status >= 100 && status < 600 && s.class[status/100]
}

// parseAccept reads 404, "404", "2xx", or a list of them; nil is 2xx.
func parseAccept(v any) (*statuses, error) {
	list, isList := v.([]any)
	switch {
	case v == nil:
		list = []any{"2xx"}
	case !isList:
		list = []any{v}
	}
	if len(list) == 0 {
		return nil, mistake("accept is empty, so no answer would do")
	}
	s := &statuses{single: map[int]bool{}}
	for _, item := range list {
		if !s.add(item) {
			return nil, mistake(fmt.Sprintf(`accept takes statuses such as 404 and classes such as "2xx", got %s`, shown(item)))
		}
	}
	return s, nil
}

func (s *statuses) add(v any) bool {
	switch v := v.(type) {
	case float64:
		return v == float64(int64(v)) && s.add(int64(v))
	case int64:
		if v < 200 || v > 599 {
			return false
		}
		s.single[int(v)] = true
		return true
	case string:
		if len(v) == 3 && v[0] >= '2' && v[0] <= '5' && strings.EqualFold(v[1:], "xx") {
			s.class[v[0]-'0'] = true
			return true
		}
		n, err := strconv.ParseInt(v, 10, 64)
		return err == nil && len(v) == 3 && s.add(n)
	}
	return false
}

// shown is a value for a message, not too long.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		if len(v) > 20 {
			v = strings.ToValidUTF8(v[:20], "") + "…"
		}
		return strconv.Quote(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return "something else"
}

// output of an answer that is accepted. What is secret of the call does not
// stand in it, even if the remote sends it back.
func (c *httpCall) output(r *outbound.Response) map[string]any {
	secrets := newRedactor(c.secrets...)
	headers := make(map[string]any, len(r.Header))
	for name, values := range r.Header {
		headers[secrets.hide(strings.ToLower(name))] = secrets.hide(strings.Join(values, ", "))
	}
	body, decoded := secrets.hideAnswer(r)
	return map[string]any{"status": int64(r.Status), "headers": headers, "body": body, "json": decoded}
}

// wholeRunes leaves out a character that was cut at the end.
func wholeRunes(text []byte) []byte {
	for i := len(text) - 1; i >= 0 && i >= len(text)-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRune(text[i:]) {
				return text[:i]
			}
			break
		}
	}
	return text
}
