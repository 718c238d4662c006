package main

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"
)

type workersContent struct {
	Workers []worker
}

type workerContent struct {
	Worker   *worker // without an id: a new one
	Fields   []field
	Password field
	Self     bool // of whoever looks
	Problems problems
}

func (h *helpdesk) workersPage(c echo.Context, s *session) error {
	workers, err := listWorkers(c.Request().Context(), h.db.DB)
	if err != nil {
		return err
	}
	return h.draw(c.Response(), c.Request(), s, http.StatusOK, "workers", "Workers", workersContent{workers})
}

// workerOf gives the worker of the path; "new" is one who is not there yet.
func (h *helpdesk) workerOf(c echo.Context) (*worker, error) {
	if c.Param("id") == "new" {
		return &worker{}, nil
	}
	id, _ := parseID(c.Param("id"))
	w, err := findWorker(c.Request().Context(), h.db.DB, id)
	if w == nil && err == nil {
		err = notFound()
	}
	return w, err
}

func (h *helpdesk) workerPage(c echo.Context, s *session) error {
	w, err := h.workerOf(c)
	if err != nil {
		return err
	}
	return h.drawWorker(c, s, w, nil)
}

const longestName, longestLogin = 255, 64

func (h *helpdesk) drawWorker(c echo.Context, s *session, w *worker, wrong problems) error {
	roles, err := listRoles(c.Request().Context(), h.db.DB)
	if err != nil {
		return err
	}
	choice := field{Name: "role", Label: "Role", Problem: wrong["role"], Type: "select", Required: true}
	for _, r := range roles {
		choice.Options = append(choice.Options, option{Value: formatID(r.ID), Label: r.Name, Chosen: r.ID == w.RoleID})
	}
	content := workerContent{
		Worker: w, Self: w.ID == s.WorkerID, Problems: wrong,
		Fields: []field{
			{Name: "name", Label: "Name", Value: w.Name, Problem: wrong["name"], Type: "text", MaxLength: longestName, Autocomplete: "off", Required: true},
			choice,
		},
		Password: field{
			Name: "password", Label: "Password", Problem: wrong["password"], Type: "password", Autocomplete: "new-password", Required: true,
			Help: "At least 10 characters. Tell it to the worker; nobody can read it here again.",
		},
	}
	title := "Worker"
	if w.ID == 0 {
		title = "New worker"
		content.Fields = append([]field{{
			Name: "login", Label: "Log-in", Value: w.Login, Problem: wrong["login"], Type: "text", MaxLength: longestLogin, Autocomplete: "off", Required: true,
			Help: "What the worker logs in with, such as anna or anna.berg.",
		}}, content.Fields...)
	}
	return h.draw(c.Response(), c.Request(), s, wrong.status(), "worker", title, content)
}

var loginPattern = regexp.MustCompile(`^[a-z][a-z0-9._-]*$`)

func (h *helpdesk) workerForm(c echo.Context, s *session) error {
	w, err := h.workerOf(c)
	if err != nil {
		return err
	}
	ctx, wrong := c.Request().Context(), problems{}
	w.Name = wrong.text(c, "name", longestName)
	w.RoleID, _ = parseID(c.FormValue("role"))
	if r, err := findRole(ctx, h.db.DB, w.RoleID); err != nil {
		return err
	} else if r == nil {
		wrong["role"] = "Choose one of the roles."
	}
	store, result := changeWorker, "saved"
	if w.ID == 0 {
		store, result = createWorker, "created"
		w.Login = strings.ToLower(wrong.text(c, "login", longestLogin))
		if wrong["login"] == "" && !loginPattern.MatchString(w.Login) {
			wrong["login"] = "Begin with a letter, and use lower-case letters, digits and . _ - only."
		}
		if password := wrong.password(c, "password"); len(wrong) == 0 {
			if err := setPassword(w, password, h.passwordCost); err != nil {
				return err
			}
		}
	}
	if len(wrong) == 0 {
		err := store(ctx, h.db.DB, w)
		if err == nil {
			h.log.InfoContext(ctx, "worker "+result, "worker", w.ID, "by", s.WorkerID)
			return c.Redirect(http.StatusSeeOther, "/setup/workers?done="+result)
		}
		if !errors.Is(err, errNameTaken) {
			return err
		}
		wrong["login"] = "Another worker logs in by this name."
	}
	return h.drawWorker(c, s, w, wrong)
}

func (h *helpdesk) passwordForm(c echo.Context, s *session) error {
	w, err := h.existingWorker(c)
	if err != nil {
		return err
	}
	wrong := problems{}
	password := wrong.password(c, "password")
	if len(wrong) > 0 {
		return h.drawWorker(c, s, w, wrong)
	}
	if err := setPassword(w, password, h.passwordCost); err != nil {
		return err
	}
	if err := changePassword(c.Request().Context(), h.db.DB, w, s); err != nil {
		return err
	}
	return h.workerChanged(c, s, w, "password")
}

func (h *helpdesk) disableForm(c echo.Context, s *session) error {
	w, err := h.existingWorker(c)
	if err != nil {
		return err
	}
	disabled, result := c.FormValue("disabled") == "true", "enabled"
	if disabled {
		result = "disabled"
		if w.ID == s.WorkerID {
			return conflict("You cannot disable yourself.", "Let another worker do it.")
		}
	}
	if err := disableWorker(c.Request().Context(), h.db.DB, w, disabled, h.now().UnixMilli()); err != nil {
		return err
	}
	return h.workerChanged(c, s, w, result)
}

// existingWorker gives the worker of the path, who must be there.
func (h *helpdesk) existingWorker(c echo.Context) (*worker, error) {
	w, err := h.workerOf(c)
	if err == nil && w.ID == 0 {
		return nil, notFound()
	}
	return w, err
}

func (h *helpdesk) workerChanged(c echo.Context, s *session, w *worker, result string) error {
	h.log.InfoContext(c.Request().Context(), "worker changed", "worker", w.ID, "change", result, "by", s.WorkerID)
	return c.Redirect(http.StatusSeeOther, "/setup/workers/"+formatID(w.ID)+"?done="+result)
}
