package handlers

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/runner"
)

const (
	maxHeaderBytes = 32 << 10 // with the request line
	maxHeaderLines = 200
	guidLength     = 26
)

// receiver is what the public way in needs of the runner.
type receiver interface {
	Listener(ctx context.Context, guid string) (*runner.Listener, error)
	// MaxBody of the listener's behavior in bytes, or of the settings; 0: neither says it.
	MaxBody(ctx context.Context, l *runner.Listener) (int64, error)
	// CORS gives headers for every answer to a request whose body is not read yet.
	CORS(ctx context.Context, l *runner.Listener, req *payload.Request) (payload.Header, error)
	Receive(ctx context.Context, l *runner.Listener, req *payload.Request) (*runner.Answer, error)
	Refuse(l *runner.Listener, req *payload.Request, cause, detail string, resp *behaviors.Response)
}

// runnerReceiver adapts the runner.
type runnerReceiver struct{ *runner.Runner }

// MaxBody asks the program, then the settings.
func (r runnerReceiver) MaxBody(ctx context.Context, l *runner.Listener) (int64, error) {
	p, err := r.Program(ctx, l)
	if err != nil {
		return 0, err
	}
	return cmp.Or(p.MaxBody(), r.Settings().MaxBody), nil
}

// receive is the public way in. prefix is the route's path up to the GUID.
// What it returns is answered by publicError.
func (h *Handlers) receive(w http.ResponseWriter, r *http.Request, prefix string) error {
	// From here on, as the server also reads the body of a request that is
	// answered with 404.
	readWithin(w, h.bodyTimeout)
	err := h.accept(w, r, prefix)
	var p *Problem
	if errors.As(err, &p) && p.closes {
		readWithin(w, min(lingering, h.bodyTimeout))
	}
	return err
}

func (h *Handlers) accept(w http.ResponseWriter, r *http.Request, prefix string) error {
	guid, path, ok := splitPath(r, prefix)
	if !ok {
		return notFound()
	}
	if headersTooLarge(r) {
		return &Problem{Status: http.StatusRequestHeaderFieldsTooLarge, Title: "The headers are too large.", closes: true}
	}
	// Go deletes a Content-Length that contradicts the encoding, so that what
	// stands behind a chunked body may be a smuggled request.
	if r.ProtoMajor == 1 && len(r.TransferEncoding) > 0 {
		w.Header().Set("Connection", "close")
	}
	// A caller who hangs up must not undo what is under way.
	ctx := context.WithoutCancel(r.Context())
	l, err := h.receiver.Listener(ctx, guid)
	if err != nil {
		return h.unavailable(r, 0, err)
	}
	if l == nil {
		return notFound()
	}
	maxBody, err := h.receiver.MaxBody(ctx, l)
	if err != nil {
		return h.unavailable(r, l.ID, err)
	}
	req := &payload.Request{
		Method: r.Method, Path: path, RawQuery: r.URL.RawQuery, Header: headerOf(r.Header), ClientIP: h.clientIP(r),
	}
	cors, err := h.receiver.CORS(ctx, l, req)
	if err != nil {
		return h.unavailable(r, l.ID, err)
	}
	for _, f := range cors {
		w.Header().Add(f.Name, f.Value)
	}
	body, release, err := h.readBody(r, h.bodyLimit(maxBody))
	defer release()
	var p *Problem
	if errors.As(err, &p) && p.Status == http.StatusRequestEntityTooLarge {
		h.receiver.Refuse(l, req, "too_large", p.Detail, &behaviors.Response{Status: p.Status})
	}
	if err != nil {
		return err
	}
	readWithin(w, 0) // else it cancels the connection's context while we work
	req.Body = body
	answer, err := h.receiver.Receive(ctx, l, req)
	if err != nil {
		return h.unavailable(r, l.ID, err)
	}
	if err := writeAnswer(w, r, answer.Response, answerOrigin{h.PublicPath + "/" + guid, h.SessionCookie}); err != nil {
		h.Logger.ErrorContext(r.Context(), "answer refused",
			"listener", l.ID, "delivery", answer.DeliveryID, "error", err)
		return &Problem{Status: http.StatusInternalServerError, Title: "The behavior's answer cannot be sent."}
	}
	return nil
}

// unavailable turns what the runner cannot do now into 503, so that the sender
// keeps the event.
func (h *Handlers) unavailable(r *http.Request, listener int64, err error) error {
	if errors.Is(err, runner.ErrUnavailable) || errors.Is(err, runner.ErrUnpublished) {
		h.logTrouble(r, "delivery not accepted", err, "listener", listener)
		return &Problem{Status: http.StatusServiceUnavailable}
	}
	return err
}

// publicError answers a caller who learns nothing about our insides: a status
// and a word or two. The 404 has the same bytes whatever is not there.
func (h *Handlers) publicError(w http.ResponseWriter, r *http.Request, err error) {
	p := h.problemOf(r, err)
	guard(w.Header())
	if p.Status == http.StatusInternalServerError {
		p.write(w)
		return
	}
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	if p.closes {
		header.Set("Connection", "close")
	}
	if p.Status == http.StatusServiceUnavailable {
		header.Set("Retry-After", retryAfter())
		header.Set("Content-Length", "0")
		w.WriteHeader(p.Status)
		return
	}
	writeText(w, p.Status, strings.ToLower(http.StatusText(p.Status))+"\n")
}

// splitPath finds the GUID in the raw path, and what follows it, undecoded.
func splitPath(r *http.Request, prefix string) (guid, rest string, ok bool) {
	raw := r.URL.RawPath
	if raw == "" {
		raw = r.URL.EscapedPath()
	}
	tail, ok := strings.CutPrefix(raw, prefix)
	if !ok {
		return "", "", false
	}
	guid = tail
	if i := strings.IndexByte(tail, '/'); i >= 0 {
		guid, rest = tail[:i], tail[i:]
	}
	return guid, rest, isGUID(guid)
}

// isGUID holds a GUID to its one spelling: base32 in lower case.
func isGUID(s string) bool {
	if len(s) != guidLength {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

func headersTooLarge(r *http.Request) bool {
	bytes, lines := len(r.Method)+len(r.RequestURI), 0
	for name, values := range r.Header {
		for _, v := range values {
			bytes += len(name) + len(v) + len(": \r\n")
			lines++
		}
	}
	return bytes > maxHeaderBytes || lines > maxHeaderLines
}

// headerOf lists the header lines by name, and by arrival within a name.
func headerOf(lines http.Header) payload.Header {
	header := make(payload.Header, 0, len(lines))
	for name, values := range lines {
		for _, v := range values {
			header = append(header, payload.Field{Name: name, Value: v})
		}
	}
	slices.SortStableFunc(header, func(a, b payload.Field) int { return strings.Compare(a.Name, b.Name) })
	return header
}

// clientIP is the peer's address: what a header says about it, anybody can say.
func (h *Handlers) clientIP(r *http.Request) string {
	if h.ClientIP != nil {
		return h.ClientIP(r)
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	return addr.Unmap().WithZone("").String()
}
