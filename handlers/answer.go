package handlers

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/behaviors"
)

// answerOrigin is what a behavior's answer must not reach beyond.
type answerOrigin struct {
	path          string // of the listener, which its cookies are bound to
	sessionCookie string // of the host
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
	if size > behaviors.MaxAnswerHeader {
		return fmt.Errorf("headers: must be at most %d bytes together", behaviors.MaxAnswerHeader)
	}

	header := w.Header()
	for name, values := range checked {
		if name == "Vary" { // what it depends on adds up
			values = append(header[name], values...)
		}
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
	if problem := cmp.Or(behaviors.HeaderNameProblem(name), behaviors.HeaderValueProblem(name, value)); problem != "" {
		return "", fmt.Errorf("header %q %s", name, problem)
	}
	if http.CanonicalHeaderKey(name) == "Set-Cookie" {
		return checkCookie(value, origin)
	}
	return value, nil
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

func writeText(w http.ResponseWriter, status int, text string) {
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the caller has gone: nobody is left to tell
}
