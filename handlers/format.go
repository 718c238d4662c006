package handlers

import (
	"fmt"
	"net/http"

	"github.com/deskhook/deskhook/behaviors"
)

type sourceIn struct {
	Source string `json:"source"`
}

type formatOut struct {
	Source string `json:"source"`
	// Edits make it of what was sent.
	Edits []behaviors.Edit `json:"edits"`
}

// format lays a source out anew. One that cannot be read stays as it is.
func (h *Handlers) format(c *call) error {
	var in sourceIn
	if err := c.decode(&in, false); err != nil {
		return err
	}
	tidy, edits, refused := behaviors.FormatSource(in.Source)
	if refused != nil {
		first := refused[0]
		return &Problem{
			Status: http.StatusUnprocessableEntity, Title: "The source cannot be formatted.",
			Detail: fmt.Sprintf("line %d, column %d: %s", first.Line, first.Column, first.Message), Diagnostics: listed(refused),
		}
	}
	return c.answer(http.StatusOK, formatOut{tidy, edits})
}

type outlineOut struct {
	Items []behaviors.OutlineItem `json:"items"`
}

// outline says what a source consists of, also where it does not compile.
func (h *Handlers) outline(c *call) error {
	var in sourceIn
	if err := c.decode(&in, false); err != nil {
		return err
	}
	return c.answer(http.StatusOK, outlineOut{behaviors.Outline(in.Source)})
}
