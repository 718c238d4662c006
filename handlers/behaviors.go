package handlers

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/models"
)

// behaviorJSON is a behavior as the API shows it.
type behaviorJSON struct {
	ID               string  `json:"id"`
	Name             string  `json:"name"`
	Source           string  `json:"source"`
	Draft            bool    `json:"draft"`
	PublishedVersion *int    `json:"published_version"`
	Policy           rawJSON `json:"policy"`
	Listeners        int     `json:"listeners"`
	UpdatedAt        string  `json:"updated_at"`
	UpdatedBy        string  `json:"updated_by"`
	// Diagnostics of a draft that was just saved.
	Diagnostics *behaviors.Diagnostics `json:"diagnostics,omitempty"`
}

// rawJSON is JSON as it is stored; nil is null.
type rawJSON []byte

// MarshalJSON gives the stored bytes.
func (r rawJSON) MarshalJSON() ([]byte, error) {
	if r == nil {
		return []byte("null"), nil
	}
	return r, nil
}

type newBehavior struct {
	Source optional[string] `json:"source"`
}

type behaviorPatch struct {
	Source optional[string]          `json:"source"`
	Policy optional[json.RawMessage] `json:"policy"`
}

func (h *Handlers) listBehaviors(c *call) error {
	p, err := c.page()
	if err != nil {
		return err
	}
	rows, next, err := fetch(p, func(b *models.Behavior) int64 { return b.ID },
		func(p models.Page) ([]*models.Behavior, error) { return h.Store.Behaviors(c.r.Context(), p) })
	if err != nil {
		return err
	}
	items := make([]behaviorJSON, 0, len(rows))
	for _, b := range rows {
		items = append(items, showBehavior(b))
	}
	return c.answer(http.StatusOK, list[behaviorJSON]{items, next})
}

func (h *Handlers) getBehavior(c *call) error {
	b, err := h.behavior(c)
	if err != nil {
		return err
	}
	return c.object(http.StatusOK, revisionETag(b.Revision), showBehavior(b))
}

// createBehavior keeps a draft, whether or not it compiles.
func (h *Handlers) createBehavior(c *call) error {
	var in newBehavior
	if err := c.decode(&in, false); err != nil {
		return err
	}
	if !in.Source.Sent || in.Source.Null {
		return invalid(FieldError{"source", "required", "a behavior needs a source"})
	}
	b := &models.Behavior{UpdatedBy: c.caller.ID}
	diagnostics := h.draft(b, in.Source.Value)
	if err := h.Store.CreateBehavior(c.r.Context(), b); err != nil {
		return err
	}
	return answerDraft(c, http.StatusCreated, b, diagnostics)
}

func (h *Handlers) patchBehavior(c *call) error {
	var in behaviorPatch
	if err := c.decode(&in, false); err != nil {
		return err
	}
	if in.Source.Null {
		return invalid(notNull("source", true)...)
	}
	if in.Policy.Sent && !c.caller.may(Manage) {
		return forbidden(Manage)
	}
	policy, err := h.readPolicy(in.Policy)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		b, err := h.behavior(c)
		if err != nil {
			return err
		}
		conditional, err := c.ifMatch(revisionETag(b.Revision))
		if err != nil {
			return err
		}
		source := b.Source
		if in.Source.Sent {
			source = in.Source.Value
		}
		if in.Policy.Sent {
			if b.Policy, err = storePolicy(policy); err != nil {
				return err
			}
		}
		diagnostics := h.draft(b, source)
		b.UpdatedBy = c.caller.ID
		err = h.Store.UpdateBehavior(c.r.Context(), b)
		switch {
		case errors.Is(err, models.ErrConflict) && conditional:
			return preconditionFailed()
		case errors.Is(err, models.ErrConflict) && try < updateTries:
			continue
		case err != nil:
			return err
		}
		if in.Policy.Sent {
			h.refresh(c.r)
		}
		return answerDraft(c, http.StatusOK, b, diagnostics)
	}
}

func (h *Handlers) deleteBehavior(c *call) error {
	b, err := h.behavior(c)
	if err != nil {
		return err
	}
	if _, err := c.ifMatch(revisionETag(b.Revision)); err != nil {
		return err
	}
	err = h.Store.DeleteBehavior(c.r.Context(), b.ID)
	if errors.Is(err, models.ErrConflict) {
		return conflict("listeners use the behavior: give them another one, or delete them first")
	}
	if err != nil {
		return err
	}
	h.refresh(c.r)
	return c.noContent()
}

// behavior is the one that the path names.
func (h *Handlers) behavior(c *call) (*models.Behavior, error) { return named(c, h.Store.Behavior) }

// draft makes a source the behavior's draft, and says what is wrong with it.
func (h *Handlers) draft(b *models.Behavior, source string) behaviors.Diagnostics {
	p, diagnostics := h.compileDraft(b, source)
	b.Source = source
	if p != nil {
		b.Name = p.Name()
	} else if name := draftName(source); name != "" {
		b.Name = name
	}
	if b.Name == "" {
		b.Name = "Untitled"
	}
	if runes := []rune(b.Name); len(runes) > maxName {
		b.Name = string(runes[:maxName])
	}
	return diagnostics
}

// draftName finds the name of a document that does not compile, so that it can
// be told from others in a list: the first top-level `name` line.
func draftName(source string) string {
	for line := range strings.Lines(source) {
		if !strings.HasPrefix(line, "name:") {
			continue
		}
		var doc struct {
			Name string `yaml:"name"`
		}
		if yaml.Unmarshal([]byte(line), &doc) != nil {
			return ""
		}
		return doc.Name
	}
	return ""
}

func answerDraft(c *call, status int, b *models.Behavior, diagnostics behaviors.Diagnostics) error {
	v := showBehavior(b)
	diagnostics = listed(diagnostics)
	v.Diagnostics = &diagnostics
	return c.object(status, revisionETag(b.Revision), v)
}

// listed makes each list of diagnostics a list in JSON too, if an empty one.
func listed(ds behaviors.Diagnostics) behaviors.Diagnostics {
	out := make(behaviors.Diagnostics, len(ds))
	for i, d := range ds {
		if d.Fixes == nil {
			d.Fixes = []behaviors.Fix{}
		}
		out[i] = d
	}
	return out
}

func showBehavior(b *models.Behavior) behaviorJSON {
	v := behaviorJSON{
		ID: formatID(b.ID), Name: b.Name, Source: b.Source,
		Draft: b.PublishedID == 0 || b.Source != b.PublishedSource, Policy: rawJSON(b.Policy),
		Listeners: b.Listeners, UpdatedAt: formatTime(b.UpdatedAt), UpdatedBy: b.UpdatedBy,
	}
	if b.PublishedID != 0 {
		v.PublishedVersion = &b.PublishedVersion
	}
	return v
}

// errorCount says how many errors hinder a publication.
func errorCount(ds behaviors.Diagnostics) string {
	n := 0
	for _, d := range ds {
		if d.Severity == expression.SeverityError {
			n++
		}
	}
	if n == 1 {
		return "The behavior has 1 error."
	}
	return fmt.Sprintf("The behavior has %d errors.", n)
}
