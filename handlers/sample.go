package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/recipes"
	"github.com/deskhook/deskhook/behaviors/signatures"
	"github.com/deskhook/deskhook/models"
)

const (
	sampleTimeout = 10 * time.Second
	// sampleHeader names a sample that was sent, so that its delivery is found
	// and the log tells it from an event.
	sampleHeader = "X-Deskhook-Sample"
)

// listenerSampleJSON is a sample that a listener can be sent. Its name is
// "recipe/name" where two recipes have one of that name.
type listenerSampleJSON struct {
	Name   string `json:"name"`
	Recipe string `json:"recipe"`

	request string
}

type sampleIn struct {
	Sample string `json:"sample"`
}

type sampleOut struct {
	responseJSON
	DeliveryID *string `json:"delivery_id"`
}

// listSamples lists the samples of the provider that a listener verifies.
func (h *Handlers) listSamples(c *call) error {
	if err := c.query("limit", "cursor"); err != nil {
		return err
	}
	l, err := h.listener(c)
	if err != nil {
		return err
	}
	b, err := h.Store.Behavior(c.r.Context(), l.BehaviorID)
	if err != nil {
		return err
	}
	items := []listenerSampleJSON{}
	if p := h.program(b); p != nil {
		items = samplesOf(p)
	}
	return c.answer(http.StatusOK, list[listenerSampleJSON]{Items: items})
}

// samplesOf are those of the recipes of the provider whose signature a program
// asks for.
func samplesOf(p *behaviors.Program) []listenerSampleJSON {
	samples := []listenerSampleJSON{}
	provider, _ := p.Signature()
	if provider == nil {
		return samples
	}
	count := map[string]int{}
	for _, r := range recipes.All() {
		if r.Provider != provider.Name {
			continue
		}
		for _, s := range r.Samples {
			samples = append(samples, listenerSampleJSON{s.Name, r.ID, s.Request})
			count[s.Name]++
		}
	}
	for i, s := range samples {
		if count[s.Name] > 1 {
			samples[i].Name = s.Recipe + "/" + s.Name
		}
	}
	return samples
}

// sendSample signs a sample as its provider would, with the listener's own
// secret, and sends it through the listener's public URL.
func (h *Handlers) sendSample(c *call) error {
	var in sampleIn
	if err := c.decode(&in, false); err != nil {
		return err
	}
	l, err := h.listener(c)
	if err != nil {
		return err
	}
	ctx := c.r.Context()
	b, err := h.Store.Behavior(ctx, l.BehaviorID)
	if err != nil {
		return err
	}
	p := h.program(b)
	switch {
	case !l.Enabled:
		return notSent("The listener is disabled, so its URL answers 404. Enable it first; pause it, if its runs shall wait.")
	case p == nil || b.PublishedID == 0:
		return notSent("The listener's behavior has no published version that works here, so its URL answers 503. Publish it first.")
	}
	sample, err := pickSample(samplesOf(p), in.Sample)
	if err != nil {
		return err
	}
	provider, inputs := p.Signature()
	secret, err := h.signingSecret(ctx, l, inputs)
	if err != nil {
		return err
	}
	now, err := h.Store.Now(ctx)
	if err != nil {
		return err
	}
	id := rand.Text()
	r, err := signedSample(sample.request, provider, secret, id, now.Time())
	if err != nil {
		return fmt.Errorf("sample %s of %s: %w", sample.Name, sample.Recipe, err)
	}
	answer, err := Post(ctx, h.listenerURL(l), r, sampleTimeout)
	if err != nil {
		return notSent(fmt.Sprintf("The listener's URL could not be called from here: %v. Check the base URL, or the listener's own URL, and whether this server reaches it.", err))
	}
	trail := models.TrailOf(ctx)
	trail.Touch("listener %d", l.ID)
	trail.Note("sample %s of %s", sample.Name, sample.Recipe)
	delivery, err := h.sampleDelivery(ctx, l.ID, id)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, sampleOut{*showResponse(answer.Status, fieldPairs(headerOf(answer.Header)), answer.Body), optionalID(delivery)})
}

// notSent is 409: nothing was sent, as things stand.
func notSent(detail string) *Problem {
	return &Problem{Status: http.StatusConflict, Title: "The sample was not delivered.", Detail: detail}
}

// pickSample finds a sample by its name, or by recipe and name.
func pickSample(samples []listenerSampleJSON, name string) (listenerSampleJSON, error) {
	var names []string
	for _, s := range samples {
		if s.Name == name || s.Recipe+"/"+s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	message := "the listener verifies no provider that there are samples of"
	if len(names) > 0 {
		message = "there is no such sample; there are: " + strings.Join(names, ", ")
	}
	return listenerSampleJSON{}, invalid(FieldError{"sample", "unknown", message})
}

// signingSecret is the value of the first of these inputs that has one.
func (h *Handlers) signingSecret(ctx context.Context, l *models.Listener, inputs []string) (string, error) {
	for _, name := range inputs {
		in, ok := l.Inputs[name].(models.SecretInput)
		if !ok || in.ID == 0 {
			continue
		}
		value, err := h.Store.SecretValue(ctx, in.ID)
		switch {
		case errors.Is(err, models.ErrUnreadable):
			return "", notSent(fmt.Sprintf("The secret of %s is unreadable: it was encrypted with a key that the host no longer has. Set it again.", name))
		case err != nil && !errors.Is(err, models.ErrNotFound):
			return "", err
		case value != "":
			return value, nil
		}
	}
	if len(inputs) == 0 {
		return "", notSent("The behavior's verify names no input that holds a secret, so there is nothing to sign with.")
	}
	return "", notSent(fmt.Sprintf("%s is not set, so there is nothing to sign with, and every request is refused.", strings.Join(inputs, " or ")))
}

// signedSample is a sample as the provider would send it now, as an event of
// its own.
func signedSample(text string, provider *signatures.Provider, secret, id string, now time.Time) (*payload.Request, error) {
	r, err := payload.ReadRequest([]byte(text))
	if err != nil {
		return nil, err
	}
	if err := provider.Renew(r, id); err != nil {
		return nil, err
	}
	r.Header = r.Header.With(sampleHeader, id)
	return r, provider.Sign(r, secret, now)
}

// sampleDelivery finds what a sample became, or 0. What was accepted is there
// before the answer; what another node refused follows within a second.
func (h *Handlers) sampleDelivery(ctx context.Context, listener int64, id string) (int64, error) {
	if err := h.Store.Flush(ctx); err != nil {
		return 0, err
	}
	const pause, tries = 150 * time.Millisecond, 10
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for range tries {
		rows, err := h.Store.Deliveries(ctx, models.DeliveryFilter{ListenerID: listener}, models.Page{Limit: 50})
		if err != nil {
			return 0, err
		}
		for _, row := range rows {
			if slices.Contains(row.Request.Header, [2]string{sampleHeader, id}) {
				return row.ID, nil
			}
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-tick.C:
		}
	}
	return 0, nil
}
