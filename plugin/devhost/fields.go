package main

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

// field is one input of a form, as templates/fields.html draws it.
type field struct {
	Name, Label, Value, Help string
	Problem                  string // what is wrong with the value, in words
	Type                     string // of the input: text, password, number, date; select
	Options                  []option
	Min, Max                 string
	MaxLength                int
	Autocomplete             string
	Placeholder              string
	Required                 bool
	Disabled                 bool
}

// option is one of those that a field or a set of check boxes offers.
type option struct {
	Value, Label string
	Chosen       bool
	Fixed        bool // cannot be changed here
}

// problems are what is wrong with a form, by the names of its fields.
type problems map[string]string

// text checks a field that is one line, and gives it without blanks around it.
func (p problems) text(c echo.Context, name string, longest int) string {
	value := strings.TrimSpace(c.FormValue(name))
	switch {
	case value == "":
		p[name] = "Enter something."
	case utf8.RuneCountInString(value) > longest:
		p[name] = fmt.Sprintf("Use at most %d characters.", longest)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == utf8.RuneError }):
		p[name] = "Use one line of plain text."
	}
	return value
}

// password checks a new password. It says nothing about whether it is guessed.
func (p problems) password(c echo.Context, name string) string {
	value := c.FormValue(name)
	switch {
	case utf8.RuneCountInString(value) < shortestPassword:
		p[name] = fmt.Sprintf("Use at least %d characters.", shortestPassword)
	case len(value) > longestPassword:
		p[name] = fmt.Sprintf("Use at most %d bytes; letters beyond ASCII have more than one.", longestPassword)
	}
	return value
}

// status of a form that is drawn again, or of a page.
func (p problems) status() int {
	if len(p) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// chosen gives those of a set of check boxes that are ticked; what is not
// offered cannot be.
func chosen(c echo.Context, name string, options []option) []string {
	if err := c.Request().ParseForm(); err != nil { // the token of the form was read: it parses
		return nil
	}
	var values []string
	for _, o := range options {
		for _, v := range c.Request().PostForm[name] {
			if v == o.Value {
				values = append(values, v)
				break
			}
		}
	}
	return values
}

// permissions are the check boxes of what plugins and the helpdesk itself let
// somebody do.
func (h *helpdesk) permissions(own []option, has func(string) bool) []option {
	var all []option
	for _, p := range h.registry.plugins {
		for _, permission := range p.manifest.Permissions {
			all = append(all, option{Value: string(permission.ID), Label: p.manifest.Name + ": " + permission.Label})
		}
	}
	all = append(all, own...)
	for i := range all {
		all[i].Chosen = has(all[i].Value)
	}
	return all
}
