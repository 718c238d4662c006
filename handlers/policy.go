package handlers

import (
	"encoding/json"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

// readPolicy reads a policy that was sent, and names all that is wrong with it.
func (h *Handlers) readPolicy(in optional[json.RawMessage]) (behaviors.Policy, error) {
	if in.Null || !in.Sent {
		return nil, nil
	}
	policy, problems := behaviors.ParsePolicy(in.Value, h.Catalog)
	if len(problems) == 0 {
		return policy, nil
	}
	errs := make([]FieldError, len(problems))
	for i, p := range problems {
		errs[i] = FieldError{"policy" + p.Place, p.Code, p.Message}
	}
	return nil, invalid(errs...)
}

// storePolicy is a policy as it is kept: as it was understood.
func storePolicy(p behaviors.Policy) ([]byte, error) {
	if p == nil {
		return nil, nil
	}
	return json.Marshal(p)
}

// compileDraft compiles a source as a behavior's, under its policy.
func (h *Handlers) compileDraft(b *models.Behavior, source string) (*behaviors.Program, behaviors.Diagnostics) {
	return behaviors.CompileWith(source, h.Catalog, behaviors.Options{Policy: behaviors.StoredPolicy(b.Policy)})
}

// widens tells whether publishing a program would grant what the published
// version does not have, which is for those who manage. Under a policy that
// somebody wrote nothing does. A version that does not compile any more grants
// nothing.
func (h *Handlers) widens(b *models.Behavior, p *behaviors.Program) bool {
	if b.Policy != nil {
		return false
	}
	var had behaviors.Grants
	if old, _ := behaviors.Compile(b.PublishedSource, h.Catalog); b.PublishedID != 0 && old != nil {
		had = old.Grants()
	}
	return !p.Grants().Within(had)
}
