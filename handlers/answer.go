package handlers

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/behaviors"
)

const maxAnswerHeader = 32 << 10

// answerOrigin is what a behavior's answer must not reach beyond.
type answerOrigin struct {
	path          string // of the listener, which its cookies are bound to
	sessionCookie string // of the host
}

// refusedHeaders describe the connection, which is the server's, or have effect
// on the whole origin, which is the host's.
var refusedHeaders = map[string]bool{
	"Connection": true, "Content-Length": true, "Keep-Alive": true, "Proxy-Authenticate": true,
	"Proxy-Connection": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
	"Alt-Svc": true, "Clear-Site-Data": true, "Nel": true, "Public-Key-Pins": true, "Report-To": true,
	"Service-Worker-Allowed": true, "Strict-Transport-Security": true,
}

// guard sets what every public answer carries: nothing in it may run, or be
// taken for another type than it says.
func guard(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox")
}

// writeAnswer sends what a behavior answers. An error means that nothing was
// written, because the answer asks for something that it may not.
func writeAnswer(w http.ResponseWriter, r *http.Request, resp *behaviors.Response, origin answerOrigin) error {
	if resp.Status < 200 || resp.Status > 599 {
		return fmt.Errorf("status %d: must be from 200 to 599", resp.Status)
	}
	checked := http.Header{}
	size := 0
	for _, f := range resp.Header {
		value, err := checkHeader(f.Name, f.Value, origin)
		if err != nil {
			return err
		}
		size += len(f.Name) + len(value)
		checked.Add(f.Name, value)
	}
	if size > maxAnswerHeader {
		return fmt.Errorf("headers: must be at most %d bytes together", maxAnswerHeader)
	}

	header := w.Header()
	for name, values := range checked {
		header[name] = values
	}
	guard(header)
	if r.Method == http.MethodHead || resp.Status == http.StatusNoContent || resp.Status == http.StatusNotModified {
		w.WriteHeader(resp.Status)
		return nil
	}
	if len(resp.Body) > 0 && header.Get("Content-Type") == "" {
		header.Set("Content-Type", "text/plain; charset=utf-8") // else Go guesses from the bytes
	}
	header.Set("Content-Length", strconv.Itoa(len(resp.Body)))
	w.WriteHeader(resp.Status)
	_, _ = w.Write(resp.Body) // the caller has gone: the delivery is stored
	return nil
}

// checkHeader gives the value as it may be sent. Errors name the header only:
// a value may hold what is nobody's business.
func checkHeader(name, value string, origin answerOrigin) (string, error) {
	if !isToken(name) {
		return "", fmt.Errorf("header %q: no such name is possible", name)
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return "", fmt.Errorf("header %s: the value must not hold CR, LF or NUL", name)
	}
	canonical := http.CanonicalHeaderKey(name)
	switch {
	case refusedHeaders[canonical]:
		return "", fmt.Errorf("header %s: a behavior may not set it", name)
	case canonical == "Content-Type" && isScript(value):
		return "", fmt.Errorf("header %s: scripts are not served from the host's origin", name)
	case canonical == "Set-Cookie":
		return checkCookie(value, origin)
	}
	return value, nil
}

// isScript also refuses what it cannot parse: a browser may read it otherwise.
func isScript(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err != nil || strings.Contains(media, "javascript") || strings.Contains(media, "ecmascript") ||
		strings.Contains(media, "jscript") || media == "text/livescript" || media == "application/wasm"
}

// checkCookie binds a cookie to the listener's own path.
func checkCookie(value string, origin answerOrigin) (string, error) {
	cookie, err := http.ParseSetCookie(value)
	if err != nil {
		return "", errors.New("header Set-Cookie: no valid cookie")
	}
	lower := strings.ToLower(cookie.Name)
	switch {
	case strings.HasPrefix(lower, "__host-") || strings.HasPrefix(lower, "__http-"),
		origin.sessionCookie != "" && cookie.Name == origin.sessionCookie:
		return "", errors.New("header Set-Cookie: the name belongs to the host")
	case cookie.Domain != "":
		return "", errors.New("header Set-Cookie: Domain is not allowed")
	case cookie.Path == "":
		cookie.Path = origin.path
	case cookie.Path != origin.path && !strings.HasPrefix(cookie.Path, origin.path+"/"):
		return "", errors.New("header Set-Cookie: Path must be the listener's own")
	}
	text := cookie.String()
	if text == "" {
		return "", errors.New("header Set-Cookie: no valid cookie")
	}
	return text, nil
}

// isToken tells whether a text can be a header's name (RFC 9110, 5.6.2).
func isToken(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		c := s[i]
		alphanumeric := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alphanumeric && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return true
}

func writeText(w http.ResponseWriter, status int, text string) {
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the caller has gone: nobody is left to tell
}
