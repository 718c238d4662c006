package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"
)

const maxAPIBody = 1 << 20

// ticketJSON is a ticket as the token API shows it; a list leaves out the messages.
type ticketJSON struct {
	ID       string        `json:"id"`
	Mask     string        `json:"mask"`
	Subject  string        `json:"subject"`
	Status   string        `json:"status"`
	Group    string        `json:"group"`
	URL      string        `json:"url"`
	Messages []messageJSON `json:"messages,omitzero"`
}

type messageJSON struct {
	ID        string     `json:"id"`
	MessageID string     `json:"message_id"`
	From      string     `json:"from"`
	To        string     `json:"to"`
	Subject   string     `json:"subject"`
	Text      string     `json:"text"`
	Notes     []noteJSON `json:"notes"`
}

type noteJSON struct {
	Text       string  `json:"text"`
	Sticky     bool    `json:"sticky"`
	DeliveryID *string `json:"delivery_id"`
}

type ticketListJSON struct {
	Items []ticketJSON `json:"items"`
	Next  *string      `json:"next"`
}

type addressJSON struct {
	Email   string `json:"email"`
	Defunct bool   `json:"defunct"`
}

type pluginJSON struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version"`
	Enabled bool   `json:"enabled"`
}

// mountAPI adds the API for scripts, which is called by token.
func (h *helpdesk) mountAPI(e *echo.Echo) {
	add := func(method, path, permission string, handle echo.HandlerFunc) {
		e.Add(method, path, func(c echo.Context) error {
			s, err := h.scriptOf(c.Request())
			switch {
			case err != nil:
				return err
			case s == nil:
				return &problem{Title: "Send a bearer token.", Status: http.StatusUnauthorized}
			case !s.has(permission):
				return &problem{Title: "You may not do this.", Status: http.StatusForbidden, Detail: "it needs the permission " + permission}
			}
			c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxAPIBody)
			c.Response().Header().Set("Cache-Control", "no-store")
			return handle(c)
		})
	}
	add(http.MethodGet, "/api/tickets", permitTickets, h.apiTickets)
	add(http.MethodGet, "/api/tickets/:mask", permitTickets, h.apiTicket)
	add(http.MethodGet, "/api/addresses/:email", permitTickets, h.apiAddress)
	add(http.MethodPost, "/api/mail", permitTickets, h.apiMail)
	add(http.MethodPut, "/api/plugins/:id", permitSetup, h.apiPlugin)
}

func (h *helpdesk) apiTickets(c echo.Context) error {
	limit, after := pageSize, int64(0)
	if text := c.QueryParam("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 200 {
			return invalid(fieldError{"limit", "range", "must be a number from 1 to 200"})
		}
		limit = n
	}
	if text := c.QueryParam("cursor"); text != "" {
		id, ok := parseID(text)
		if !ok {
			return invalid(fieldError{"cursor", "format", "must be the next of a list"})
		}
		after = id
	}
	tickets, more, err := listTickets(c.Request().Context(), h.db.DB, limit, after)
	if err != nil {
		return err
	}
	out := ticketListJSON{Items: []ticketJSON{}}
	for i := range tickets {
		out.Items = append(out.Items, h.showTicket(&tickets[i]))
	}
	if more {
		next := formatID(tickets[len(tickets)-1].ID)
		out.Next = &next
	}
	return c.JSON(http.StatusOK, out)
}

func (h *helpdesk) apiTicket(c echo.Context) error {
	return h.answerTicket(c, http.StatusOK, c.Param("mask"))
}

func (h *helpdesk) answerTicket(c echo.Context, status int, mask string) error {
	t, err := findTicket(c.Request().Context(), h.db.DB, mask)
	if err != nil {
		return err
	}
	if t == nil {
		return notFound()
	}
	out := h.showTicket(t)
	out.Messages = []messageJSON{}
	for _, m := range t.Messages {
		v := messageJSON{formatID(m.ID), m.MessageID, m.Sender, m.Recipient, m.Subject, m.Text, []noteJSON{}}
		for _, n := range m.Notes {
			v.Notes = append(v.Notes, noteJSON{n.Text, n.Sticky, optional(n.DeliveryID)})
		}
		out.Messages = append(out.Messages, v)
	}
	return c.JSON(status, out)
}

func (h *helpdesk) showTicket(t *ticket) ticketJSON {
	return ticketJSON{
		ID: formatID(t.ID), Mask: t.Mask, Subject: t.Subject, Status: t.Status, Group: t.Team, URL: permalink(h.baseURL(), t.Mask),
	}
}

func (h *helpdesk) apiAddress(c echo.Context) error {
	email, err := pathParam(c, "email")
	if err != nil {
		return err
	}
	a, err := findAddress(c.Request().Context(), h.db.DB, email)
	if err != nil {
		return err
	}
	if a == nil {
		return notFound()
	}
	return c.JSON(http.StatusOK, addressJSON{a.Email, a.Defunct})
}

func (h *helpdesk) apiMail(c echo.Context) error {
	var m mail
	if err := decodeStrictly(c.Request().Body, &m); err != nil {
		return err
	}
	if errs := m.check(); errs != nil {
		return invalid(errs...)
	}
	mask, created, err := receive(c.Request().Context(), h.db.DB, m)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	return h.answerTicket(c, status, mask)
}

func (h *helpdesk) apiPlugin(c echo.Context) error {
	var in struct {
		Enabled *bool `json:"enabled"`
	}
	if err := decodeStrictly(c.Request().Body, &in); err != nil {
		return err
	}
	if in.Enabled == nil {
		return invalid(fieldError{"enabled", "required", "must be true or false"})
	}
	p := h.registry.find(c.Param("id"))
	if p == nil {
		return notFound()
	}
	if err := h.switchPlugin(c.Request().Context(), p, *in.Enabled); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, pluginJSON{p.manifest.ID, p.manifest.Name, p.manifest.Version, *in.Enabled})
}

// decodeStrictly reads one JSON value into v and refuses fields that it lacks.
func decodeStrictly(r io.Reader, v any) error {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		err = errors.New("something follows the JSON value")
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return &problem{
			Title: "The request is too large.", Status: http.StatusRequestEntityTooLarge,
			Detail: fmt.Sprintf("at most %d bytes", maxAPIBody),
		}
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("the body is empty")
	}
	return &problem{Title: "The request is malformed.", Status: http.StatusBadRequest, Detail: err.Error()}
}

func invalid(errs ...fieldError) *problem {
	return &problem{Title: "The input is not valid.", Status: http.StatusUnprocessableEntity, Errors: errs}
}

func conflict(title, detail string) *problem {
	return &problem{Title: title, Status: http.StatusConflict, Detail: detail}
}

func notFound() *problem {
	return &problem{Title: "There is no such thing here.", Status: http.StatusNotFound}
}

// pathParam gives a parameter of the path in plain. Echo leaves it escaped
// where a client escaped more than it had to ("anna%40example.com").
func pathParam(c echo.Context, name string) (string, error) {
	value := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return value, nil
	}
	plain, err := url.PathUnescape(value)
	if err != nil {
		return "", notFound()
	}
	return plain, nil
}

// optional is nil for "".
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
