package handlers

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/models"
)

// secretJSON shows that a secret is there, never what it is.
type secretJSON struct {
	Secret *string `json:"secret"` // name of a stored one; null: the listener's own, or none
	Set    bool    `json:"set"`
}

// inputPlan is what a listener's inputs become, worked out before a write.
type inputPlan struct {
	values map[string]any
	texts  map[string]string // new values of secrets of the listener's own
}

func keepInputs(stored map[string]any) *inputPlan {
	values := maps.Clone(stored)
	if values == nil {
		values = map[string]any{}
	}
	return &inputPlan{values: values, texts: map[string]string{}}
}

// planInputs merges what was sent into the plan and checks the whole against
// the program. Stored values that the program does not declare stay, as an
// earlier version may be published again; a listener that moves to another
// behavior loses them. Where its inputs begin anew, a secret that may be generated
// and is not sent is made up.
func (h *Handlers) planInputs(ctx context.Context, plan *inputPlan, p *behaviors.Program, sent map[string]json.RawMessage, moved bool) ([]FieldError, error) {
	if p == nil {
		if len(sent) > 0 {
			return []FieldError{{"behavior_id", "does_not_compile", "the behavior does not compile, so its inputs are not known: publish it first"}}, nil
		}
		return nil, nil
	}
	anew := moved || len(plan.values) == 0
	declared := map[string]behaviors.Input{}
	for _, in := range p.Inputs() {
		declared[in.Name] = in
	}
	if moved {
		for name := range plan.values {
			if _, ok := declared[name]; !ok {
				plan.clear(name)
			}
		}
	}
	var errs []FieldError
	wrong := map[string]bool{}
	fail := func(name, code, message string) {
		errs = append(errs, FieldError{"inputs." + name, code, message})
		wrong[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		raw := sent[name]
		in, known := declared[name]
		_, stored := plan.values[name]
		switch {
		case string(raw) == "null" && (known || stored):
			plan.clear(name)
		case !known:
			fail(name, "unknown", "the behavior has no such input")
		case in.Type == "secret":
			code, message, err := h.planSecret(ctx, plan, name, raw)
			if err != nil {
				return nil, err
			}
			if code != "" {
				fail(name, code, message)
			}
		default:
			value, err := plainValue(raw)
			if err != nil {
				return nil, err
			}
			plan.values[name] = value
		}
	}
	for name, in := range declared {
		_, given := sent[name]
		if _, stored := plan.values[name]; in.Generate && anew && !given && !stored {
			plan.texts[name] = newSecret()
		}
	}
	values := bindable(plan, declared)
	_, problems := p.BindInputs(values)
	gone, err := h.unpicked(ctx, p, values)
	if err != nil {
		return nil, err
	}
	problems = append(problems, gone...)
	for _, e := range problems {
		if !wrong[e.Name] {
			fail(e.Name, e.Code, e.Message)
		}
	}
	return errs, nil
}

// newSecret is 256 bits at random, in a form that every provider's page takes.
func newSecret() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// planSecret takes a secret as text, or as a reference to a stored one.
func (h *Handlers) planSecret(ctx context.Context, plan *inputPlan, name string, raw json.RawMessage) (code, message string, err error) {
	const form = `must be a text, {"secret": name} or null`
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if text == "" {
			plan.clear(name)
			return "", "", nil
		}
		if old, ok := plan.values[name].(models.SecretInput); ok && old.Name != "" {
			delete(plan.values, name)
		}
		plan.texts[name] = text
		return "", "", nil
	}
	var ref struct {
		Secret optional[string] `json:"secret"`
		Set    optional[bool]   `json:"set"`
	}
	if decodeObject(raw, &ref) != nil || !ref.Secret.Sent {
		return "type", form, nil
	}
	if ref.Secret.Null {
		if !ref.Set.Sent {
			return "type", form, nil
		}
		return "", "", nil // sent back as it was shown
	}
	stored, err := h.Store.SecretByName(ctx, ref.Secret.Value)
	if errors.Is(err, models.ErrNotFound) {
		return "unknown", "there is no stored secret of that name", nil
	}
	if err != nil {
		return "", "", err
	}
	plan.clear(name)
	plan.values[name] = models.SecretInput{ID: stored.ID, Name: stored.Name}
	return "", "", nil
}

// clear takes an input's value away. The store deletes a secret of the
// listener's own that no input refers to any more.
func (plan *inputPlan) clear(name string) {
	delete(plan.values, name)
	delete(plan.texts, name)
}

// bindable is the plan as BindInputs takes it: declared names, references for secrets.
func bindable(plan *inputPlan, declared map[string]behaviors.Input) map[string]any {
	values := map[string]any{}
	for name, v := range plan.values {
		if _, ok := declared[name]; !ok {
			continue
		}
		if _, secret := v.(models.SecretInput); secret {
			v = expression.Secret{Name: name}
		}
		values[name] = v
	}
	for name := range plan.texts {
		values[name] = expression.Secret{Name: name}
	}
	return values
}

// saveSecrets stores the plan's texts, and gives the inputs with their ids. The
// id of a secret of the listener's own stays, so that runs that wait for a retry
// read the corrected value.
func (h *Handlers) saveSecrets(ctx context.Context, caller *Caller, plan *inputPlan) (map[string]any, error) {
	values := maps.Clone(plan.values)
	for _, name := range slices.Sorted(maps.Keys(plan.texts)) {
		old, _ := values[name].(models.SecretInput)
		secret := &models.Secret{ID: old.ID, UpdatedBy: caller.ID}
		if err := h.Store.PutSecret(ctx, secret, plan.texts[name]); err != nil {
			return nil, err
		}
		values[name] = models.SecretInput{ID: secret.ID}
		models.TrailOf(ctx).Note("inputs.%s", name)
	}
	return values, nil
}

// inputsJSON shows a listener's inputs, and which declared secrets are missing.
func inputsJSON(stored map[string]any, p *behaviors.Program) map[string]any {
	shown := map[string]any{}
	if p != nil {
		for _, in := range p.Inputs() {
			if in.Type == "secret" {
				shown[in.Name] = secretJSON{}
			}
		}
	}
	for name, v := range stored {
		secret, ok := v.(models.SecretInput)
		if !ok {
			// An input that became a secret may still hold what it was before.
			if _, isSecret := shown[name].(secretJSON); !isSecret {
				shown[name] = v
			}
			continue
		}
		s := secretJSON{Set: true}
		if secret.Name != "" {
			s.Secret = &secret.Name
		}
		shown[name] = s
	}
	return shown
}

// plainValue decodes a JSON value with its integers exact.
func plainValue(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return exact(v), nil
}

func exact(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil { // beyond a float: the text is refused as a number later
			return v.String()
		}
		return f
	case []any:
		for i := range v {
			v[i] = exact(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = exact(v[k])
		}
	}
	return v
}
