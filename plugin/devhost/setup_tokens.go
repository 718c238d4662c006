package main

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

type tokensContent struct {
	Tokens []tokenLine
}

type tokenLine struct {
	bearerToken
	State       string
	Permissions []option
}

type tokenContent struct {
	Name, Expires field
	Permissions   []option
	Problems      problems
	Issued        string // the token itself, shown once
}

// tokenOptions are the helpdesk's own permissions of a token.
var tokenOptions = []option{
	{Value: permitTickets, Label: "Helpdesk: read tickets and addresses, file mail"},
	{Value: permitSetup, Label: "Helpdesk: switch plugins on and off"},
}

func (h *helpdesk) tokensPage(c echo.Context, s *session) error {
	tokens, err := listTokens(c.Request().Context(), h.db.DB)
	if err != nil {
		return err
	}
	var content tokensContent
	for _, t := range tokens {
		content.Tokens = append(content.Tokens, tokenLine{t, t.State(h.now().UnixMilli()), h.permissions(tokenOptions, t.Has)})
	}
	return h.draw(c.Response(), c.Request(), s, http.StatusOK, "tokens", "Tokens", content)
}

func (h *helpdesk) tokenPage(c echo.Context, s *session) error {
	return h.drawToken(c, s, &bearerToken{}, "", "", nil)
}

// longestToken is the longest name of a token.
const longestToken = 64

func (h *helpdesk) drawToken(c echo.Context, s *session, t *bearerToken, expires, issued string, wrong problems) error {
	return h.draw(c.Response(), c.Request(), s, wrong.status(), "token", "New token", tokenContent{
		Name: field{
			Name: "name", Label: "Name", Value: t.Name, Problem: wrong["name"], Type: "text", MaxLength: longestToken, Autocomplete: "off", Required: true,
			Help: "Who or what calls with it. The audit trail shows this name.",
		},
		Expires: field{
			Name: "expires", Label: "Last day", Value: expires, Problem: wrong["expires"], Type: "date",
			Min: h.now().UTC().Format(time.DateOnly), Help: "The token works until this day ends (UTC). Empty: until it is revoked.",
		},
		Permissions: h.permissions(tokenOptions, t.Has),
		Problems:    wrong,
		Issued:      issued,
	})
}

func (h *helpdesk) tokenForm(c echo.Context, s *session) error {
	wrong, now := problems{}, h.now()
	t := bearerToken{WorkerID: s.WorkerID, Name: wrong.text(c, "name", longestToken)}
	t.Permissions = strings.Join(chosen(c, "permission", h.permissions(tokenOptions, t.Has)), " ")
	if t.Permissions == "" {
		wrong["permission"] = "Choose at least one."
	}
	expires := strings.TrimSpace(c.FormValue("expires"))
	if expires != "" {
		day, err := time.Parse(time.DateOnly, expires)
		end := day.AddDate(0, 0, 1)
		switch {
		case err != nil:
			wrong["expires"] = "Enter a day such as 2027-01-31, or nothing."
		case !end.After(now):
			wrong["expires"] = "This day is over already."
		default:
			t.ExpiresAt = end.UnixMilli()
		}
	}
	if len(wrong) > 0 {
		return h.drawToken(c, s, &t, expires, "", wrong)
	}
	issued, err := issueToken(c.Request().Context(), h.db.DB, &t)
	if err != nil {
		return err
	}
	h.log.InfoContext(c.Request().Context(), "token issued", "token", t.ID, "by", s.WorkerID)
	// No redirect: this answer is the only place that ever shows it.
	return h.drawToken(c, s, &t, expires, issued, nil)
}

func (h *helpdesk) revokeForm(c echo.Context, s *session) error {
	id, _ := parseID(c.Param("id"))
	found, err := revokeToken(c.Request().Context(), h.db.DB, id, h.now().UnixMilli())
	if err != nil {
		return err
	}
	if !found {
		return notFound()
	}
	h.log.InfoContext(c.Request().Context(), "token revoked", "token", id, "by", s.WorkerID)
	return c.Redirect(http.StatusSeeOther, "/setup/tokens?done=revoked")
}
