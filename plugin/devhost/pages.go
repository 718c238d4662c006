package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// pageHandler serves a page to a worker who is logged in.
type pageHandler func(c echo.Context, s *session) error

// mountPages adds the helpdesk's own pages. They work with every plugin off.
func (h *helpdesk) mountPages(e *echo.Echo) {
	e.GET("/static/*", echo.WrapHandler(cached(http.FileServerFS(staticFiles))))
	e.GET("/", h.page(h.ticketsPage))
	e.POST("/login", h.loginForm)
	e.POST("/logout", h.form(h.logoutForm))
	e.GET("/tickets/:mask", h.page(h.ticketPage))
	e.GET("/tickets/:mask/files/:id", h.page(h.ticketFile))
	e.GET("/notifications", h.page(h.notificationsPage))
	e.POST("/notifications/read", h.form(h.notificationsForm))
	for path, get := range map[string]pageHandler{
		"/setup/plugins":     h.pluginsPage,
		"/setup/roles":       h.rolesPage,
		"/setup/roles/:id":   h.rolePage,
		"/setup/workers":     h.workersPage,
		"/setup/workers/:id": h.workerPage,
		"/setup/tokens":      h.tokensPage,
		"/setup/tokens/new":  h.tokenPage,
	} {
		e.GET(path, h.page(setup(get)))
	}
	for path, post := range map[string]pageHandler{
		"/setup/plugins/:id":          h.pluginForm,
		"/setup/plugins/:id/settings": h.settingsForm,
		"/setup/roles/:id":            h.roleForm,
		"/setup/roles/:id/delete":     h.roleDeleteForm,
		"/setup/workers/:id":          h.workerForm,
		"/setup/workers/:id/password": h.passwordForm,
		"/setup/workers/:id/disable":  h.disableForm,
		"/setup/tokens":               h.tokenForm,
		"/setup/tokens/:id/revoke":    h.revokeForm,
	} {
		e.POST(path, h.form(setup(post)))
	}
}

func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// page asks for a log-in first.
func (h *helpdesk) page(handle pageHandler) echo.HandlerFunc {
	return func(c echo.Context) error {
		s, err := h.sessionOf(c.Request())
		if err != nil {
			return err
		}
		if s == nil {
			return h.drawLogin(c, http.StatusOK, loginContent{Next: c.Request().URL.RequestURI()})
		}
		return handle(c, s)
	}
}

// form serves a changing call: it carries the session's token, which another
// site cannot know.
func (h *helpdesk) form(handle pageHandler) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, 64<<10)
		s, err := h.sessionOf(c.Request())
		if err != nil {
			return err
		}
		if s == nil {
			return c.Redirect(http.StatusSeeOther, "/")
		}
		if !sameText(s.CSRF, c.FormValue("csrf")) {
			return &problem{
				Title: "The form does not belong to this session.", Status: http.StatusForbidden, Detail: "Go back, reload and send it again.",
			}
		}
		return handle(c, s)
	}
}

// setup keeps out workers whose role has no part in it.
func setup(handle pageHandler) pageHandler {
	return func(c echo.Context, s *session) error {
		if !s.Worker.Role.Setup {
			return &problem{Title: "You may not do this.", Status: http.StatusForbidden, Detail: "It is for those who set up the helpdesk."}
		}
		return handle(c, s)
	}
}

type loginContent struct {
	Next, Login, Problem string
}

func (h *helpdesk) drawLogin(c echo.Context, status int, content loginContent) error {
	return h.draw(c.Response(), c.Request(), nil, status, "login", "Log in", content)
}

func (h *helpdesk) loginForm(c echo.Context) error {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, 64<<10)
	// There is no session yet whose token the form could carry.
	if err := h.crossOrigin.Check(r); err != nil {
		return &problem{Title: "The form was sent from another site.", Status: http.StatusForbidden}
	}
	content := loginContent{Next: localPath(c.FormValue("next")), Login: c.FormValue("login")}
	if !h.logins.AllowN(h.now(), 1) {
		content.Problem = "Too many people try to log in. Wait a moment."
		return h.drawLogin(c, http.StatusTooManyRequests, content)
	}
	w, err := logIn(r.Context(), h.db.DB, content.Login, c.FormValue("password"))
	if err != nil {
		return err
	}
	if w == nil {
		content.Problem = "The name or the password is wrong."
		return h.drawLogin(c, http.StatusUnauthorized, content)
	}
	token, err := h.startSession(r.Context(), w.ID)
	if err != nil {
		return err
	}
	c.SetCookie(newSessionCookie(token, h.secure()))
	return c.Redirect(http.StatusSeeOther, content.Next)
}

// localPath keeps a redirect on this site.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.ContainsAny(next, "\\\t\r\n") {
		return "/"
	}
	return "/" + strings.TrimLeft(u.RequestURI(), "/")
}

func (h *helpdesk) logoutForm(c echo.Context, s *session) error {
	if err := endSession(c.Request().Context(), h.db.DB, s); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	c.SetCookie(newSessionCookie("", h.secure()))
	return c.Redirect(http.StatusSeeOther, "/")
}

type ticketsContent struct {
	Tickets []ticket
	Next    string // of the older ones, or ""
}

func (h *helpdesk) ticketsPage(c echo.Context, s *session) error {
	after, _ := parseID(c.QueryParam("after"))
	tickets, more, err := listTickets(c.Request().Context(), h.db.DB, pageSize, after)
	if err != nil {
		return err
	}
	content := ticketsContent{Tickets: tickets}
	if more {
		content.Next = "/?after=" + formatID(tickets[len(tickets)-1].ID)
	}
	return h.draw(c.Response(), c.Request(), s, http.StatusOK, "tickets", "Tickets", content)
}

type ticketContent struct {
	Ticket     *ticket
	addresses  map[string]address
	deliveries deliveryLinks
}

// person is a sender or recipient, with what is known of the address.
type person struct {
	Text    string
	Address address
	Why     string
}

// Person gives what stands beside "Anna <anna@example.com>".
func (t ticketContent) Person(text string) person {
	a := t.addresses[bareEmail(text)]
	return person{text, a, t.Why(a.DeliveryID)}
}

// Why is the page of the delivery that a note or a mark was made for, or "".
func (t ticketContent) Why(deliveryID string) string { return t.deliveries.of(deliveryID) }

func (h *helpdesk) ticketPage(c echo.Context, s *session) error {
	ctx := c.Request().Context()
	t, err := findTicket(ctx, h.db.DB, c.Param("mask"))
	if err != nil {
		return err
	}
	if t == nil {
		return notFound()
	}
	addresses, err := addressesOf(ctx, h.db.DB, t)
	if err != nil {
		return err
	}
	content := ticketContent{t, addresses, h.deliveryLinks(s)}
	return h.draw(c.Response(), c.Request(), s, http.StatusOK, "ticket", t.Mask+" "+t.Subject, content)
}

// answerError is the only place that writes an error, and logs what nobody expected.
func (h *helpdesk) answerError(err error, c echo.Context) {
	r := c.Request()
	p, known := problemOf(err)
	if !known {
		h.log.ErrorContext(r.Context(), "request failed", "method", r.Method, "route", c.Path(), "error", err)
	}
	if c.Response().Committed {
		return
	}
	if strings.HasPrefix(r.URL.Path, "/api/") || !wantsHTML(r) {
		err = p.write(c.Response())
	} else {
		s, sessionErr := h.sessionOf(r)
		err = errors.Join(sessionErr, h.draw(c.Response(), r, s, p.Status, "error", p.Title, p))
	}
	if err != nil {
		h.log.WarnContext(r.Context(), "error not answered", "error", err)
	}
}
