package handlers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/models"
)

// call is one request to the admin API by a caller who may make it.
type call struct {
	w      http.ResponseWriter
	r      *http.Request
	caller *Caller
	param  func(name string) string // of the path
	guid   string                   // is masked in what is answered; "": nothing is
	store  *models.Store            // for the audit trail
}

func (c *call) encode(v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil || c.guid == "" {
		return body, err
	}
	return bytes.ReplaceAll(body, []byte(c.guid), []byte(maskGUID(c.guid))), nil
}

// answer sends v as JSON.
func (c *call) answer(status int, v any) error {
	body, err := c.encode(v)
	if err != nil {
		return err
	}
	if err := c.audit(); err != nil {
		return err
	}
	c.send(status, body)
	return nil
}

func (c *call) send(status int, body []byte) {
	header := c.w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("X-Content-Type-Options", "nosniff")
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", "no-store")
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body) // the caller has gone: nobody is left to tell
}

// object sends a single object with its ETag.
func (c *call) object(status int, etag string, v any) error {
	c.w.Header().Set("ETag", etag)
	return c.answer(status, v)
}

// cached sends what seldom changes, with an ETag of its bytes, or 304.
func (c *call) cached(v any) error {
	body, err := c.encode(v)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	etag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	c.w.Header().Set("ETag", etag)
	c.w.Header().Set("Cache-Control", "private, no-cache")
	if match := c.r.Header.Get("If-None-Match"); match != "" && etagIn(match, etag) {
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	c.send(http.StatusOK, body)
	return nil
}

// audit leaves the row of a changing call that none of its changes left, before
// the answer of success.
func (c *call) audit() error { return c.store.WriteTrail(c.r.Context(), models.TrailOf(c.r.Context())) }

func (c *call) noContent() error {
	if err := c.audit(); err != nil {
		return err
	}
	c.w.Header().Set("Cache-Control", "no-store")
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// id reads the path's id. A text that no id can be is an id that does not exist.
func (c *call) id() (int64, error) {
	id, ok := parseID(c.param("id"))
	if !ok {
		return 0, notFound()
	}
	return id, nil
}

// named gets the object that the path's id names.
func named[T any](c *call, get func(context.Context, int64) (*T, error)) (*T, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return get(c.r.Context(), id)
}

// parseID reads an id in its one spelling.
func parseID(text string) (int64, bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil && id > 0 && formatID(id) == text
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// optionalID is nil for 0.
func optionalID(id int64) *string {
	if id == 0 {
		return nil
	}
	text := formatID(id)
	return &text
}

const timeLayout = "2006-01-02T15:04:05.000000Z07:00"

func formatTime(m models.Micros) string { return m.Time().Format(timeLayout) }

// optionalTime is nil for 0.
func optionalTime(m models.Micros) *string {
	if m == 0 {
		return nil
	}
	text := formatTime(m)
	return &text
}

// revisionETag is the ETag of an object with a revision.
func revisionETag(revision int64) string { return `"` + formatID(revision) + `"` }

// ifMatch checks the optional If-Match header; conditional tells whether there was one.
func (c *call) ifMatch(etag string) (conditional bool, err error) {
	match := c.r.Header.Get("If-Match")
	if match == "" {
		return false, nil
	}
	if !etagIn(match, etag) {
		return true, preconditionFailed()
	}
	return true, nil
}

func preconditionFailed() *Problem {
	return &Problem{Status: http.StatusPreconditionFailed, Title: "It changed since you read it."}
}

// etagIn compares strongly with a header's list of ETags.
func etagIn(list, etag string) bool {
	for item := range strings.SplitSeq(list, ",") {
		if item = strings.TrimSpace(item); item == "*" || item == etag {
			return true
		}
	}
	return false
}
