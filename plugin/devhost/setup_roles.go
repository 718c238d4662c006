package main

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

type rolesContent struct {
	Roles []roleLine
}

// roleLine is a role with what it lets its workers do.
type roleLine struct {
	ID          int64
	Name        string
	Workers     int64
	Permissions []option
}

type roleContent struct {
	ID          int64 // 0: a new one
	Name        field
	Permissions []option
	Deletable   bool
	Problems    problems
}

const longestRole = 64

// setupOption is the helpdesk's own permission of a role.
var setupOption = option{Value: permitSetup, Label: "Helpdesk: set up plugins, roles, workers and tokens"}

func (h *helpdesk) permissionsOf(r *role) []option {
	options := h.permissions([]option{setupOption}, func(id string) bool {
		return id == permitSetup && r.Setup || holds(r.Permissions, id)
	})
	options[len(options)-1].Fixed = r.Administrators
	return options
}

func (h *helpdesk) rolesPage(c echo.Context, s *session) error {
	ctx := c.Request().Context()
	roles, err := listRoles(ctx, h.db.DB)
	if err != nil {
		return err
	}
	workers, err := workersByRole(ctx, h.db.DB)
	if err != nil {
		return err
	}
	var content rolesContent
	for i := range roles {
		r := &roles[i]
		content.Roles = append(content.Roles, roleLine{r.ID, r.Name, workers[r.ID], h.permissionsOf(r)})
	}
	return h.draw(c.Response(), c.Request(), s, http.StatusOK, "roles", "Roles", content)
}

// roleOf gives the role of the path; "new" is one that is not there yet.
func (h *helpdesk) roleOf(c echo.Context) (*role, error) {
	if c.Param("id") == "new" {
		return &role{}, nil
	}
	id, _ := parseID(c.Param("id"))
	r, err := findRole(c.Request().Context(), h.db.DB, id)
	if r == nil && err == nil {
		err = notFound()
	}
	return r, err
}

func (h *helpdesk) rolePage(c echo.Context, s *session) error {
	r, err := h.roleOf(c)
	if err != nil {
		return err
	}
	return h.drawRole(c, s, r, nil)
}

func (h *helpdesk) drawRole(c echo.Context, s *session, r *role, wrong problems) error {
	title := "New role"
	if r.ID > 0 {
		title = "Role"
	}
	return h.draw(c.Response(), c.Request(), s, wrong.status(), "role", title, roleContent{
		ID:          r.ID,
		Name:        field{Name: "name", Label: "Name", Value: r.Name, Problem: wrong["name"], Type: "text", MaxLength: longestRole, Required: true},
		Permissions: h.permissionsOf(r),
		Deletable:   r.ID > 0 && !r.Administrators,
		Problems:    wrong,
	})
}

func (h *helpdesk) roleForm(c echo.Context, s *session) error {
	r, err := h.roleOf(c)
	if err != nil {
		return err
	}
	wrong := problems{}
	r.Name = wrong.text(c, "name", longestRole)
	permitted := chosen(c, "permission", h.permissionsOf(r))
	r.Setup = r.Administrators || slices.Contains(permitted, permitSetup)
	permitted = slices.DeleteFunc(permitted, func(id string) bool { return id == permitSetup })
	r.Permissions = strings.Join(permitted, " ")
	result := "created"
	if r.ID > 0 {
		result = "saved"
	}
	if len(wrong) == 0 {
		err := saveRole(c.Request().Context(), h.db.DB, r)
		if err == nil {
			h.log.InfoContext(c.Request().Context(), "role "+result, "role", r.ID, "by", s.WorkerID)
			return c.Redirect(http.StatusSeeOther, "/setup/roles?done="+result)
		}
		if !errors.Is(err, errNameTaken) {
			return err
		}
		wrong["name"] = "Another role has this name."
	}
	return h.drawRole(c, s, r, wrong)
}

func (h *helpdesk) roleDeleteForm(c echo.Context, s *session) error {
	id, _ := parseID(c.Param("id"))
	if err := deleteRole(c.Request().Context(), h.db.DB, id); err != nil {
		return err
	}
	h.log.InfoContext(c.Request().Context(), "role deleted", "role", id, "by", s.WorkerID)
	return c.Redirect(http.StatusSeeOther, "/setup/roles?done=deleted")
}
