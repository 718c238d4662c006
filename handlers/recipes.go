package handlers

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/recipes"
	"github.com/deskhook/deskhook/models"
)

// recipeJSON is a recipe as the API shows it.
type recipeJSON struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Provider    string            `json:"provider"`
	Description string            `json:"description"`
	Source      string            `json:"source"`
	Inputs      []behaviors.Input `json:"inputs"`
	Samples     []sampleJSON      `json:"samples"`
	Guide       string            `json:"guide"`
}

type sampleJSON struct {
	Name    string `json:"name"`
	Request string `json:"request"`
}

// recipeList is compiled once: neither recipes nor the catalog ever change.
type recipeList struct {
	once  sync.Once
	items []recipeJSON
}

func (h *Handlers) allRecipes() []recipeJSON {
	h.recipes.once.Do(func() {
		h.recipes.items = []recipeJSON{}
		for _, r := range recipes.All() {
			p, _ := behaviors.Compile(r.Source, h.Catalog)
			v := recipeJSON{r.ID, r.Name, r.Provider, r.Description, r.Source, inputsOf(p), []sampleJSON{}, r.Guide}
			for _, s := range r.Samples {
				v.Samples = append(v.Samples, sampleJSON(s))
			}
			h.recipes.items = append(h.recipes.items, v)
		}
	})
	return h.recipes.items
}

func (h *Handlers) listRecipes(c *call) error {
	if err := c.query("limit", "cursor"); err != nil {
		return err
	}
	return c.cached(list[recipeJSON]{Items: h.allRecipes()})
}

type installIn struct {
	Name   optional[string]                     `json:"name"`
	Inputs optional[map[string]json.RawMessage] `json:"inputs"`
}

type installOut struct {
	Behavior behaviorJSON `json:"behavior"`
	Listener listenerJSON `json:"listener"`
}

// installRecipe makes a published behavior of a recipe, and a listener for it.
func (h *Handlers) installRecipe(c *call) error {
	r, ok := recipes.Get(c.param("id"))
	if !ok {
		return notFound()
	}
	var in installIn
	if err := c.decode(&in, false); err != nil {
		return err
	}
	p, diagnostics := behaviors.Compile(r.Source, h.Catalog)
	if p == nil {
		return &Problem{
			Status: http.StatusUnprocessableEntity, Title: "The recipe needs what this host does not have.", Diagnostics: listed(diagnostics),
		}
	}
	name := in.Name
	if !name.Sent {
		name = optional[string]{Sent: true, Value: r.Name}
	}
	ctx := c.r.Context()
	l := &models.Listener{Enabled: true}
	plan := keepInputs(nil)
	errs := mergeName(l, name)
	more, err := h.planInputs(ctx, plan, p, in.Inputs.Value, false)
	if err != nil {
		return err
	}
	if errs = append(errs, more...); errs != nil {
		return invalid(errs...)
	}

	b := &models.Behavior{Name: r.Name, Source: r.Source, UpdatedBy: c.caller.ID}
	if err := h.install(ctx, c.caller, b, l, plan, "recipe "+r.ID); err != nil {
		return err
	}
	h.refresh(c.r)
	if b, err = h.Store.Behavior(ctx, b.ID); err != nil {
		return err
	}
	views, err := h.listenersJSON(ctx, c.caller, []*models.Listener{l})
	if err != nil {
		return err
	}
	return c.answer(http.StatusCreated, installOut{showBehavior(b), views[0]})
}

// install stores both, or nothing.
func (h *Handlers) install(ctx context.Context, caller *Caller, b *models.Behavior, l *models.Listener, plan *inputPlan, note string) error {
	return h.Store.Together(ctx, func(ctx context.Context) error {
		if err := h.Store.CreateBehavior(ctx, b); err != nil {
			return err
		}
		if _, err := h.Store.Publish(ctx, b.ID, b.Source, note, caller.ID, 0); err != nil {
			return err
		}
		l.BehaviorID = b.ID
		models.TrailOf(ctx).Note("%s", note)
		return h.saveListener(ctx, caller, l, plan, h.Store.CreateListener)
	})
}
