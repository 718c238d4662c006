package handlers

import (
	"github.com/deskhook/deskhook/behaviors/runner"
	"github.com/deskhook/deskhook/models"
)

// Bind gives the handlers the store and the runner that they work with from now
// on. The routes are mounted before there is either, so the gate of Mount must
// be shut, and no request be inside, while it is called.
func (h *Handlers) Bind(s *models.Store, r *runner.Runner) {
	h.Store, h.Runner, h.receiver = s, r, runnerReceiver{r}
}
